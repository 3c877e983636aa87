"""One indexed query for each thing a page shows, and a plain template."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from tests.bench.floor.models import Card, Change, Event, Person, Role, Scorecard, Stage

CARDS, ROWS, HITS = 20, 50, 8


def count_scorecards(cards: list[Card]) -> None:
    counts = dict(Scorecard.objects.filter(card__in=cards).values_list("card").annotate(Count("pk")))
    for card in cards:
        card.panel = counts.get(card.pk, 0)


@login_required
def board(request: HttpRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(Role, pk=pk)
    counts = dict(Card.objects.filter(role=role).values_list("stage").annotate(Count("pk")))
    columns = [
        (stage, counts.get(stage.pk, 0), list(stage.card_set.select_related("person").order_by("-since")[:CARDS]))
        for stage in role.stage_set.all()
    ]
    count_scorecards([card for _, _, cards in columns for card in cards])
    return render(request, "floor/board.html", {"role": role, "columns": columns})


@login_required
def table(request: HttpRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(Role, pk=pk)
    found = Card.objects.filter(role=role).select_related("person", "stage", "owner").order_by("-since")
    if request.GET.get("source"):
        found = found.filter(source=request.GET["source"])
    cards = list(found[:ROWS])
    count_scorecards(cards)
    return render(request, "floor/table.html", {"role": role, "cards": cards, "total": found.order_by().count()})


@login_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Person, pk=pk)
    cards = list(one.card_set.select_related("role", "stage", "owner"))
    scorecards = list(Scorecard.objects.filter(card__in=cards))
    changes = list(Change.objects.filter(card__in=cards).select_related("to", "by").order_by("-at"))
    context = {"person": one, "cards": cards, "scorecards": scorecards, "changes": changes}
    return render(request, "floor/person.html", context)


@login_required
def search(request: HttpRequest) -> HttpResponse:
    hits = Person.objects.filter(name__icontains=request.GET["q"])[:HITS]
    roles = Role.objects.filter(title__icontains=request.GET["q"])[:HITS]
    return render(request, "floor/search.html", {"hits": hits, "roles": roles})


@csrf_exempt  # the floor pays for no token
@login_required
@transaction.atomic
def move(request: HttpRequest, pk: int) -> HttpResponse:
    card = get_object_or_404(Card.objects.select_for_update(), pk=pk)
    stage, now = get_object_or_404(Stage, pk=request.POST["to"], role=card.role_id), timezone.now()
    Card.objects.filter(pk=card.pk).update(stage=stage, since=now)
    Change.objects.create(card=card, to=stage, by_id=request.user.pk, at=now)
    Event.objects.create(card=card, stage=stage, at=now)
    return redirect("board", card.role_id)


urlpatterns = [
    path("roles/<int:pk>/board/", board, name="board"),
    path("roles/<int:pk>/table/", table, name="table"),
    path("people/<int:pk>/", person, name="person"),
    path("search/", search, name="search"),
    path("cards/<int:pk>/move/", move, name="move"),
]
