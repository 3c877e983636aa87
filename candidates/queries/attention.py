"""What needs attention: each rule finds who or what, since when, and when the role's threshold was passed.

A rule is a queryset with the same columns as the others, so that a page reads all of them in one statement and a list
of one of them shows exactly what the page counted. For recruiters and administrators.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import Exact
from django.urls import reverse

from candidates.enums import InterviewState, ReviewDay, ScorecardState, ShortlistState
from candidates.models import (
    Application,
    Candidate,
    ClientReview,
    Consent,
    Engagement,
    EngagementReview,
    Interview,
    Scorecard,
    Shortlist,
    ShortlistOpening,
    ShortlistReviewer,
)
from candidates.queries.today import MOST, Item, Items
from candidates.querysets.seal import is_closed_once, rows_for
from rubrics.enums import RoleStatus, StageKind
from screening.accounts.models import User

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
COLUMNS = ("what", "ref", "who", "slug", "title", "about", "since", "passed")
UNDER_WAY = tuple(kind for kind in StageKind if kind not in {StageKind.HIRED, StageKind.REJECTED, StageKind.WITHDRAWN})
WITH_CONSENT = tuple(
    kind for kind in UNDER_WAY if kind not in {StageKind.SOURCED, StageKind.CONTACTED, StageKind.OFFER}
)


@dataclass(frozen=True)
class Asked:
    """Who asks, when, and whether about everybody's people or only about their own and those nobody looks after.

    `today`: midnight of their own day, as if at UTC; by `now`, unless given.
    """

    user: User
    now: datetime
    everybody: bool = False
    today: datetime | None = None

    def owned(self, application: str = "") -> Q:
        """Their own, and nobody's: of those it is unknown. The owner's index can't serve it; it finds all they ever had."""
        if self.everybody:
            return Q()
        theirs = Exact(F(f"{application}owner"), Value(self.user.pk))
        return Q(Func(theirs, template="(%(expressions)s) IS NOT FALSE", output_field=BooleanField()))

    @property
    def day(self) -> datetime:
        return self.today or datetime.combine(self.now.astimezone(self.user.zone), time(), UTC)


@dataclass(frozen=True)
class Row:
    """`passed` is when the threshold was reached; `about` says it in the rule's own way."""

    what: str
    ref: int
    who: str
    slug: str
    title: str
    about: str
    since: datetime
    passed: datetime

    @property
    def rule(self) -> "Rule":
        return RULES[self.what]

    @property
    def url(self) -> str:
        return reverse(self.rule.page, args=[self.ref])

    @property
    def words(self) -> str:
        return self.rule.words(self.about)

    @property
    def allowed(self) -> str:
        unit, name = (HOUR, "h") if self.rule.in_hours else (DAY, "d")
        units = (self.passed - self.since) // unit
        return f"{units} {name}" if units else ""


@dataclass(frozen=True)
class Rule:
    title: str
    found: Callable[[Asked], QuerySet[Any]]
    page: str
    words: Callable[[str], str]
    who: str = "Candidate"
    whole_days: bool = False
    in_hours: bool = False


def _later(start: str | Combinable, number: str | Combinable, unit: timedelta) -> Combinable:
    """So many units after a moment."""
    start, number = (F(one) if isinstance(one, str) else one for one in (start, number))
    span = ExpressionWrapper(number * Value(unit), output_field=DurationField())
    return ExpressionWrapper(start + span, output_field=DateTimeField())


def earlier(now: datetime, number: str | Combinable, unit: timedelta) -> Combinable:
    """So many units before now: a bound that an index on the moment itself can serve."""
    number = F(number) if isinstance(number, str) else number
    span = ExpressionWrapper(number * Value(unit), output_field=DurationField())
    return ExpressionWrapper(Value(now) - span, output_field=DateTimeField())


def _text(*parts: Combinable | str) -> Concat:
    return Concat(*(Value(one, output_field=TextField()) if isinstance(one, str) else one for one in parts))


