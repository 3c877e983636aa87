from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidates.queries.searches import FEW, MANY, find
from screening.accounts.http import AuthedRequest

PLACES = {"candidates": "People", "texts": "Notes and CVs", "roles": "Roles", "shortlists": "Shortlists"}


@require_safe
def search(request: AuthedRequest) -> HttpResponse:
    """As one types, the best few of each below the field; otherwise a page, of everything or of one kind."""
    text = request.GET.get("q", "")
    place = request.GET.get("in", "")
    place = place if place in _places(request) else ""
    found = find(request.user, text, most=MANY if place else FEW)
    context = {"q": text, "found": found, "place": place, "places": _places(request)}
    if request.htmx:
        return render(request, "candidates/searches/suggested.html", context | {"box": request.htmx.target or "found"})
    return render(request, "candidates/searches/search.html", context)


def _places(request: AuthedRequest) -> dict[str, str]:
    """What this reader may search in."""
    closed = {"texts"} if not request.user.is_staff_of_firm else set()
    closed |= {"candidates"} if request.user.is_client_reviewer else set()
    return {name: label for name, label in PLACES.items() if name not in closed}
