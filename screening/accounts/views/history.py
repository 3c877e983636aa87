from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow, can_read_history
from screening.accounts.queries.history import history
from screening.accounts.queries.history_rows import Place


@require_safe
def audit(request: AuthedRequest) -> HttpResponse:
    allow(can_read_history(request.user))
    below = Place.read(request.GET.get("below", ""))
    return render(request, "accounts/history/list.html", {"page": history(below=below), "below": below})