def _name_of(candidate: str) -> Subquery:
    """Looked up for the few rows that are shown, and not for all that are counted."""
    return Subquery(
        Candidate.objects.filter(pk=OuterRef(candidate)).order_by().values("name"), output_field=TextField()
    )


def _applications(asked: Asked, *kinds: StageKind) -> QuerySet[Application]:
    """Of open roles. The role is reached by way of the stage: then the index of each stage finds who came before when."""
    return (
        Application.objects.opinions_visible_to(asked.user)
        .in_play()
        .filter(asked.owned(), stage__role__status=RoleStatus.OPEN)
        .in_stage(*kinds)
    )


def _people(found: QuerySet[Application], about: Any, passed: Combinable) -> QuerySet[Any]:
    return found.annotate(
        ref=F("candidate_id"),
        who=_name_of("candidate"),
        slug=F("stage__role__slug"),
        title=F("stage__role__title"),
        about=about,
        since=F("stage_since"),
        passed=passed,
    )


def too_long_in_stage(asked: Asked) -> QuerySet[Any]:
    """By the days of the stage, else of the role."""
    days = Coalesce("stage__attention_days", "stage__role__stage_days")
    found = _applications(asked, *UNDER_WAY).alias(days=days)
    late = found.filter(days__gt=0, stage_since__lt=earlier(asked.now, days, DAY))
    return _people(late, F("stage__name"), _later("stage_since", days, DAY))


def without_consent(asked: Asked) -> QuerySet[Any]:
    """On their way to or in interviews, and not agreed to be screened."""
    consents = Consent.objects.valid(asked.now).filter(candidate=OuterRef("candidate"))
    late = _applications(asked, *WITH_CONSENT).filter(
        ~Exists(consents),
        stage__role__consent_days__gt=0,
        stage_since__lt=earlier(asked.now, "stage__role__consent_days", DAY),
    )
    return _people(late, F("stage__name"), _later("stage_since", "stage__role__consent_days", DAY))


def panel_too_small(asked: Asked) -> QuerySet[Any]:
    """In interviews for days with fewer interviewers than the role asks for."""
    seats = (
        Scorecard.objects.filter(
            interview__application=OuterRef("pk"),
            interview__state__in=[InterviewState.SCHEDULED, InterviewState.HELD],
            amends=None,
        )
        .exclude(state=ScorecardState.EXCUSED)
        .order_by()
        .values("interview__application")
        .annotate(n=Count("interviewer", distinct=True))
        .values("n")
    )
    late = (
        _applications(asked, StageKind.INTERVIEWING)
        .filter(stage__role__panel_days__gt=0, stage_since__lt=earlier(asked.now, "stage__role__panel_days", DAY))
        .alias(seats=Coalesce(Subquery(seats, output_field=IntegerField()), 0))
        .filter(seats__lt=F("stage__role__panel_size"))
    )
    about = _text(Cast("seats", TextField()), " of ", Cast("stage__role__panel_size", TextField()))
    return _people(late, about, _later("stage_since", "stage__role__panel_days", DAY))


def _scorecards(
    asked: Asked, found: QuerySet[Scorecard], interviews: QuerySet[Interview], *, ref: str, since: str
) -> QuerySet[Any]:
    """Of others; one's own stand first on the page anyway. Nothing is told of a person one owes a scorecard on.

    Each looks up its own of `interviews`: joined, PostgreSQL would rather read all interviews there are.
    """
    open_ones = Application.objects.opinions_visible_to(asked.user).filter(asked.owned())
    its_own = interviews.filter(pk=OuterRef("interview"), application__in=open_ones).order_by()

    def told(path: str) -> Subquery:
        return Subquery(its_own.values(path)[:1])

    return (
        found.alias(application=told("application"))
        .filter(application__isnull=False)
        .exclude(interviewer=asked.user)
        .annotate(
            ref=F(ref),
            who=told("application__candidate__name"),
            slug=told("application__role__slug"),
            title=told("application__role__title"),
            about=F("interviewer__name"),
            since=F(since),
            passed=F(since),
        )
    )


