from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow, can_read_history, can_read_history_of_people
from screening.accounts.queries.history import history
from screening.accounts.queries.history_rows import Place


@require_safe
def audit(request: AuthedRequest) -> HttpResponse:
    allow(can_read_history(request.user))
    below = Place.read(request.GET.get("below", ""))
    of_people = can_read_history_of_people(request.user)
    page = history(below=below, of_people=of_people)
    return render(request, "accounts/history/list.html", {"page": page, "below": below, "of_people": of_people})
