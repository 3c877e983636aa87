"""Every page and every list of the API asks the database as often for many rows as for few, and builds few objects.

The world of `test_canaries` is read before and after it has grown: more people in each stage, more scorecards and notes
on the one whose pages are looked at, more shortlists, roles, users, versions, jobs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from candidates.enums import ConsentHow
from candidates.models import (
    Application,
    Consent,
    Decision,
    Document,
    Engagement,
    EngagementReview,
    Note,
    Scorecard,
    Shortlist,
    ShortlistEntry,
    StageChange,
)
from candidates.services.candidates import tag_candidate
from candidates.services.reviews import commit_review
from candidates.services.scores import score_pool
from rubrics.enums import StageKind
from rubrics.models import GateOverride, KickoffAnswer, RoleMember, Scope
from screening.accounts.models import Invitation, User
from screening.jobs.models import Delivery, Job
from tests.abridged import UNABRIDGED
from tests.addresses import addresses
from tests.asking import as_, instances, statements
from tests.factories.accounts import (
    AdministratorFactory,
    ClientFactory,
    HiringManagerFactory,
    RecruiterFactory,
    ReviewerFactory,
)
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    InterviewFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
    submitted_scorecard,
)
from tests.factories.drafts import whole_draft as written
from tests.factories.rubrics import RoleFactory, published_version
from tests.factories.shortlists import LATER, whole_draft
from tests.test_canaries import World, build

pytestmark = pytest.mark.django_db
MOST_FOR_A_GET, MOST_FOR_A_POST = 12, 15
ROW = re.compile(rb"(?m)^ *- |<tr\b|<li\b|<article\b|<option\b|<dt\b|<fieldset\b")
EACH = 3
READ_BY = "armc" if UNABRIDGED else "rc"
EVERY = 1 if UNABRIDGED else 3
"""Which of the addresses are read, abridged every third."""
ADMINISTRATORS = "/(people|clients|audit|outbox|jobs|account)/"
"""What only they read; the rest is as a recruiter reads it."""
DOWNLOADS = ("/documents/",)


@dataclass
class Visit:
    """One address as one person: statements, objects built, rows shown."""

    letter: str
    address: str
    statements: int
    instances: int
    rows: int

    @property
    def key(self) -> tuple[str, str]:
        return self.letter, self.address


def visits(world: World, where: list[str]) -> list[Visit]:
    found = []
    for letter in READ_BY:
        browser = as_(world.people[letter])
        for address in where if letter != "a" else filter(re.compile(ADMINISTRATORS).match, where):
            answer = browser.get(address)  # what is remembered once is remembered now
            if answer.status_code == 200 and not answer.streaming:
                found.append(_measured(browser, letter, address, answer))
    return found


def _measured(browser: Browser, letter: str, address: str, answer: Any) -> Visit:
    made = []

    def ask() -> None:
        made.append(instances(lambda: browser.get(address)))

    rows = _things(answer.json()) if "json" in answer["Content-Type"] else len(ROW.findall(answer.content))
    return Visit(letter, address, statements(ask), made[0], rows)


def _things(told: Any) -> int:
    """Objects in an answer of the API, nested ones too: a rubric's levels are shown as its rows are."""
    if isinstance(told, dict):
        return 1 + sum(_things(value) for value in told.values())
    return sum(_things(value) for value in told) if isinstance(told, list) else 0


def _begin(world: World) -> None:
    """One of what the world does not have yet, so that growing is more of the same."""
    role, by, client = world.role, world.people["r"], world.people["c"]
    hired = ApplicationFactory(role=role, kind=StageKind.HIRED)
    entry = _entry(world.shortlist, hired)
    Decision.objects.create(
        entry=entry, outcome="hire", why="Owns it.", decided_by=client, decider_name="c", decided_at=NOW
    )
    _engage(hired, by)
    _more_of_the_role(world)


def _entry(shortlist: Shortlist, application: Application) -> ShortlistEntry:
    entry: ShortlistEntry = ShortlistEntryFactory(
        shortlist=shortlist, application=application, position=shortlist.entries.count() + 1
    )
    return entry


def _engage(application: Application, by: User) -> None:
    engagement = Engagement.objects.create(
        application=application,
        rubric_version=application.role.rubric_version,
        started_on=NOW.date(),
        created_by=by,
    )
    for day in (30, 90):
        EngagementReview.objects.create(engagement=engagement, day=day, due_on=NOW.date())


