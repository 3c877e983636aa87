"""What waits for somebody today: each list short, most urgent first, with why and where to act."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from candidates.enums import InterviewState, ScorecardState
from candidates.models import Application, DebriefOutcome, DebriefQuestion, Interview, Scorecard
from candidates.queries.names import name_for
from candidates.querysets.applications import ApplicationQuerySet
from rubrics.enums import KickoffState, StageKind
from rubrics.models import KickoffAnswer, Role, Stage
from screening.accounts.models import User

MOST = 5
DEBRIEF_IS_NEWS = timedelta(days=14)
MOST_OWED = 100
AWAITED = (InterviewState.SCHEDULED, InterviewState.HELD)


@dataclass(frozen=True)
class Item:
    """One thing to do: whom or what it is about, why, by when.

    A mail is read where no seal holds: it says `why`, and the title only of what is nobody's name (`mailed`).
    """

    title: str
    url: str
    why: str = ""
    at: datetime | None = None
    late: bool = False
    mailed: bool = False


@dataclass(frozen=True)
class Items:
    """The first few of a list, and whether there are more; how many in all and where, for those that have a page.

    `due`: their times are still ahead, or have passed.
    """

    rows: list[Item] = field(default_factory=list)
    more: bool = False
    total: int | None = None
    url: str = ""
    due: bool = False

    @property
    def count(self) -> str:
        return f"{self.total:,}" if self.total is not None else f"{len(self.rows)}{'+' if self.more else ''}"


@dataclass(frozen=True)
class Panel:
    """What one's own places on panels ask for."""

    due: list[Item]
    interviews: list[tuple[str, Interview]]


@dataclass(frozen=True)
class PipelineLine:
    """A role in one line: how many are where."""

    slug: str
    title: str
    client: str
    stages: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(number for _, number in self.stages)


def shortened(items: Iterable[Item]) -> Items:
    rows = list(items)
    return Items(rows[:MOST], more=len(rows) > MOST)


def my_panel(user: User, now: datetime) -> Panel:
    """Scorecards due (soonest first) and the interviews of this day, in the user's own zone."""
    start = now.astimezone(user.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    own = Scorecard.objects.filter(interviewer=user, amends=None, interview__state__in=AWAITED)
    today = own.filter(interview__starts_at__gte=start, interview__starts_at__lt=start + timedelta(days=1))
    owed = own.filter(state=ScorecardState.DRAFT).order_by("due_at", "pk")[:MOST_OWED]
    cards = list(
        Scorecard.objects.filter(pk__in=today.order_by().values("pk").union(owed.values("pk")))
        .select_related("interview__kit", "interview__application__candidate", "interview__application__role")
        .order_by("due_at", "pk")
    )
    due = [_due(card, user, now) for card in cards if card.is_draft and card.interview.starts_at <= now]
    interviews = [card.interview for card in cards if start <= card.interview.starts_at < start + timedelta(days=1)]
    interviews.sort(key=lambda interview: interview.starts_at)
    return Panel(due, [(name_for(user, interview.application), interview) for interview in interviews])


def _due(card: Scorecard, user: User, now: datetime) -> Item:
    interview = card.interview
    return Item(
        title=name_for(user, interview.application),
        url=reverse("candidates:scorecard", args=[card.pk]),
        why=f"{interview.kit.name} · {interview.application.role.title}",
        at=card.due_at,
        late=card.due_at is not None and card.due_at < now,
    )


def debriefs_opened(user: User, now: datetime) -> Items:
    return _debriefs(user, _with_debrief(user, now)[: MOST + 1])


def _with_debrief(user: User, now: datetime) -> ApplicationQuerySet:
    """Where the user's own scorecard is in, and all the others are too, lately, and nothing has been concluded."""
    mine = Scorecard.objects.submitted().filter(
        interviewer=user, interview__application=OuterRef("pk"), submitted_at__gte=now - DEBRIEF_IS_NEWS
    )
    awaited = Scorecard.objects.owed().filter(interview__application=OuterRef("pk"))
    open_ones = Application.objects.opinions_visible_to(user).in_play()
    open_ones = open_ones.in_stage(StageKind.INTERVIEWING, StageKind.SCORED)
    concluded = DebriefOutcome.objects.filter(application=OuterRef("pk"))
    found = open_ones.filter(Exists(mine), ~Exists(awaited), ~Exists(concluded))
    return found.select_related("candidate", "role", "stage").order_by("-stage_since", "-pk")


def _debriefs(user: User, found: Iterable[Application]) -> Items:
    return shortened(
        Item(name_for(user, one), reverse("candidates:debrief", args=[one.pk]), why=one.role.title) for one in found
    )


def threads_waiting(user: User) -> Items:
    """Questions of debriefs in which somebody waits for this user's word."""
    waiting = DebriefQuestion.objects.waiting_for(user).select_related(
        "asked_by", "scorecard__interview__application__candidate", "scorecard__interview__application__role"
    )
    return shortened(_thread(question, user) for question in waiting[: MOST + 1])


def _thread(question: DebriefQuestion, user: User) -> Item:
    application = question.scorecard.interview.application
    page = reverse("candidates:debrief", args=[application.pk])
    asked = f"{question.asked_by.name} asks" if question.asked_by_id != user.pk else "your question was answered"
    return Item(
        title=name_for(user, application),
        url=f"{page}#question-{question.pk}",
        why=f"{asked} · {application.role.title}",
        at=question.asked_at,
    )


def questions_asked(user: User) -> Items:
    """Scope questions sent to this user."""
    waiting = KickoffAnswer.objects.filter(asked_of=user, state__in=[KickoffState.SENT, KickoffState.RETURNED])
    roles = waiting.order_by().values_list("role__slug", "role__title").annotate(number=Count("pk"))
    return shortened(
        Item(title, reverse("rubrics:role", args=[slug]), why=plural(number, "question about the scope"), mailed=True)
        for slug, title, number in roles.order_by("role__title")[: MOST + 1]
    )


def plural(number: int, what: str) -> str:
    first, _, rest = what.partition(" ")
    return f"{number} {what}" if number == 1 else f"{number} {first}s {rest}".rstrip()


def pipelines(user: User) -> list[PipelineLine]:
    """Open roles, newest first, with how many stand in each stage."""
    newest = Role.objects.visible_to(user).open().order_by("-created_at", "-pk")[:12]
    people = Application.objects.visible_to(user).filter(stage=OuterRef("pk")).order_by().values("stage")
    stages = (
        Stage.objects.filter(role__in=newest.values("pk"))
        .exclude(kind__in=[StageKind.REJECTED, StageKind.WITHDRAWN])
        .annotate(number=Coalesce(Subquery(people.annotate(n=Count("pk")).values("n")), 0))
        .order_by("-role__created_at", "-role", "position")
    )
    lines: dict[str, PipelineLine] = {}
    columns = ("role__slug", "role__title", "role__client__name", "name", "number")
    for slug, title, client, stage, number in stages.values_list(*columns):
        line = lines.setdefault(slug, PipelineLine(slug, title, client, []))
        if number:
            line.stages.append((stage, number))
    return list(lines.values())
