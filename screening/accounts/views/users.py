from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from screening.accounts.errors import Refused
from screening.accounts.forms.refusals import carried_out
from screening.accounts.forms.users import PeopleFilter, UserForm
from screening.accounts.http import AuthedRequest
from screening.accounts.models import User
from screening.accounts.paging import page_of
from screening.accounts.permissions import allow, can_manage_people
from screening.accounts.queries import users as queries
from screening.accounts.services import users as services


@require_safe
def people(request: AuthedRequest) -> HttpResponse:
    allow(can_manage_people(request.user))
    form = PeopleFilter(request.GET or None)
    page = page_of(queries.people(user=request.user, **form.wanted()), request)
    invitations = queries.open_invitations(user=request.user, now=timezone.now())
    context = {"form": form, "page": page, "invitations": invitations}
    return render(request, "accounts/users/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: AuthedRequest, pk: int) -> HttpResponse:
    allow(can_manage_people(request.user))
    user = get_object_or_404(User.objects.visible_to(request.user).select_related("client"), pk=pk)
    form = UserForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        changed = carried_out(form, lambda: services.change_user(user=user, by=request.user, **form.cleaned_data))
        if changed:
            messages.success(request, f"{changed.name} is saved.")
            return redirect("accounts:people")
    user.refresh_from_db()
    status = 422 if form.errors else 200
    return render(request, "accounts/users/person.html", {"person": user, "form": form}, status=status)


@require_POST
def deactivate(request: AuthedRequest, pk: int) -> HttpResponse:
    allow(can_manage_people(request.user))
    user = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    try:
        services.deactivate_user(user=user, by=request.user)
        messages.success(request, f"{user.name} can no longer sign in. Their name stays on their work.")
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("accounts:person", pk=pk)


@require_POST
def reactivate(request: AuthedRequest, pk: int) -> HttpResponse:
    allow(can_manage_people(request.user))
    user = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    services.reactivate_user(user=user, by=request.user)
    messages.success(request, f"{user.name} can sign in again.")
    return redirect("accounts:person", pk=pk)
