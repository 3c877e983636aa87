"""What waits for somebody today: each list short, most urgent first, with why and where to act."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from candidates.enums import InterviewState, ScorecardState
from candidates.models import Application, Consent, DebriefOutcome, DebriefQuestion, Interview, Scorecard
from candidates.queries.names import name_for
from candidates.querysets.applications import ApplicationQuerySet
from rubrics.enums import KickoffState, RoleStatus, StageKind
from rubrics.models import KickoffAnswer, Role
from screening.accounts.models import User

MOST = 5
LONG_IN_INTERVIEWS = timedelta(days=3)
DEBRIEF_IS_NEWS = timedelta(days=14)
MARKED_WITHIN = timedelta(hours=24)
AWAITED = (InterviewState.SCHEDULED, InterviewState.HELD)


@dataclass(frozen=True)
class Item:
    """One thing to do: whom or what it is about, why, by when."""

    title: str
    url: str
    why: str = ""
    at: datetime | None = None
    late: bool = False


@dataclass(frozen=True)
class Items:
    """The first few of a list, and whether there are more."""

    rows: list[Item] = field(default_factory=list)
    more: bool = False


@dataclass(frozen=True)
class Panel:
    """What one's own places on panels ask for."""

    due: list[Item]
    interviews: list[tuple[str, Interview]]


@dataclass(frozen=True)
class PipelineLine:
    """A role in one line: how many are where."""

    role: Role
    stages: list[tuple[str, int]]
    total: int


def shortened(items: Iterable[Item]) -> Items:
    rows = list(items)
    return Items(rows[:MOST], more=len(rows) > MOST)


