"""The candidate's own page: no account, a signed link. It shows what we know about them and no opinion of anybody."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from candidates.models import Candidate
from candidates.permissions.own_page import opens, pk_in
from candidates.queries.own_page import own_data
from candidates.services.consents import CONSENT_LASTS, NOTICE_VERSION, give_consent, withdraw_consent
from candidates.services.erasures import ask_erasure

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
MOST_A_MINUTE = 40
TOO_MANY = 429


def private(view: View[P]) -> View[P]:
    """For nobody's index, cache or log of referrers, and not for guessing links."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if _too_often(request):
            response = render(request, "candidates/own_page/slow_down.html", status=TOO_MANY)
            response["Retry-After"] = "60"
        else:
            response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return cast("View[P]", login_not_required(never_cache(answer)))


def _too_often(request: HttpRequest) -> bool:
    address = get_adapter(request).get_client_ip(request)
    key = f"own-page:{address}:{int(timezone.now().timestamp() // 60)}"
    cache.add(key, 0, timeout=120)
    return int(cache.incr(key)) > MOST_A_MINUTE


def _candidate_or_404(token: str) -> Candidate:
    pk = pk_in(token)
    candidate = Candidate.objects.filter(pk=pk).first() if pk else None
    if candidate is None or not opens(token, candidate):
        raise Http404
    while candidate.merged_into is not None:
        candidate = candidate.merged_into
    return candidate


@require_safe
@private
def own_page(request: HttpRequest, token: str) -> HttpResponse:
    candidate = _candidate_or_404(token)
    context = {
        "candidate": candidate,
        "own": own_data(candidate, now=timezone.now()),
        "token": token,
        "notice": f"candidates/own_page/notice_{NOTICE_VERSION}.html",
        "days": CONSENT_LASTS.days,
    }
    return render(request, "candidates/own_page/page.html", context)


@require_POST
@private
def own_consent(request: HttpRequest, token: str) -> HttpResponse:
    give_consent(candidate=_candidate_or_404(token), now=timezone.now())
    messages.success(request, "Thank you. Your consent is recorded; you can withdraw it here at any time.")
    return redirect("candidates:own_page", token)


@require_POST
@private
def own_withdraw(request: HttpRequest, token: str) -> HttpResponse:
    withdraw_consent(candidate=_candidate_or_404(token), now=timezone.now())
    messages.success(request, "Your consent is withdrawn.")
    return redirect("candidates:own_page", token)


@require_POST
@private
def own_erasure(request: HttpRequest, token: str) -> HttpResponse:
    ask_erasure(candidate=_candidate_or_404(token), now=timezone.now())
    messages.success(request, "We have your request and will erase your data.")
    return redirect("candidates:own_page", token)
