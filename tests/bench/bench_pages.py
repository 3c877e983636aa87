"""Pages of the pipeline beside a bare site with as many rows: `pytest -n0 -s tests/bench/bench_pages.py`.

Printed, never asserted: median at concurrency 1 of both, asked in turns, with their ratio; requests a second at 8.
SCREENING_BENCH_CANDIDATES sets how many people there are (100,000).
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from candidates.models import Application, Candidate, Scorecard
from rubrics.enums import StageKind
from rubrics.models import Role, Stage
from screening.accounts.models import User
from tests import databases
from tests.bench.serving import Site, Window, floor_database, manage, memory, our_database, serving, sign_in

PEOPLE = int(os.environ.get("SCREENING_BENCH_CANDIDATES", "100000"))
FEW = 1_000
ROUNDS, WARM, AT_ONCE, SECONDS = 60, 40, 8, 4.0  # warm: every thread of both workers has seen the page
HTMX = {"HX-Request": "true"}
Ask = Callable[[Window, int], None]


@dataclass(frozen=True)
class Rows:
    """What the bench asks for, taken from a seeded database."""

    recruiter: str
    role: Role
    roles: int
    stages: int
    people: list[int]
    names: list[str]
    movable: list[int]
    between: tuple[int, int]
    counts: tuple[int, int, int]


def rows_of(name: str) -> Rows:
    databases.use(name)
    role = Role.objects.filter(status="open").order_by("pk")[0]
    first, second = Stage.objects.filter(role=role, kind__in=[StageKind.SOURCED, StageKind.CONTACTED]).order_by(
        "position"
    )[:2]
    chance = random.Random(1)  # noqa: S311  # the same people in every run
    people = list(Candidate.objects.order_by("pk").values_list("pk", "name"))
    drawn = chance.sample(people, min(200, len(people)))
    return Rows(
        recruiter=User.objects.filter(part="recruiter").order_by("pk")[0].email,
        role=role,
        roles=Role.objects.count(),
        stages=Stage.objects.filter(role=role).count(),
        people=[pk for pk, _ in drawn],
        names=[name for _, name in drawn],
        movable=list(Application.objects.filter(role=role, stage=first).values_list("pk", flat=True)[:100]),
        between=(first.pk, second.pk),
        counts=(len(people), Application.objects.count(), Scorecard.objects.count()),
    )


def ok(answer: tuple[int, str]) -> None:
    status, text = answer
    assert status in {200, 302}, f"{status}: {text[:500]}"


def our_pages(rows: Rows) -> dict[str, Ask]:
    base = f"/roles/{rows.role.slug}/pipeline/"
    return {
        "board": lambda window, _: ok(window.ask(base)),
        "table, 50 rows": lambda window, _: ok(window.ask(f"{base}?view=table")),
        "table, filtered": lambda window, _: ok(window.ask(f"{base}?view=table&source=referral")),
        "candidate page": lambda window, n: ok(window.ask(f"/candidates/{rows.people[n % len(rows.people)]}/")),
        "search as one types": lambda window, n: ok(window.ask(f"/search/?q={typed(rows, n)}", **HTMX)),
        "move a card": mover(rows),
    }


def typed(rows: Rows, n: int) -> str:
    """The first letters of somebody's name, as one types them."""
    word = rows.names[n % len(rows.names)].split()[0]
    return "".join(letter for letter in word if letter.isascii() and letter.isalpha())[: 3 + n % 3] or "mar"


def mover(rows: Rows) -> Ask:
    there = dict.fromkeys(rows.movable, 0)
    lock = threading.Lock()

    def move(window: Window, n: int) -> None:
        pk = rows.movable[n % len(rows.movable)]
        with lock:
            seen, there[pk] = there[pk], 1 - there[pk]
        data: dict[str, object] = {
            "to": rows.between[1 - seen],
            "seen": rows.between[seen],
            "reason": "",
            "dragged": 1,
            "next": "/",
        }
        status, text = window.ask(f"/applications/{pk}/move/", data, **HTMX)
        assert status in {200, 409}, f"{status}: {text[:500]}"

    return move


