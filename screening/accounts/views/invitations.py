from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from screening.accounts.errors import Refused
from screening.accounts.forms.invitations import AcceptForm, InvitationForm
from screening.accounts.forms.refusals import carried_out
from screening.accounts.http import AuthedRequest
from screening.accounts.models import Invitation, User
from screening.accounts.permissions import allow, can_manage_people
from screening.accounts.services import invitations as services

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: AuthedRequest) -> HttpResponse:
    allow(can_manage_people(request.user))
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        invited = carried_out(form, lambda: services.invite(by=request.user, now=now, **form.cleaned_data))
        if invited:
            messages.success(request, f"An invitation is on its way to {invited.invitation.email}.")
            return redirect("accounts:people")
    return render(request, "accounts/invitations/invite.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def withdraw(request: AuthedRequest, pk: int) -> HttpResponse:
    allow(can_manage_people(request.user))
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    try:
        services.withdraw_invitation(invitation=invitation, by=request.user, now=timezone.now())
        messages.success(request, f"The invitation of {invitation.name} no longer works.")
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("accounts:people")


@never_cache
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the link chooses a password and is in."""
    invitation = get_object_or_404(Invitation.objects.select_related("client"), token_hash=services.hash_of(token))
    if closed := services.why_closed(invitation, timezone.now()):
        return render(request, "accounts/invitations/closed.html", {"reason": closed}, status=410)
    form = AcceptForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid() and (user := accepted(form, token)):
        login(request, user, backend=BACKEND)
        return redirect("/")
    context = {"form": form, "invitation": invitation}
    return render(request, "accounts/invitations/accept.html", context, status=422 if form.errors else 200)


def accepted(form: AcceptForm, token: str) -> User | None:
    given = {name: form.cleaned_data[name] for name in ("name", "password", "time_zone")}
    return carried_out(form, lambda: services.accept_invitation(token=token, now=timezone.now(), **given))
