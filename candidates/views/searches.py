from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidates.queries.searches import find
from screening.accounts.http import AuthedRequest


@require_safe
def search(request: AuthedRequest) -> HttpResponse:
    text = request.GET.get("q", "")
    context = {"q": text, "found": find(request.user, text)}
    template = "candidates/searches/found.html" if request.htmx else "candidates/searches/search.html"
    return render(request, template, context)