def _more_of_the_role(world: World) -> None:
    """Once more of everything that a page may list."""
    role, people, by = world.role, world.people, world.people["r"]
    for kind in StageKind:
        application = ApplicationFactory(role=role, kind=kind)
        card = ScorecardFactory(
            interview=InterviewFactory(application=application), due_at=NOW, interviewer=people["m"]
        )
        ScorecardFactory(interview=card.interview)
        Note.objects.create(candidate=application.candidate, application=application, author=by, text="Calm.")
    scored = ApplicationFactory(role=role, kind=StageKind.SCORED)
    for _ in range(2):
        submitted_scorecard(scored, [4, 4, 5])
    _more_about_the_person(world)
    _more_shortlists(world, scored)
    _more_set_up(world)


def _more_about_the_person(world: World) -> None:
    zeb, by = world.zeb, world.people["r"]
    submitted_scorecard(zeb, [4, 4, 4])
    Note.objects.create(candidate=zeb.candidate, application=zeb, author=HiringManagerFactory(), text="Calm.")
    tag_candidate(candidate=zeb.candidate, name=f"tag {Note.objects.count()}")
    StageChange.objects.create(application=zeb, to_stage=zeb.stage, by=RecruiterFactory(), at=NOW)
    Document.objects.create(
        candidate=zeb.candidate,
        kind="other",
        name="x.pdf",
        file="x",
        content_type="application/pdf",
        size=1,
        sha256="0",
    )
    Consent.objects.create(
        candidate=zeb.candidate, notice_version="1", how=ConsentHow.OWN_PAGE, given_at=NOW, expires_at=LATER
    )
    ApplicationFactory(candidate=zeb.candidate)
    Invitation.objects.create(
        email=f"new{Note.objects.count()}@example.com", name="New", part="recruiter", token_hash=str(Note.objects.count()),
        invited_by=by, expires_at=NOW + timedelta(days=9999),
    )  # fmt: skip


def _more_shortlists(world: World, scored: Application) -> None:
    entry = _entry(world.shortlist, scored)
    reviewer = ReviewerFactory(client=world.role.client)
    for user in (world.people["c"], reviewer):
        commit_review(entry=entry, draft=whole_draft(entry), by=user, now=LATER)
    zeb = ShortlistEntry.objects.select_related("shortlist__role__rubric_version").get(application=world.zeb)
    commit_review(entry=zeb, draft=whole_draft(zeb), by=reviewer, now=LATER)
    Decision.objects.create(
        entry=zeb, outcome="hire", why="Owns it.", decided_by=reviewer, decider_name="c", decided_at=LATER
    )
    further = PresentedShortlistFactory(role=world.role, number=world.role.shortlists.count() + 1)
    _entry(further, ApplicationFactory(role=world.role, kind=StageKind.SHORTLISTED))
    hired = ApplicationFactory(role=world.role, kind=StageKind.HIRED)
    _entry(further, hired)
    _engage(hired, world.people["r"])


def _more_set_up(world: World) -> None:
    role, by = world.role, world.people["r"]
    manager = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=manager)
    KickoffAnswer.objects.create(role=role, question=Scope.QUESTIONS[0], asked_of=manager, asked_by=by)
    GateOverride.objects.create(
        gate="open_role", role=role, subject=role.pk, waives=["bar"], reason="soon", asked_by=RecruiterFactory(), asked_at=NOW
    )  # fmt: skip
    other = RoleFactory(client=role.client, rubric_version=role.rubric_version)
    RoleMember.objects.create(role=other, user=world.people["m"])
    ApplicationFactory(role=other)
    published_version()
    ClientFactory()
    AdministratorFactory()
    Job.objects.create(task="some.task", title="Some work", due_at=NOW, created_by=by)
    Delivery.objects.create(event="some.event", recipient="a@example.com", subject="s", text="t", due_at=NOW)


def _score(world: World) -> None:
    assert world.role.rubric_version
    score_pool(pool_key=world.role.rubric_version.pool_key, now=LATER)


