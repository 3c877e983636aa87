"""The pipeline as a table: where a card may go by hand, where only a step of its own takes it, and what it needs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from candidates.enums import ENDED
from candidates.gates.interviews import consent_missing, role_open_missing
from candidates.gates.shortlists import missing_before_overrides, undecided_with_client
from candidates.models import Application, Consent
from rubrics.enums import GateName, StageKind
from rubrics.gates.base import Missing
from rubrics.models import GateOverride, Stage

BY_HAND = (
    StageKind.SOURCED,
    StageKind.CONTACTED,
    StageKind.SCREENING,
    StageKind.INTERVIEWING,
    StageKind.SCORED,
)
JUDGED = (StageKind.INTERVIEWING, StageKind.SCORED)
MOVES_BY_HAND: dict[str, tuple[StageKind, ...]] = {
    **dict.fromkeys(BY_HAND, (*BY_HAND, *ENDED)),
    StageKind.SHORTLISTED: ENDED,
    **dict.fromkeys(ENDED, BY_HAND),
}
"""Kinds of stage a person may move a card to, by the kind it is in."""

MOVES_OF_PROGRAM: dict[str, tuple[StageKind, ...]] = {
    **dict.fromkeys(BY_HAND, (StageKind.SHORTLISTED,)),
    StageKind.SHORTLISTED: (StageKind.WITH_CLIENT, StageKind.SCORED),
    StageKind.WITH_CLIENT: (StageKind.OFFER, StageKind.SHORTLISTED, StageKind.SCORED, *ENDED),
    StageKind.OFFER: (StageKind.HIRED, StageKind.WITH_CLIENT, *ENDED),
    StageKind.REJECTED: (StageKind.OFFER,),
}
"""Kinds of stage that a shortlist, a decision or an engagement takes a card to, by the kind it is in."""

INSTEAD = {
    StageKind.SHORTLISTED: "Add the candidate to a shortlist instead.",
    StageKind.WITH_CLIENT: "Present the shortlist instead.",
    StageKind.OFFER: "It follows from the decision on the shortlist.",
    StageKind.HIRED: "Start the engagement instead.",
}


@dataclass(frozen=True)
class NextStep:
    """What comes next for an application, and what it still needs. `tells`: the list speaks of scores."""

    title: str
    missing: list[Missing]
    tells: bool = False


@dataclass(frozen=True)
class Standing:
    """What decides about a move, beside the two stages."""

    role_open: bool
    consented: bool
    with_client: bool


def may_move_by_hand(origin: str, target: str) -> bool:
    return target in MOVES_BY_HAND.get(origin, ())


def needs_reason(target: str) -> bool:
    return target in ENDED


def standings(applications: Collection[Application], *, to: Stage, now: datetime) -> dict[int, Standing]:
    """The standing of each application (by id), as far as a move to that stage asks; at most two statements."""
    role_open = to.kind in JUDGED and to.role.is_open
    consented: set[int] = set()
    with_client: set[int] = set()
    if to.kind in JUDGED:
        people = [application.candidate_id for application in applications]
        consents = Consent.objects.valid(now).filter(candidate__in=people)
        consented = set(consents.values_list("candidate_id", flat=True))
    if to.kind in ENDED:
        entries = undecided_with_client().filter(application__in=applications)
        with_client = set(entries.values_list("application_id", flat=True))
    return {
        application.pk: Standing(
            role_open=role_open,
            consented=application.candidate_id in consented,
            with_client=application.pk in with_client,
        )
        for application in applications
    }


def missing_to_move(application: Application, to: Stage, *, reason: str, now: datetime) -> list[Missing]:
    """What keeps somebody from moving this card there by hand."""
    standing = standings([application], to=to, now=now)[application.pk]
    return missing_from(application.stage, to, standing=standing, reason=reason)


def missing_from(origin: Stage, to: Stage, *, standing: Standing, reason: str) -> list[Missing]:
    if to.role_id != origin.role_id:
        return [Missing("stage", f"“{to.name}” is a stage of another role.")]
    if not may_move_by_hand(origin.kind, to.kind):
        return [Missing("transition", _why_not(origin, to))]
    missing = []
    if needs_reason(to.kind):
        if standing.with_client:
            missing.append(
                Missing("with_client", "A shortlist with this candidate is with the client, who decides about it.")
            )
        if not reason.strip():
            missing.append(Missing("reason", f"Say why; a move to “{to.name}” needs a reason."))
    return missing + _missing_to_enter(origin, to, standing)


def _missing_to_enter(origin: Stage, to: Stage, standing: Standing) -> list[Missing]:
    """Going on to interviews meets the gate of an interview; who already got there may be moved about."""
    if to.kind not in JUDGED or origin.kind in JUDGED:
        return []
    return [*role_open_missing(role_open=standing.role_open), *consent_missing(consented=standing.consented)]


def _why_not(origin: Stage, to: Stage) -> str:
    instead = INSTEAD.get(StageKind(to.kind))
    if instead:
        return f"Nobody moves a card to “{to.name}” by hand. {instead}"
    if origin.kind in ENDED:
        return f"From “{origin.name}” a card is reopened first: move it back to an earlier stage."
    return f"From “{origin.name}” the client’s decision takes a card further; it can’t be moved to “{to.name}” by hand."


def stages_by_hand(origin: Stage, stages: Iterable[Stage]) -> list[Stage]:
    """The stages somebody may choose for a card that stands in `origin`."""
    return [stage for stage in stages if stage.pk != origin.pk and may_move_by_hand(origin.kind, stage.kind)]


def _waived(applications: Collection[int]) -> set[tuple[int, str]]:
    overrides = GateOverride.objects.filter(
        gate=GateName.SHORTLIST, subject__in=applications, approved_at__isnull=False
    )
    return {(override.subject, code) for override in overrides for code in override.waives}


def next_steps(applications: Collection[Application], *, consented: bool) -> dict[int, NextStep]:
    """The next gate of each application (by id) of one candidate, loaded with `score`; one statement, however many."""
    judged = [application for application in applications if application.stage.kind in JUDGED]
    waived = _waived([application.pk for application in judged]) if judged else set()
    steps = {}
    for application in applications:
        if application in judged:
            score = getattr(application, "score", None)
            missing = missing_before_overrides(application, score)
            left = [item for item in missing if (application.pk, item.code) not in waived]
            steps[application.pk] = NextStep("To be shortlisted", left, tells=score is not None)
        elif application.stage.kind in BY_HAND:
            steps[application.pk] = NextStep(
                "To be interviewed",
                [*role_open_missing(role_open=application.role.is_open), *consent_missing(consented=consented)],
            )
    return steps
