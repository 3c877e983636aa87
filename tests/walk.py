"""An installation as it looks after some weeks of work, and the pages its people reach from their own `/`."""

import contextlib
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db.models import Count
from django.test import Client as Visitor
from django.urls import Resolver404, resolve, reverse

from candidates.enums import BulkKind, InterviewState, Outcome, ShortlistState
from candidates.models import (
    BulkAction,
    Candidate,
    CandidateMail,
    Decision,
    Interview,
    Note,
    Score,
    Scorecard,
    Shortlist,
)
from candidates.permissions.own_page import token_of
from rubrics.enums import CommentAbout, VersionStatus
from rubrics.models import RubricVersion
from screening.accounts.enums import Part
from screening.accounts.models import User
from tests import databases
from tests.asking import session_of

NOBODY = "nobody"
PARTS = (*Part.values, NOBODY)
"""Whose pages are looked at; `nobody` has not signed in."""
LINK = re.compile(r'<a\b[^>]*?\shref="([^"#]+)')
DISTINGUISHES = "view"
"""The one parameter that makes another page of an address."""
FURTHEST = 3
"""How many pages of a named URL are opened in search of further ones: the first shortlist may lead nowhere."""
FOUND = 302
CANDIDATES = 150


@dataclass(frozen=True)
class Page:
    """A page somebody reached: the name of its URL, an address of it, and how it answered."""

    name: str
    address: str
    status: int
    content: bytes


@contextlib.contextmanager
def seeded() -> Iterator[None]:
    """A filled database; those who ask later in the same run get a copy of what was made for the first."""
    with databases.cloned(databases.filled("seeded", _seed)):
        yield


def _seed() -> None:
    call_command("seed_demo", candidates=CANDIDATES, password="correct horse", stdout=io.StringIO())


def somebody(part: str) -> User:
    """Of the managers one who owes a scorecard, of the clients the one who is asked to evaluate most."""
    if part == Part.HIRING_MANAGER:
        return Scorecard.objects.owed().earliest("pk").interviewer
    people = User.objects.filter(part=part).alias(asked=Count("shortlists_to_review"))
    most_asked: User = people.order_by("-asked", "pk")[0]
    return most_asked


def entrances(part: str) -> list[str]:
    """One's `/`, and what only forms lead to."""
    if part == NOBODY:
        own_page = reverse("candidates:own_page", args=[token_of(Candidate.objects.earliest("pk"))])
        return [reverse("account_login"), reverse("account_request_login_code"), own_page, "/there/is/no/such/page/"]
    found = ["/", "/search/?q=a", *_side_by_side(part)]
    if part == Part.HIRING_MANAGER:
        mine = somebody(part).scorecards
        found.append(reverse("candidates:scorecard_submit", args=[mine.owed().earliest("pk").pk]))
        found.append(reverse("candidates:scorecard_amend", args=[mine.submitted().filter(amends=None)[0].pk]))
    if part in {Part.ADMINISTRATOR, Part.RECRUITER}:
        draft = Shortlist.objects.filter(state=ShortlistState.DRAFT).earliest("pk")
        found.append(reverse("candidates:shortlist_add", args=[draft.pk]))
        found += [reverse("candidates:note", args=[note.pk]) for note in Note.objects.filter(author=somebody(part))[:1]]
        found += _of_the_firm()
    return found


def _side_by_side(part: str) -> list[str]:
    """As a form of the scores asks for it, with two people whom this person may read of."""
    scores = Score.objects.visible_to(somebody(part)).ranked().select_related("role").order_by("role", "pk")
    two = [score for score in scores if score.role_id == scores[0].role_id][:2]
    if len(two) < 2:
        return []
    asked = urlencode([("application", score.application_id) for score in two])
    return [f"{reverse('candidates:side_by_side', args=[two[0].role.slug])}?{asked}"]


def _of_the_firm() -> list[str]:
    """Where only forms, scripts and letters lead to, and what links find among many of its kind."""
    draft = RubricVersion.objects.filter(status=VersionStatus.DRAFT).select_related("rubric").earliest("pk")
    of_draft = [draft.rubric.slug, draft.number]
    bulk = BulkAction.objects.exclude(job=None).select_related("role").earliest("pk")
    planned = Interview.objects.filter(state=InterviewState.SCHEDULED).earliest("pk")
    rejected = Decision.objects.filter(outcome=Outcome.REJECT).earliest("pk")
    hired = Decision.objects.filter(outcome=Outcome.HIRE, entry__application__engagement=None).earliest("pk")
    move = reverse("candidates:version_move", args=[bulk.role.slug])
    other = RubricVersion.objects.published().exclude(roles=bulk.role).earliest("pk")
    letters = reverse("candidates:bulk", args=[BulkAction.objects.filter(kind=BulkKind.MAIL).earliest("pk").pk])
    judged = Candidate.objects.unmerged().exclude(applications__interviews__scorecards__state="draft")
    two = list(judged.order_by("pk").values_list("pk", flat=True)[:2])
    return [
        reverse("candidates:merge", args=two),
        reverse("candidates:mail", args=[CandidateMail.objects.earliest("pk").pk]),
        f"{letters}?view=write",
        f"{letters}?view=letter",
        reverse("candidates:bulk", args=[bulk.pk]),
        reverse("jobs:job", args=[bulk.job_id]),
        reverse("candidates:interview_move", args=[planned.pk]),
        reverse("candidates:entry_feedback", args=[rejected.entry_id]),
        reverse("candidates:engagement_start", args=[hired.entry.application_id]),
        f"{move}?version={other.pk}",
        move,
        reverse("rubrics:part_weights", args=of_draft),
        reverse("rubrics:comment_add", args=[*of_draft, CommentAbout.DRAFT]),
    ]


def pages(part: str, *, of_each: int = 1, furthest: int = FURTHEST) -> list[Page]:
    """The first `of_each` pages of every named URL that links lead to; downloads are left aside."""
    visitor = Visitor(raise_request_exception=False)
    if part != NOBODY:
        visitor.cookies[settings.SESSION_COOKIE_NAME] = session_of(somebody(part))
    met = Counter[str]()
    kept: list[Page] = []
    for page in _walk(visitor, entrances(part), furthest=max(of_each, furthest)):
        met[page.name] += 1
        if met[page.name] <= of_each:
            kept.append(page)
    return kept


def _walk(visitor: Visitor, entrances: list[str], furthest: int) -> Iterator[Page]:
    """From link to link; of every named URL at most `furthest` are opened, so that it ends."""
    waiting, seen, opened = deque(entrances), set(entrances), Counter[str]()
    while waiting:
        address = waiting.popleft()
        name = _name(address)
        if opened[name] >= furthest:
            continue
        opened[name] += 1
        answer = visitor.get(address)
        html = answer.content.decode() if answer.headers.get("Content-Type", "").startswith("text/html") else ""
        links = set(_links(html, address)) if answer.status_code != FOUND else {answer.headers["Location"]}
        if html and answer.status_code != FOUND:
            yield Page(name, address, answer.status_code, answer.content)
        waiting += sorted(links - seen)
        seen |= links


def _links(html: str, address: str) -> Iterator[str]:
    for href in LINK.findall(html):
        parts = urlsplit(urljoin(f"http://here{address}", unescape(href)))
        if parts.netloc == "here" and parts.scheme == "http":
            yield parts._replace(scheme="", netloc="", fragment="").geturl()


def _name(address: str) -> str:
    parts = urlsplit(address)
    view = parse_qs(parts.query).get(DISTINGUISHES, [""])[0]
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        name = "missing"
    return f"{name}?{view}" if view else name
