"""Views one saves of a pipeline or of the candidates: kept from where one is, changed on a page of their own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidates.forms.saved_views import NewViewForm, ViewForm
from candidates.models import SavedView
from candidates.permissions.saved_views import can_change_saved_view
from candidates.services.saved_views import change_view, delete_view, save_view
from candidates.views.answers import UNPROCESSABLE, next_or, status_of
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def saved_views(request: AuthedRequest) -> HttpResponse:
    allow(not request.user.is_client_reviewer)
    return _show(request)


@require_POST
def saved_view_new(request: AuthedRequest) -> HttpResponse:
    allow(not request.user.is_client_reviewer)
    form = NewViewForm(request.POST, roles=Role.objects.visible_to(request.user))
    back = next_or(request, reverse("candidates:candidates"))
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return redirect(back)
    role, query = form.cleaned_data["role"], form.cleaned_data["query"]
    try:
        view = save_view(role=role, query=query, details=form.details, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect(back)
    messages.success(request, f"“{view.name}” is saved.")
    return redirect(address_of(view))


@require_POST
def saved_view_change(request: AuthedRequest, pk: int) -> HttpResponse:
    view = _own_or_404(request, pk)
    form = ViewForm(request.POST, prefix=str(pk))
    if not form.is_valid():
        return _show(request, refused=(view, form), status=UNPROCESSABLE)
    try:
        change_view(view=view, details=form.details)
    except Refused as refused:
        form.add_error("name", refused.message)
        return _show(request, refused=(view, form), status=status_of(refused))
    messages.success(request, "Saved.")
    return redirect("candidates:saved_views")


@require_POST
def saved_view_delete(request: AuthedRequest, pk: int) -> HttpResponse:
    view = _own_or_404(request, pk)
    delete_view(view=view)
    messages.success(request, f"“{view.name}” is deleted.")
    return redirect("candidates:saved_views")


def address_of(view: SavedView) -> str:
    page = reverse("candidates:pipeline", args=[view.role.slug]) if view.role else reverse("candidates:candidates")
    return f"{page}?{view.query or 'all='}"


def _own_or_404(request: AuthedRequest, pk: int) -> SavedView:
    view = get_object_or_404(SavedView.objects.visible_to(request.user).select_related("role", "owner"), pk=pk)
    allow(can_change_saved_view(request.user, view))
    return view


def _show(
    request: AuthedRequest, *, refused: tuple[SavedView, ViewForm] | None = None, status: int = 200
) -> HttpResponse:
    """One's own, each in its form; `refused` is one with what was wrong with it."""
    mine = SavedView.objects.visible_to(request.user).filter(owner=request.user).select_related("role__client")
    rows = []
    for view in mine.order_by("role__title", "name"):
        initial = {"name": view.name, "shared": view.shared, "default": view.default}
        form = refused[1] if refused and refused[0].pk == view.pk else ViewForm(initial=initial, prefix=str(view.pk))
        rows.append((view, form, address_of(view)))
    return render(request, "candidates/saved_views/list.html", {"rows": rows}, status=status)
