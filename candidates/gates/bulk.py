"""What keeps something from being done to one of many: the gates of one alone, asked for all of them at once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from candidates.enums import ENDED, BulkKind, BulkOutcome
from candidates.gates.applications import Standing, missing_from
from candidates.gates.mails import REACHABLE, Reach, missing_to_write, withdrawn_consent
from candidates.gates.shortlists import undecided_with_client
from candidates.models import Application, BulkAction, Consent
from rubrics.gates.base import Missing
from rubrics.models import Stage
from screening.accounts.models import User

UNSAID = "–"
"""Stands for a reason that is asked for on the same page, so that the preview counts only what would be refused."""

NAMED = 5
GONE = "Their file is closed to you by now."
SEALED = Missing(
    "sealed", "You owe a scorecard on them; until it is in, tags and who looks after them stay as they are."
)
ERASED = Missing("erased", "Their data were erased.")
CASE = ("stage", "consented", "with_client", "addressed", "withdrawn", "sealed", "erased", "merged")


@dataclass(frozen=True)
class Case:
    """Applications between which no gate makes a difference."""

    stage: int
    consented: bool
    with_client: bool
    addressed: bool
    withdrawn: bool
    sealed: bool
    erased: bool
    merged: bool

    @property
    def reach(self) -> Reach:
        return Reach(self.addressed, self.withdrawn, self.sealed, self.erased, self.merged)


@dataclass(frozen=True)
class Refusals:
    """So many for the same reason; the first of them by name."""

    why: str
    number: int
    names: list[str]


@dataclass(frozen=True)
class Preview:
    total: int
    unchanged: int
    refused: list[Refusals]
    reopened: int
    """Of those who will be changed, how many stand rejected or withdrawn."""

    @property
    def doing(self) -> int:
        return self.total - self.unchanged - sum(one.number for one in self.refused)


def cases_of(applications: QuerySet[Application], *, by: User, now: datetime) -> QuerySet[Application]:
    """What the gates ask about each, as annotations."""
    consents = Consent.objects.valid(now).filter(candidate=OuterRef("candidate"))
    return applications.annotate(
        consented=Exists(consents),
        with_client=Exists(undecided_with_client().filter(application=OuterRef("pk"))),
        sealed=Exists(Application.objects.sealed_from(by).filter(candidate=OuterRef("candidate"))),
        erased=Q(candidate__erased_at__isnull=False),
        merged=Q(candidate__merged_into__isnull=False),
        addressed=~Q(candidate__email=""),
        withdrawn=withdrawn_consent(now, "candidate"),
    )


def missing_for(action: BulkAction, case: Case, stages: dict[int, Stage], *, reason: str) -> list[Missing]:
    """What keeps the action from applications of this case; `stages` of the role, by id."""
    if action.kind == BulkKind.MOVE:
        assert action.to_stage is not None
        standing = Standing(role_open=action.role.is_open, consented=case.consented, with_client=case.with_client)
        return missing_from(stages[case.stage], action.to_stage, standing=standing, reason=reason)
    if action.kind == BulkKind.MAIL:
        return missing_to_write(case.reach)
    if case.sealed:
        return [SEALED]
    return [ERASED] if case.erased else []


def words_of(missing: list[Missing]) -> str:
    return " ".join(item.text for item in missing)


def preview_of(action: BulkAction, *, now: datetime) -> Preview:
    """What would become of all of them as things stand, counted by the database, however many there are."""
    waiting = action.items.filter(outcome=BulkOutcome.WAITING)
    total = waiting.count()
    chosen = Application.objects.visible_to(action.by).filter(pk__in=waiting.values("application"))
    cases = cases_of(chosen, by=action.by, now=now)
    stages = {stage.pk: stage for stage in action.role.stages.all()}
    found, unchanged, reopened = 0, 0, 0
    numbers, alike = defaultdict[str, int](int), defaultdict[str, Q](Q)
    for *values, number in cases.order_by().values_list(*CASE).annotate(number=Count("pk")):
        found += number
        missing = missing_for(action, Case(*values), stages, reason=action.reason or UNSAID)
        if values[0] == action.to_stage_id:
            unchanged += number
        elif missing:
            numbers[words_of(missing)] += number
            alike[words_of(missing)] |= Q(**dict(zip(CASE, values, strict=True)))
        elif action.kind == BulkKind.MOVE and stages[values[0]].kind in ENDED:
            reopened += number
    refused = [Refusals(why, number, _names(cases.filter(alike[why]))) for why, number in numbers.items()]
    refused += [Refusals(GONE, total - found, [])] if total > found else []
    return Preview(total, unchanged, sorted(refused, key=lambda one: -one.number), reopened)


def reachable(action: BulkAction, *, now: datetime) -> QuerySet[Application]:
    """Whom a letter to many would reach as things stand, by name."""
    waiting = action.items.filter(outcome=BulkOutcome.WAITING)
    chosen = Application.objects.visible_to(action.by).filter(pk__in=waiting.values("application"))
    found = cases_of(chosen, by=action.by, now=now).filter(**REACHABLE)
    return found.select_related("candidate", "role__client").order_by("candidate__name", "pk")


def _names(applications: QuerySet[Application]) -> list[str]:
    named = applications.annotate(name=F("candidate__name")).order_by("name", "pk")
    return list(named.values_list("name", flat=True)[:NAMED])