def scorecards_overdue(asked: Asked) -> QuerySet[Any]:
    late = Scorecard.objects.drafts().filter(due_at__lt=asked.now)
    return _scorecards(asked, late, Interview.objects.taking_place(), ref="interview_id", since="due_at")


def corrections_unapproved(asked: Asked) -> QuerySet[Any]:
    """Amendments that correct a fact and wait for a second person."""
    waiting = Scorecard.objects.submitted().filter(corrects_fact=True, correction_approved_at=None)
    return _scorecards(asked, waiting, Interview.objects.all(), ref="pk", since="submitted_at")


def interviews_unmarked(asked: Asked) -> QuerySet[Any]:
    """Their time is long over, and nobody has said whether they were held."""
    hours = "application__role__marking_hours"
    late = Interview.objects.visible_to(asked.user).filter(
        asked.owned("application__"),
        state=InterviewState.SCHEDULED,
        application__role__marking_hours__gt=0,
        ends_at__lt=earlier(asked.now, hours, HOUR),
    )
    return late.annotate(
        ref=F("pk"),
        who=_name_of("application__candidate"),
        slug=F("application__role__slug"),
        title=F("application__role__title"),
        about=F("kit__name"),
        since=F("ends_at"),
        passed=_later("ends_at", hours, HOUR),
    )


def shortlists_unread(asked: Asked) -> QuerySet[Any]:
    """Somebody who must evaluate has not opened it for days, or has opened it and committed nothing. Whoever's it is."""
    committed = ClientReview.objects.filter(
        entry__shortlist=OuterRef("shortlist"), reviewer=OuterRef("user"), committed_at__isnull=False
    )
    opened = ShortlistOpening.objects.filter(shortlist=OuterRef("shortlist"), user=OuterRef("user"))
    role = "shortlist__role__"
    days = Case(When(Exists(opened), then=F(f"{role}unevaluated_days")), default=F(f"{role}unopened_days"))
    late = ShortlistReviewer.objects.alias(days=days).filter(
        ~Exists(committed),
        shortlist__in=Shortlist.objects.visible_to(asked.user),
        shortlist__state=ShortlistState.PRESENTED,
        shortlist__presented_at__lt=earlier(asked.now, F("days"), DAY),
        must=True,
        released_at=None,
        days__gt=0,
    )
    so_far = Case(
        When(Exists(opened), then=Value(" has not evaluated anybody")),
        default=Value(" has not opened it"),
        output_field=TextField(),
    )
    return late.annotate(
        ref=F("shortlist_id"),
        who=_text("Shortlist ", Cast("shortlist__number", TextField())),
        slug=F(f"{role}slug"),
        title=F(f"{role}title"),
        about=_text(Cast("user__name", TextField()), " of ", Cast(f"{role}client__name", TextField()), so_far),
        since=F("shortlist__presented_at"),
        passed=_later("shortlist__presented_at", F("days"), DAY),
    )


def reviews_overdue(asked: Asked) -> QuerySet[Any]:
    """Reviews at work that the client has not given. What is written of them so far is the client's alone."""
    application = "engagement__application__"
    days = f"{application}role__review_days"
    since = Cast("due_on", DateTimeField())
    late = EngagementReview.objects.filter(
        asked.owned(application),
        engagement__in=Engagement.objects.visible_to(asked.user),
        engagement__ended_on=None,
        submitted_at=None,
        **{f"{days}__gt": 0},
    ).alias(begun=since)
    return late.filter(begun__lt=earlier(asked.day, days, DAY)).annotate(
        ref=F("engagement_id"),
        who=_name_of(f"{application}candidate"),
        slug=F(f"{application}role__slug"),
        title=F(f"{application}role__title"),
        about=Cast("day", TextField()),
        since=since,
        passed=_later(since, days, DAY),
    )


