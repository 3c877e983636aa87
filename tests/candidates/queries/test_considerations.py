"""Finished considerations: by hand on a small world, and against a reading of the changes one by one."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy import percentile

from candidates.enums import Source
from candidates.models import Application, StageChange
from candidates.models.applications import UNDONE
from candidates.queries.considerations import GROUPS, Figures, People, Scope, figures_of, people_behind, way_of
from candidates.queries.funnels import funnel_of
from rubrics.enums import StageKind
from rubrics.models import Role, Stage
from screening.accounts.models import User
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import ScorecardFactory
from tests.factories.pipelines import FIRST, on_the_way, turned_down
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
K = StageKind
WAY: list[StageKind] = [kind for kind in K if kind not in (K.REJECTED, K.WITHDRAWN)]
SCREENING = WAY.index(K.SCREENING)
LATER = date(2026, 12, 31)


@pytest.fixture
def role() -> Role:
    return RoleFactory()


@pytest.fixture
def recruiter() -> User:
    return RecruiterFactory(time_zone="Asia/Bangkok")


def counted(user: User, scope: Scope) -> dict[tuple[str, str], int]:
    """How many ended how, by the furthest kind of stage."""
    found: Counter[tuple[str, str]] = Counter()
    for count in figures_of(user, scope, way_of(user, None)).counts:
        found[WAY[count.furthest], count.ending] += count.number
    return dict(found)


def test_a_small_world_by_hand(role: Role, recruiter: User) -> None:
    turned_down(role, K.SOURCED)
    turned_down(role, K.SOURCED, K.SCREENING, days=2, source=Source.REFERRAL)  # contacted was skipped
    turned_down(role, K.SOURCED, K.CONTACTED, K.SCREENING, K.INTERVIEWING, days=3)
    on_the_way(role, (K.SOURCED, 0), (K.CONTACTED, 4), (K.WITHDRAWN, 6))
    on_the_way(role, *[(kind, place) for place, kind in enumerate(WAY)], source=Source.REFERRAL)  # hired on day 8
    on_the_way(role, (K.SOURCED, 0), (K.SCREENING, 1))  # still on the way

    figures = figures_of(recruiter, Scope(LATER), way_of(recruiter, None))
    funnel = funnel_of(figures, way_of(recruiter, None))

    assert funnel.total == 5
    rows = {row.step.key: (row.reached, row.passed, row.rejected, row.withdrawn) for row in funnel.rows}
    assert rows == {
        "sourced": (5, 4, 1, 0),
        "contacted": (4, 3, 0, 1),
        "screening": (3, 2, 1, 0),
        "interviewing": (2, 1, 1, 0),
        "scored": (1, 1, 0, 0),
        "shortlisted": (1, 1, 0, 0),
        "with_client": (1, 1, 0, 0),
        "offer": (1, 1, 0, 0),
        "hired": (1, 0, 0, 0),
    }
    spent = {WAY[step]: (one.number, one.median, round(one.ninetieth, 6)) for step, one in figures.spent.items()}
    assert spent[K.SOURCED] == (5, 2, 3.6)  # 1, 2, 3, 4 and 1 days
    assert spent[K.CONTACTED] == (3, 2, 2.8)  # 3, 2 and 1
    assert spent[K.SCREENING] == (3, 2, 2.8)
    assert spent[K.INTERVIEWING] == (2, 2, 2.8)
    assert K.HIRED not in spent
    referred = next(source for source in funnel.sources if source.key == Source.REFERRAL)
    assert (referred.number, referred.hired) == (2, 1)
    shares = {step.key: share and (share.passed, share.reached) for step, share in referred.shares}
    assert (shares["contacted"], shares["screening"], shares["interviewing"]) == ((2, 2), (1, 2), (1, 1))


def test_a_day_ends_where_its_reader_is(role: Role, recruiter: User) -> None:
    """Rejected at 20:00 UTC of the 3rd, which is three in the morning of the 4th in Bangkok."""
    on_the_way(role, (K.SOURCED, 0), (K.REJECTED, 1 + 11 / 24))
    here, there = RecruiterFactory(time_zone="UTC"), recruiter
    assert [counted(one, Scope(date(2026, 3, 3))) for one in (here, there)] == [{("sourced", "rejected"): 1}, {}]
    assert counted(there, Scope(date(2026, 3, 4), days=1)) == {("sourced", "rejected"): 1}
    assert counted(here, Scope(date(2026, 3, 4), days=1)) == {}


def test_who_came_back_counts_once_and_only_when_it_is_over_again(role: Role, recruiter: User) -> None:
    on_the_way(
        role, (K.SOURCED, 0), (K.INTERVIEWING, 1), (K.REJECTED, 3), (K.CONTACTED, 10), (K.WITHDRAWN, 14)
    )  # fmt: skip
    day = FIRST.date()
    assert counted(recruiter, Scope(day + timedelta(days=5))) == {("interviewing", "rejected"): 1}
    assert counted(recruiter, Scope(day + timedelta(days=12))) == {}
    assert counted(recruiter, Scope(LATER)) == {("interviewing", "withdrawn"): 1}
    assert counted(recruiter, Scope(LATER, days=310)) == {("interviewing", "withdrawn"): 1}
    spent = figures_of(recruiter, Scope(LATER), way_of(recruiter, None)).spent
    assert {WAY[step]: one.median for step, one in spent.items()} == {K.SOURCED: 1, K.INTERVIEWING: 2, K.CONTACTED: 4}


def test_a_move_taken_back_never_happened(role: Role, recruiter: User) -> None:
    on_the_way(
        role, (K.SOURCED, 0), (K.SCORED, 2), (K.SOURCED, 2.5, UNDONE), (K.REJECTED, 5), (K.SCREENING, 8),
        (K.REJECTED, 8.1, UNDONE),
    )  # fmt: skip
    on_the_way(role, (K.SOURCED, 0), (K.REJECTED, 1), (K.SOURCED, 1.1, UNDONE))
    scope, way = Scope(LATER), way_of(recruiter, None)
    assert counted(recruiter, scope) == {("sourced", "rejected"): 1}
    spent = figures_of(recruiter, scope, way).spent
    assert {WAY[step]: one.median for step, one in spent.items()} == {K.SOURCED: 5}
    [one], _ = people_behind(recruiter, scope, way, People())
    assert one.finished_at == FIRST + timedelta(days=5)


def test_of_a_merged_person_each_role_counts_once(role: Role, recruiter: User) -> None:
    went, stays = turned_down(role, K.SOURCED), turned_down(role, K.SOURCED, K.CONTACTED)
    turned_down(RoleFactory(), K.SOURCED, candidate=went.candidate)
    went.merged_into = stays
    went.save()
    went.candidate.merged_into = stays.candidate
    went.candidate.save()
    assert counted(recruiter, Scope(LATER)) == {("contacted", "rejected"): 1, ("sourced", "rejected"): 1}


def test_one_role_is_told_by_its_own_stages(role: Role, recruiter: User) -> None:
    first = role.stages.get(kind=K.SCREENING)
    second = Stage.objects.create(role=role, kind=K.SCREENING, name="Take-home", position=90)
    application = turned_down(role, K.SOURCED, K.SCREENING)
    StageChange.objects.create(
        application=application, from_stage=first, to_stage=second, at=FIRST + timedelta(days=1.5)
    )
    turned_down(RoleFactory(), K.SOURCED)

    way = way_of(recruiter, role)
    assert [step.name for step in way.steps[2:5]] == [
        first.name,
        "Take-home",
        role.stages.get(kind=K.INTERVIEWING).name,
    ]
    rows = funnel_of(figures_of(recruiter, Scope(LATER, role), way), way).rows
    assert [row.reached for row in rows] == [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert way_of(recruiter, None).steps[2].stages.count(second.pk) == 1


def test_each_of_two_last_stages_is_an_end(role: Role, recruiter: User) -> None:
    """And the days between them, when somebody moves on from the first, are no days in a stage."""
    first = role.stages.get(kind=K.HIRED)
    on_the_way(role, (K.SOURCED, 0), (K.HIRED, 3))
    started = on_the_way(role, (K.SOURCED, 0), (K.HIRED, 3))
    second = Stage.objects.create(role=role, kind=K.HIRED, name="Hired and started", position=91)
    StageChange.objects.create(application=started, from_stage=first, to_stage=second, at=FIRST + timedelta(days=5))

    for of in (role, None):
        way = way_of(recruiter, of)
        figures = figures_of(recruiter, Scope(LATER, of), way)
        hired = {(way.steps[one.furthest].key, one.ending): one.number for one in figures.counts}
        both = {(str(first.pk), "hired"): 1, (str(second.pk), "hired"): 1}
        assert hired == (both if of else {("hired", "hired"): 2})
        assert {way.steps[step].kind for step in figures.spent} == {K.SOURCED}
        for step in range(len(way.steps)):
            people, _ = people_behind(recruiter, Scope(LATER, of), way, People("stayed", step))
            assert [one.days for one in people] == ([3, 3] if step == 0 else [])


def test_nobody_is_told_of_those_they_still_judge(role: Role) -> None:
    """Not even where the stage they stand in today would say nothing."""
    manager = HiringManagerFactory()
    role.team.create(user=manager)
    on_the_way(role, (K.SOURCED, 0), (K.REJECTED, 2), (K.INTERVIEWING, 9))
    sealed = turned_down(role, K.SOURCED, K.INTERVIEWING)
    turned_down(RoleFactory(), K.SOURCED)
    of_old = Scope(FIRST.date() + timedelta(days=4))
    assert counted(manager, of_old) == {("sourced", "rejected"): 1, ("interviewing", "rejected"): 1}
    for application in (sealed, Application.objects.earliest("pk")):
        ScorecardFactory(interview__application=application, interviewer=manager)
    assert counted(manager, of_old) == {}


# the same from the changes one by one

KINDS = (K.SOURCED, K.SCREENING, K.INTERVIEWING, K.REJECTED, K.WITHDRAWN, K.HIRED)
STEP = st.tuples(st.sampled_from(KINDS), st.integers(0, 30), st.booleans())
"""Where to, so many half days after the move before, and whether it is taken back rather (if there is a move)."""
WAYS = st.lists(st.lists(STEP, min_size=1, max_size=7), min_size=1, max_size=5)


def naive(
    application: Application, until: datetime, since: datetime | None
) -> tuple[str, str, dict[str, float]] | None:
    """The furthest kind, the ending and the days in each stage, of a consideration finished then."""
    changes = [change for change in application.stage_changes.order_by("at", "pk") if change.at < until]
    days: dict[str, float] = {}
    furthest, finished, stood = K.SOURCED, None, ""
    for place, change in enumerate(changes):
        after = changes[place + 1] if place + 1 < len(changes) else None
        undone = after is not None and after.reason == UNDONE and after.to_stage_id == change.from_stage_id
        stage = change.from_stage if undone else change.to_stage
        assert stage is not None
        stood = stage.kind
        if stood in WAY and WAY.index(K(stood)) > WAY.index(furthest):
            furthest = K(stood)
        if after is not None and stood in WAY[:-1]:
            finished = after.at
            days[stood] = days.get(stood, 0.0) + (after.at - change.at) / timedelta(days=1)
    ended = finished or (changes[0].at if changes else None)
    over = stood in {K.REJECTED, K.WITHDRAWN, K.HIRED}
    if not over or ended is None or (since and ended < since):
        return None
    return furthest, stood, days


def walk(role: Role, steps: Sequence[tuple[StageKind, int, bool]], source: str) -> Application:
    """As services would: nobody moves to where they stand, and what is taken back is the move before."""
    stages = {stage.kind: stage for stage in role.stages.all()}
    application = on_the_way(role, (K.SOURCED, 0), source=source)
    origin: Stage | None = None
    here, at = stages[K.SOURCED], FIRST
    for kind, half_days, undo in steps:
        at += timedelta(days=half_days / 2)
        to = origin if undo and origin is not None else stages[kind]
        if to.pk == here.pk:
            continue
        why = UNDONE if undo and origin is not None else ""
        StageChange.objects.create(application=application, from_stage=here, to_stage=to, at=at, reason=why)
        origin, here = here, to
    return application


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ways=WAYS, day=st.integers(0, 90), period=st.sampled_from([0, 3, 20]))
def test_the_database_reads_the_changes_as_one_would(
    ways: list[list[tuple[StageKind, int, bool]]], day: int, period: int
) -> None:
    with transaction.atomic():
        role, user = RoleFactory(), RecruiterFactory(time_zone="America/New_York")
        scope = Scope(FIRST.date() + timedelta(days=day), role if day % 2 else None, days=period)
        applications = [walk(role, steps, source) for steps, source in zip(ways, cycle(Source.values), strict=False)]
        compare(user, scope, applications)
        transaction.set_rollback(True)


def compare(user: User, scope: Scope, applications: Sequence[Application]) -> None:
    zone = ZoneInfo("America/New_York")
    until = datetime.combine(scope.as_of + timedelta(days=1), time.min, tzinfo=zone)
    since = (
        datetime.combine(scope.as_of - timedelta(days=scope.days - 1), time.min, tzinfo=zone) if scope.days else None
    )
    read = {one.pk: naive(one, until.astimezone(UTC), since) for one in applications}
    told = {pk: one for pk, one in read.items() if one is not None}
    way = way_of(user, scope.role)
    figures = figures_of(user, scope, way)

    sources = {one.pk: one.source for one in applications}
    assert Counter({(one.source, one.furthest, one.ending): one.number for one in figures.counts}) == Counter(
        (sources[pk], WAY.index(K(furthest)), ending) for pk, (furthest, ending, _) in told.items()
    )
    assert_times(figures, [days for _, _, days in told.values()])
    for number, step in enumerate(way.steps):
        expected = {
            "finished": set(told),
            "reached": {pk for pk, one in told.items() if WAY.index(K(one[0])) >= number},
            "passed": {pk for pk, one in told.items() if WAY.index(K(one[0])) > number},
            "rejected": {pk for pk, one in told.items() if one[:2] == (step.kind, "rejected")},
            "withdrawn": {pk for pk, one in told.items() if one[:2] == (step.kind, "withdrawn")},
            "stayed": {pk for pk, one in told.items() if step.kind in one[2]},
        }
        for group in GROUPS if number in {0, SCREENING} else ():
            people, total = people_behind(user, scope, way, People(group, number))
            assert {one.application for one in people} == expected[group]
            assert total == len(expected[group])


def assert_times(figures: Figures, stays: Sequence[dict[str, float]]) -> None:
    expected: dict[str, Any] = {}
    for kind in {kind for days in stays for kind in days}:
        times = [days[kind] for days in stays if kind in days]
        expected[kind] = (len(times), pytest.approx(median(times)), pytest.approx(percentile(times, 90)))
    told = {WAY[step].value: (one.number, one.median, one.ninetieth) for step, one in figures.spent.items()}
    assert told == expected