def test_no_page_asks_more_for_more_rows() -> None:
    world = build()
    _begin(world)
    _score(world)
    where = [address for address in addresses(world) if not address.startswith(DOWNLOADS)][::EVERY]
    few = {visit.key: visit for visit in visits(world, where)}
    for _ in range(EACH):
        _more_of_the_role(world)
    _score(world)
    many = {visit.key: visit for visit in visits(world, where)}
    assert len(few) > (100 if UNABRIDGED else 40)
    assert set(few) == set(many)
    wrong = [
        f"{address} as {letter}: {few[letter, address].statements} statements, then {visit.statements}"
        for (letter, address), visit in many.items()
        if not visit.statements == few[letter, address].statements <= MOST_FOR_A_GET
    ]
    wrong += [
        f"{address} as {letter}: {visit.instances} objects for {visit.rows} rows"
        for (letter, address), visit in many.items()
        if visit.instances > 5 * visit.rows + 50
    ]
    assert not wrong, "\n" + "\n".join(wrong)


@dataclass
class Post:
    """Something that people do often, by the letter of who does it."""

    letter: str
    address: Callable[[World], str]
    data: Callable[[World], dict[str, Any]]
    json: bool = False


def _owed(world: World) -> Scorecard:
    return Scorecard.objects.get(interview__application=world.zeb, interviewer=world.people["s"])


def _sourced(world: World) -> Application:
    return Application.objects.filter(role=world.role, stage__kind=StageKind.SOURCED).earliest("pk")


def _entry_of(world: World) -> ShortlistEntry:
    return ShortlistEntry.objects.get(application=world.zeb)


def _whole(world: World) -> dict[str, Any]:
    draft = written(_owed(world), [4, 3, 5])
    return {
        "revision": 0,
        "ratings": [{"dimension": rating.dimension, "level": rating.level} for rating in draft.ratings],
        "evidence": [
            {"dimension": item.dimension, "incident": item.incident, "happened": item.happened}
            for item in draft.evidence
        ],
        "recommendation": "yes",
    }


def _levels(world: World) -> dict[str, Any]:
    version = world.role.rubric_version
    assert version
    levels = {f"level-{dimension.pk}": "3" for dimension in version.dimensions.all()}
    return {**levels, "basis": "evidence", "verdict": "advance", "comment": "Fine."}


def _move(world: World) -> dict[str, Any]:
    stage = world.role.stages.get(kind=StageKind.CONTACTED)
    return {"stage": stage.pk, "seen_stage": _sourced(world).stage_id}


POSTS = {
    "draft": Post("s", lambda world: f"/api/v1/scorecards/{_owed(world).pk}/draft/", _whole, json=True),
    "note": Post(
        "r", lambda world: reverse("candidates:note_add", args=[world.zeb.candidate_id]), lambda _: {"text": "Calm."}
    ),
    "tag": Post(
        "r", lambda world: reverse("candidates:tag_add", args=[world.zeb.candidate_id]), lambda _: {"name": "python"}
    ),
    "review": Post("d", lambda world: reverse("candidates:review", args=[_entry_of(world).pk]), _levels),
    "commit": Post("d", lambda world: reverse("candidates:review_commit", args=[_entry_of(world).pk]), _levels),
    "move": Post("r", lambda world: f"/api/v1/applications/{_sourced(world).pk}/move/", _move, json=True),
}


def _posted(world: World, post: Post) -> int:
    browser, address, data = as_(world.people[post.letter]), post.address(world), post.data(world)
    answers = []

    def ask() -> None:
        if post.json:
            ask_json = browser.put if address.endswith("/draft/") else browser.post
            answers.append(ask_json(address, data, content_type="application/json"))
        else:
            answers.append(browser.post(address, data))

    with transaction.atomic():
        taken = statements(ask)
        transaction.set_rollback(True)
    assert answers[0].status_code in {200, 302}, address
    return taken


def test_what_is_done_often_takes_as_few_statements_in_a_full_house() -> None:
    world = build()
    ApplicationFactory(role=world.role, kind=StageKind.SOURCED)
    few = {name: _posted(world, post) for name, post in POSTS.items()}
    for _ in range(2):
        _more_of_the_role(world)
    many = {name: _posted(world, post) for name, post in POSTS.items()}
    assert many == few
    assert {name: taken for name, taken in many.items() if taken > MOST_FOR_A_POST} == {}