RULES = {
    "scorecards": Rule("Scorecards overdue", scorecards_overdue, "candidates:interview", "{} has not submitted".format),
    "corrections": Rule(
        "Corrections to approve",
        corrections_unapproved,
        "candidates:scorecard",
        "{} asks to correct a fact they sealed".format,
    ),
    "interviews": Rule(
        "Interviews nobody has marked",
        interviews_unmarked,
        "candidates:interview",
        "{}: held, cancelled or a no-show?".format,
        in_hours=True,
    ),
    "consent": Rule("No consent", without_consent, "candidates:candidate", "{} without a valid consent".format),
    "panels": Rule("Panel too small", panel_too_small, "candidates:candidate", "{} interviewers".format),
    "shortlists": Rule("Shortlists unread", shortlists_unread, "candidates:shortlist", str, who="Shortlist"),
    "reviews": Rule(
        "Reviews at work overdue",
        reviews_overdue,
        "candidates:engagement",
        lambda day: f"Review of {ReviewDay(int(day)).label.lower()}",
        whole_days=True,
    ),
    "stages": Rule("Too long in a stage", too_long_in_stage, "candidates:candidate", str),
}
"""By the word that stands for each in an address, most pressing first."""


def cases_of(what: str, asked: Asked, *, role: str = "") -> QuerySet[Any, Any]:
    """All rows of one rule, longest overdue first, as tuples of `Row`."""
    found = RULES[what].found(asked).order_by().annotate(what=Value(what, output_field=CharField()))
    if role:
        found = found.filter(slug=role)
    ordered: QuerySet[Any, Any] = found.order_by("passed", "ref").values_list(*COLUMNS)
    return ordered


def needs_attention(asked: Asked, *, most: int = MOST) -> dict[str, Items]:
    """The first rows of every rule, with how many there are, in one statement; none for whoever is not staff."""
    if not asked.user.is_staff_of_firm:
        return {}
    items: dict[str, list[Item]] = {what: [] for what in RULES}
    totals: dict[str, int] = {}
    for *columns, total in _first(asked, most):
        row = Row(*columns)
        totals[row.what] = total
        items[row.what].append(item_of(row))
    return {
        what: Items(rows, more=totals[what] > len(rows), total=totals[what], url=address_of(what))
        for what, rows in items.items()
        if rows
    }


def _first(asked: Asked, most: int) -> Iterable[tuple[Any, ...]]:
    """Within `closed_once` in a statement made once: putting it together takes Django as long as the rest of the page."""
    if is_closed_once(asked.user):
        return rows_for(asked.user, _first_cases, asked.now, asked.day, everybody=asked.everybody, most=most)
    return _first_cases(asked.user, asked.now, asked.day, everybody=asked.everybody, most=most)


def _first_cases(user: User, now: datetime, today: datetime, *, everybody: bool, most: int) -> QuerySet[Any, Any]:
    asked = Asked(user, now, everybody, today)
    first, *others = (_counted(what, asked, most) for what in RULES)
    return first.union(*others, all=True)


def _counted(what: str, asked: Asked, most: int) -> QuerySet[Any, Any]:
    rows = cases_of(what, asked).annotate(total=Window(Count("*")))
    counted: QuerySet[Any, Any] = rows.values_list(*COLUMNS, "total")[:most]
    return counted


def item_of(row: Row) -> Item:
    return Item(
        row.who,
        row.url,
        why=f"{row.title} · {row.words}",
        at=row.passed,
        late=True,
        mailed=row.what == "shortlists",
    )


def address_of(what: str, **more: str) -> str:
    return f"{reverse('candidates:attention')}?{urlencode({'rule': what, **more})}"


def in_order(found: dict[str, Items]) -> Iterable[tuple[str, Items]]:
    return ((RULES[what].title, items) for what, items in found.items())
