from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from screening.accounts.forms.refusals import carried_out
from screening.accounts.forms.tokens import TokenForm
from screening.accounts.forms.users import NoticesForm, ProfileForm
from screening.accounts.http import AuthedRequest
from screening.accounts.models import ApiToken, User
from screening.accounts.queries import users as queries
from screening.accounts.services import tokens as token_services
from screening.accounts.services import users as services


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: AuthedRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        services.update_profile(user=request.user, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("accounts:profile")
    return page(request, form=form)


@require_POST
def notices(request: AuthedRequest) -> HttpResponse:
    form = NoticesForm(request.POST, user=request.user)
    if not form.is_valid():
        return page(request, notices_form=form)
    services.choose_notices(user=request.user, wanted=form.wanted())
    messages.success(request, "Saved. You get these mails from now on, and no others.")
    return redirect("accounts:profile")


@never_cache
@require_POST
def create_token(request: AuthedRequest) -> HttpResponse:
    """The key is in this answer and nowhere else."""
    form = TokenForm(request.POST)
    new = None
    if form.is_valid():
        new = carried_out(form, lambda: token_services.create_token(user=request.user, **form.values()))
    return page(request, token_form=TokenForm() if new else form, new_token=new)


@require_POST
def revoke_token(request: AuthedRequest, ref: str) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), ref=ref)
    token_services.revoke_token(token=token, by=request.user)
    messages.success(request, f"The token “{token.name}” no longer works.")
    return redirect("accounts:profile")


def page(
    request: AuthedRequest,
    *,
    form: ProfileForm | None = None,
    notices_form: NoticesForm | None = None,
    token_form: TokenForm | None = None,
    new_token: token_services.NewToken | None = None,
) -> HttpResponse:
    wrong = any(one is not None and one.errors for one in (form, notices_form, token_form))
    context = {
        "form": form or ProfileForm(instance=request.user),
        "notices_form": notices_form or NoticesForm(user=request.user),
        "token_form": token_form or TokenForm(),
        "new_token": new_token,
        "tokens": queries.tokens(user=request.user),
        "now": timezone.now(),
    }
    return render(request, "accounts/profile/profile.html", context, status=422 if wrong else 200)