def my_panel(user: User, now: datetime) -> Panel:
    """Scorecards due (soonest first) and the interviews of this day, in the user's own zone."""
    start = now.astimezone(user.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Q(interview__starts_at__gte=start, interview__starts_at__lt=start + timedelta(days=1))
    owed = Q(state=ScorecardState.DRAFT)
    cards = list(
        Scorecard.objects.filter(today | owed, interviewer=user, amends=None, interview__state__in=AWAITED)
        .select_related("interview__kit", "interview__application__candidate", "interview__application__role")
        .order_by("due_at", "pk")[:100]
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
    """Where the user's own scorecard is in, and all the others are too, lately, and nothing has been concluded."""
    mine = Scorecard.objects.submitted().filter(
        interviewer=user, interview__application=OuterRef("pk"), submitted_at__gte=now - DEBRIEF_IS_NEWS
    )
    awaited = Scorecard.objects.owed().filter(interview__application=OuterRef("pk"))
    open_ones = Application.objects.opinions_visible_to(user).in_stage(StageKind.INTERVIEWING, StageKind.SCORED)
    concluded = DebriefOutcome.objects.filter(application=OuterRef("pk"))
    found = open_ones.filter(Exists(mine), ~Exists(awaited), ~Exists(concluded)).select_related("candidate", "role")
    return shortened(
        Item(name_for(user, one), reverse("candidates:debrief", args=[one.pk]), why=one.role.title)
        for one in found.order_by("-stage_since", "-pk")[: MOST + 1]
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
        Item(title, reverse("rubrics:role", args=[slug]), why=_plural(number, "question about the scope"))
        for slug, title, number in roles.order_by("role__title")[: MOST + 1]
    )


def _plural(number: int, what: str) -> str:
    first, _, rest = what.partition(" ")
    return f"{number} {what}" if number == 1 else f"{number} {first}s {rest}".rstrip()


def _mine_or_nobodys(user: User) -> ApplicationQuerySet:
    applications = Application.objects.opinions_visible_to(user).filter(role__status=RoleStatus.OPEN)
    return applications.filter(Q(owner=user) | Q(owner=None)).select_related("candidate", "role", "stage")


def without_consent(user: User, now: datetime) -> Items:
    """People on their way to or in interviews who have not agreed to be screened."""
    consents = Consent.objects.valid(now).filter(candidate=OuterRef("candidate"))
    kinds = (
        StageKind.SCREENING,
        StageKind.INTERVIEWING,
        StageKind.SCORED,
        StageKind.SHORTLISTED,
        StageKind.WITH_CLIENT,
    )
    found = _mine_or_nobodys(user).in_stage(*kinds).filter(~Exists(consents))
    return _stuck(found, "no valid consent")


def panels_too_small(user: User, now: datetime) -> Items:
    """People who have been in interviews for days with fewer interviewers than the role asks for."""
    seats = Scorecard.objects.filter(
        interview__application=OuterRef("pk"), interview__state__in=AWAITED, amends=None
    ).exclude(state=ScorecardState.EXCUSED)
    number = (
        seats.order_by().values("interview__application").annotate(n=Count("interviewer", distinct=True)).values("n")
    )
    found = (
        _mine_or_nobodys(user)
        .in_stage(StageKind.INTERVIEWING)
        .filter(stage_since__lte=now - LONG_IN_INTERVIEWS)
        .annotate(seats=Coalesce(Subquery(number, output_field=IntegerField()), 0))
    )
    found = found.filter(seats__lt=F("role__panel_size")).order_by("stage_since", "pk")
    return shortened(
        Item(
            one.candidate.name,
            reverse("candidates:candidate", args=[one.candidate_id]),
            why=f"{one.role.title} · {_seats(one)} of {one.role.panel_size} interviewers",
            at=one.stage_since,
        )
        for one in found[: MOST + 1]
    )


def _seats(application: Application) -> int:
    """As annotated above."""
    number: int = vars(application)["seats"]
    return number


def _stuck(found: QuerySet[Application], why: str) -> Items:
    return shortened(
        Item(
            one.candidate.name,
            reverse("candidates:candidate", args=[one.candidate_id]),
            why=f"{one.role.title} · {one.stage.name} · {why}",
            at=one.stage_since,
        )
        for one in found.order_by("stage_since", "pk")[: MOST + 1]
    )


def scorecards_overdue(user: User, now: datetime) -> Items:
    """Of others; one's own stand first on the page anyway."""
    late = (
        Scorecard.objects.owed()
        .filter(due_at__lt=now, interview__application__in=Application.objects.opinions_visible_to(user))
        .exclude(interviewer=user)
        .select_related("interviewer", "interview__application__candidate", "interview__application__role")
    )
    return shortened(
        Item(
            card.interviewer.name,
            reverse("candidates:interview", args=[card.interview_id]),
            why=f"{card.interview.application.candidate.name} · {card.interview.application.role.title}",
            at=card.due_at,
            late=True,
        )
        for card in late.order_by("due_at", "pk")[: MOST + 1]
    )


def interviews_unmarked(user: User, now: datetime) -> Items:
    """Their time is long over, and nobody has said whether they were held."""
    over = (
        Interview.objects.visible_to(user)
        .filter(state=InterviewState.SCHEDULED, ends_at__lte=now - MARKED_WITHIN)
        .select_related("application__candidate", "application__role")
    )
    return shortened(
        Item(
            name_for(user, one.application),
            reverse("candidates:interview", args=[one.pk]),
            why=f"{one.application.role.title} · held, cancelled or a no-show?",
            at=one.ends_at,
        )
        for one in over.order_by("ends_at", "pk")[: MOST + 1]
    )


def pipelines(user: User) -> list[PipelineLine]:
    """Open roles, newest first, with how many stand in each stage; two statements."""
    roles = list(Role.objects.visible_to(user).open().select_related("client").order_by("-created_at", "-pk")[:12])
    counts: dict[int, list[Any]] = defaultdict(list)
    rows = (
        Application.objects.visible_to(user)
        .filter(role__in=roles)
        .exclude(stage__kind__in=[StageKind.REJECTED, StageKind.WITHDRAWN])
        .order_by("stage__position")
        .values_list("role_id", "stage__name", "stage__position")
        .annotate(number=Count("pk"))
    )
    for role, stage, _position, number in rows:
        counts[role].append((stage, number))
    return [PipelineLine(role, counts[role.pk], sum(number for _, number in counts[role.pk])) for role in roles]