def floor_pages(rows: Rows) -> dict[str, Ask]:
    people, cards, _ = rows.counts
    return {
        "board": lambda window, _: ok(window.ask("/roles/1/board/")),
        "table, 50 rows": lambda window, _: ok(window.ask("/roles/1/table/")),
        "table, filtered": lambda window, _: ok(window.ask("/roles/1/table/?source=referral")),
        "candidate page": lambda window, n: ok(window.ask(f"/people/{1 + n * 97 % people}/")),
        "search as one types": lambda window, n: ok(
            window.ask(f"/search/?q={'abcdef'[n % 6]}{'0123456789'[n % 10]}{'abc'[n % 3]}")
        ),
        "move a card": lambda window, n: ok(
            window.ask(f"/cards/{1 + n % (cards // rows.roles) * rows.roles}/move/", {"to": 1 + n % rows.stages})
        ),
    }


def timed(ask: Ask, window: Window, n: int) -> float:
    before = time.perf_counter()
    ask(window, n)
    return 1000 * (time.perf_counter() - before)


def in_turns(asks: list[Ask], windows: list[Window]) -> list[list[float]]:
    """Milliseconds of each, asked one after the other so that a busy machine is busy for both."""
    times: list[list[float]] = [[] for _ in asks]
    for n in range(WARM + ROUNDS):
        for which, (ask, window) in enumerate(zip(asks, windows, strict=True)):
            took = timed(ask, window, n)
            if n >= WARM:
                times[which].append(took)
    return times


def a_second(ask: Ask, site: Site) -> float:
    """Requests a second with eight at once."""
    until, done = time.perf_counter() + SECONDS, [0] * AT_ONCE

    def keep_asking(number: int) -> None:
        window = site.browser()
        while time.perf_counter() < until:
            ask(window, number + AT_ONCE * done[number])
            done[number] += 1

    threads = [threading.Thread(target=keep_asking, args=[number]) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / SECONDS


@contextmanager
def ours(name: str, rows: Rows) -> Iterator[Site]:
    with serving("screening.wsgi", name) as site:
        sign_in(site, rows.recruiter)
        yield site


@pytest.fixture
def _any_database(servers: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    before = databases.main_database
    with django_db_blocker.unblock():
        yield
        databases.use(before)


@pytest.mark.usefixtures("_any_database")
def test_pages_beside_the_floor() -> None:
    many, few = our_database(PEOPLE), our_database(FEW)
    small = rows_of(few)
    rows = rows_of(many)
    people, cards, scorecards = rows.counts
    manage(many, "collectstatic", "--noinput", "--verbosity", "0")
    bare, key = floor_database(people, cards, scorecards, rows.roles, rows.stages)
    print(f"\n{people:,} candidates, {cards:,} applications, {scorecards:,} scorecards, {rows.roles} roles")
    with ours(many, rows) as site, ours(few, small) as small_site, serving("tests.bench.floor.wsgi", bare) as floor:
        floor.cookies["sessionid"] = key
        report(site, floor, small_site, rows, small)
        print(f"memory of two workers, MB: ours {memory(site):.0f}, floor {memory(floor):.0f}")


def report(site: Site, floor: Site, small_site: Site, rows: Rows, small: Rows) -> None:
    print(
        f"{'':<22}{'ours ms':>9}{'p95':>7}{'floor':>8}{'ratio':>7}{'at 1,000':>10}{'growth':>8}{'ours/s':>9}{'floor/s':>9}"
    )
    mine, theirs, little = our_pages(rows), floor_pages(rows), our_pages(small)
    for page, ask in mine.items():
        windows = [site.browser(), floor.browser(), small_site.browser()]
        times: list[Any] = in_turns([ask, theirs[page], little[page]], windows)
        own, bare, growing = (median(one) for one in times)
        late = quantiles(times[0], n=20)[-1]
        rates = a_second(ask, site), a_second(theirs[page], floor)
        print(
            f"{page:<22}{own:>9.1f}{late:>7.1f}{bare:>8.1f}{own / bare:>7.2f}{growing:>10.1f}{own / growing:>8.2f}"
            f"{rates[0]:>9.1f}{rates[1]:>9.1f}"
        )
