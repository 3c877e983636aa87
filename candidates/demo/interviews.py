"""Interviews and scorecards of the crowd: sealed ones with levels and evidence, some still owed, some called off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import connection

from candidates.demo.crowd import CHUNK, Crowd
from candidates.demo.texts import COMMENTS, NOTES, dated, tell
from candidates.demo.truth import Truth
from candidates.enums import Absent, InterviewState, Recommendation
from candidates.models import Application, Evidence, Interview, QuestionNote, Rating, Scorecard, SignalHeard
from rubrics.enums import SignalKind, StageKind
from rubrics.models import Dimension, Kit, Role
from screening.accounts.models import User

DIVIDED = ("phone-screen", "production", "architecture")
SEAL = """
UPDATE candidates_scorecard SET state = 'submitted', independent = true, submitted_at = i.ends_at + interval '3 hours'
FROM candidates_interview i WHERE i.id = interview_id AND candidates_scorecard.id = ANY(%s)
"""


@dataclass(frozen=True)
class KitPlan:
    kit: Kit
    dimensions: list[Dimension]
    columns: list[int]


@dataclass(frozen=True)
class RolePlan:
    """What is needed to invent interviews of a role: kits by key, and its interviewers as indices of the truth."""

    role: Role
    kits: dict[str, KitPlan]
    team: list[int]


@dataclass(frozen=True)
class Planned:
    application: Application
    kit: KitPlan
    rater: int
    starts_at: datetime
    state: InterviewState
    sealed: bool


def write_interviews(
    *, crowd: Crowd, roles: Sequence[Role], raters: Sequence[User], truth: Truth, seed: int, now: datetime
) -> int:
    """Returns how many scorecards were sealed."""
    rng = np.random.default_rng([seed, 5])
    index = {user.pk: n for n, user in enumerate(raters)}
    plans = {role.pk: _role_plan(role, index) for role in roles}
    sealed = 0
    for first in range(0, len(crowd.applications), CHUNK // 2):
        rows = crowd.applications[first : first + CHUNK // 2]
        planned = [item for row in rows for item in _plan(row, plans[row.role_id], rng, now, crowd)]
        sealed += _write(planned, crowd, raters, truth, rng)
    return sealed


def _role_plan(role: Role, index: dict[int, int]) -> RolePlan:
    version = role.rubric_version
    assert version is not None
    column = {dimension.pk: n for n, dimension in enumerate(version.dimensions.all())}
    kits = {}
    for kit in version.kits.select_related("version").prefetch_related("questions__signals"):
        covered = list(Dimension.objects.filter(informed_by__question__kits=kit).distinct().order_by("position"))
        kits[kit.key] = KitPlan(kit, covered, [column[dimension.pk] for dimension in covered])
    if not set(DIVIDED) <= set(kits):
        kits |= dict(zip(DIVIDED, [kit for kit in kits.values() if kit.kit.key != "full"], strict=False))
    team = [index[pk] for pk in role.team.values_list("user_id", flat=True) if pk in index]
    return RolePlan(role, kits, team)


def _plan(row: Application, plan: RolePlan, rng: np.random.Generator, now: datetime, crowd: Crowd) -> Iterator[Planned]:
    kind = row.stage.kind
    if kind == StageKind.INTERVIEWING:
        yield from _plan_running(row, plan, rng, now)
    elif kind == StageKind.SCORED or (kind == StageKind.REJECTED and rng.random() < 0.85):  # noqa: PLR2004 -- a share
        yield from _plan_finished(row, plan, rng, whole=row.pk in crowd.forward)
    elif kind == StageKind.WITHDRAWN:
        at = row.created_at + timedelta(days=3)
        state = InterviewState.NO_SHOW if rng.random() < 0.5 else InterviewState.CANCELLED  # noqa: PLR2004 -- a share
        yield Planned(row, plan.kits["full"], int(rng.choice(plan.team)), at, state, sealed=False)


def _plan_finished(row: Application, plan: RolePlan, rng: np.random.Generator, *, whole: bool) -> Iterator[Planned]:
    size = int(rng.choice([3, 4, 5], p=[0.7, 0.2, 0.1]))
    panel = rng.choice(plan.team, size=min(size, len(plan.team)), replace=False)
    divided = size == len(DIVIDED) and rng.random() < 0.5 and not whole  # noqa: PLR2004 -- half and half
    for n, rater in enumerate(panel):
        at = row.created_at + (row.stage_since - row.created_at) * (0.4 + 0.1 * n)
        key = DIVIDED[n] if divided else "full"
        yield Planned(row, plan.kits[key], int(rater), _on_the_hour(at), InterviewState.HELD, sealed=True)


def _plan_running(row: Application, plan: RolePlan, rng: np.random.Generator, now: datetime) -> Iterator[Planned]:
    """One interview behind us and sealed, one yesterday and still owed, one to come."""
    panel = rng.choice(plan.team, size=3, replace=False)
    yield Planned(
        row, plan.kits["full"], int(panel[0]), _on_the_hour(now - timedelta(days=6)), InterviewState.HELD, sealed=True
    )
    held = _on_the_hour(now - timedelta(hours=float(rng.integers(3, 80))))
    yield Planned(row, plan.kits["production"], int(panel[1]), held, InterviewState.HELD, sealed=False)
    ahead = _on_the_hour(now + timedelta(hours=float(rng.integers(1, 120))))
    yield Planned(row, plan.kits["architecture"], int(panel[2]), ahead, InterviewState.SCHEDULED, sealed=False)


def _on_the_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _write(
    planned: Sequence[Planned], crowd: Crowd, raters: Sequence[User], truth: Truth, rng: np.random.Generator
) -> int:
    interviews = Interview.objects.bulk_create([_interview(item) for item in planned], batch_size=CHUNK)
    cards = Scorecard.objects.bulk_create(
        [
            Scorecard(
                interview=interview,
                interviewer=raters[item.rater],
                due_at=interview.ends_at + timedelta(days=1) if interview.takes_place else None,
                **(_verdict(rng) if item.sealed else {}),
            )
            for item, interview in zip(planned, interviews, strict=True)
        ],
        batch_size=CHUNK,
    )
    done = [(item, card) for item, card in zip(planned, cards, strict=True) if item.sealed]
    if not done:
        return 0
    people = np.array([crowd.person[item.application.pk] for item, _ in done])
    given = np.array([item.rater for item, _ in done])
    version = done[0][0].kit.kit.version
    levels = truth.levels(people, given, lowest=version.lowest, highest=version.highest, rng=rng)
    _write_content(done, levels, rng)
    with connection.cursor() as cursor:
        cursor.execute(SEAL, [[card.pk for _, card in done]])
    return len(done)


def _interview(item: Planned) -> Interview:
    return Interview(
        application=item.application,
        kit=item.kit.kit,
        starts_at=item.starts_at,
        ends_at=item.starts_at + timedelta(hours=1),
        time_zone=item.application.candidate.time_zone,
        state=item.state,
        absent=Absent.CANDIDATE if item.state == InterviewState.NO_SHOW else "",
        state_reason="The candidate asked for another day." if item.state == InterviewState.CANCELLED else "",
        place="https://meet.example/room",
        brief="Owns the triage service today; ask about the incident of last spring.",
    )


def _verdict(rng: np.random.Generator) -> dict[str, str]:
    return {
        "recommendation": Recommendation.values[rng.choice(4, p=[0.1, 0.35, 0.4, 0.15])],
        "comment": COMMENTS[rng.integers(0, len(COMMENTS))],
    }


def _write_content(done: Sequence[tuple[Planned, Scorecard]], levels: np.ndarray, rng: np.random.Generator) -> None:
    ratings, evidence, heard, notes = [], [], [], []
    for n, (item, card) in enumerate(done):
        for dimension, column in zip(item.kit.dimensions, item.kit.columns, strict=True):
            level = int(levels[n, column])
            ratings.append(Rating(scorecard=card, dimension=dimension, level=level))
            if level >= (item.kit.kit.version.evidence_from or 4):
                evidence.append(_evidence(card, dimension, rng, strong=True))
            elif rng.random() < 0.15:  # noqa: PLR2004 -- a share
                evidence.append(_evidence(card, dimension, rng, strong=False))
        heard += _signals(item, card, levels[n], rng)
        first = item.kit.kit.questions.all()[0]
        notes.append(QuestionNote(scorecard=card, question=first, text=NOTES[rng.integers(0, len(NOTES))]))
    Rating.objects.bulk_create(ratings, batch_size=CHUNK)
    Evidence.objects.bulk_create(evidence, batch_size=CHUNK)
    SignalHeard.objects.bulk_create(heard, batch_size=CHUNK)
    QuestionNote.objects.bulk_create(notes, batch_size=CHUNK)


def _evidence(card: Scorecard, dimension: Dimension, rng: np.random.Generator, *, strong: bool) -> Evidence:
    told = tell(dimension.key, strong=strong, rng=rng)
    return Evidence(
        scorecard=card,
        dimension=dimension,
        incident=told.incident,
        happened=dated(rng),
        action=told.action,
        outcome=told.outcome,
    )


def _signals(item: Planned, card: Scorecard, levels: np.ndarray, rng: np.random.Generator) -> list[SignalHeard]:
    """One signal a scorecard, strong where the level is."""
    place = int(rng.integers(0, len(item.kit.dimensions)))
    dimension, level = item.kit.dimensions[place], levels[item.kit.columns[place]]
    wanted = SignalKind.STRONG if level >= 3 else SignalKind.WEAK  # noqa: PLR2004 -- the middle of 1 to 5
    offered = [
        signal
        for question in item.kit.kit.questions.all()
        for signal in question.signals.all()
        if signal.dimension_id == dimension.pk and signal.kind == wanted
    ]
    return [SignalHeard(scorecard=card, signal=offered[rng.integers(0, len(offered))])] if offered else []
