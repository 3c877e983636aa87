"""Who may call what: every URL × method × part, declared here and compared with what the program answers.

A URL that is not declared fails. Letters: a administrator, r recruiter, m manager on the role's team whose scorecard is
in, s manager on the team who still owes theirs, o manager of another role, c reviewer of the role's client, x reviewer
of another client. Whoever is not named gets 404; nobody signed in is sent to the sign-in page, or 401 by the API.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from candidates.enums import Outcome
from candidates.models import (
    Candidate,
    Decision,
    Document,
    Engagement,
    EngagementReview,
    Note,
    Report,
    Score,
    StageChange,
    Tag,
)
from candidates.services.candidates import tag_candidate
from rubrics.enums import GateName, KickoffState, StageKind
from rubrics.models import GateOverride, KickoffAnswer, Role, RoleMember
from screening.accounts.models import Client, Invitation, User
from screening.accounts.services.tokens import create_token
from screening.jobs.models import Delivery, Job
from tests.factories.accounts import (
    AdministratorFactory,
    HiringManagerFactory,
    RecruiterFactory,
    ReviewerFactory,
)
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
    ShortlistFactory,
    ShortlistReviewerFactory,
    submitted_scorecard,
)
from tests.factories.rubrics import RoleFactory, draft_version
from tests.test_visibility import _run

EVERYBODY, INSIDE, STAFF, TEAM = "armsocx", "armso", "ar", "arms"


@dataclass(frozen=True)
class May:
    """Who may read (GET) and who may write (POST, or PUT where `put`); None where the method does not exist."""

    read: str | None = None
    write: str | None = None
    put: bool = False


def read(who: str) -> May:
    return May(read=who)


def write(who: str) -> May:
    return May(write=who)


DECLARED: dict[str, May] = {
    # what every signed-in person has
    "accounts:profile": May(EVERYBODY, EVERYBODY),
    "accounts:token_new": write(EVERYBODY),
    "accounts:token_revoke": write("r"),
    "candidates:today": read(EVERYBODY),
    "candidates:search": read(EVERYBODY),
    # people, clients, audit, outbox
    "accounts:people": read("a"),
    "accounts:invite": May("a", "a"),
    "accounts:withdraw_invitation": write("a"),
    "accounts:person": May("a", "a"),
    "accounts:deactivate": write("a"),
    "accounts:reactivate": write("a"),
    "accounts:clients": read(STAFF),
    "accounts:client_new": May("a", "a"),
    "accounts:client": May("a", "a"),
    "accounts:audit": read("a"),
    "jobs:job": read("ar"),
    "jobs:cancel": write("ar"),
    "jobs:outbox": read("a"),
    "jobs:delivery": read("a"),
    "jobs:resend": write("a"),
    # roles
    "rubrics:roles": read(EVERYBODY),
    "rubrics:role_new": May(STAFF, STAFF),
    "rubrics:role": read("armsc"),
    "rubrics:role_status": write(STAFF),
    "rubrics:role_settings": May(STAFF, STAFF),
    "rubrics:role_version": write(STAFF),
    "rubrics:stage_add": write(STAFF),
    "rubrics:stage_rename": write(STAFF),
    "rubrics:stage_drop": write(STAFF),
    "rubrics:member_add": write(STAFF),
    "rubrics:member_duty": write(STAFF),
    "rubrics:member_remove": write(STAFF),
    "rubrics:scope": write(STAFF),
    "rubrics:scope_gate": write(STAFF),
    "rubrics:approval": write("c"),
    "rubrics:approval_request": write(STAFF),
    "rubrics:approval_record": write(STAFF),
    "rubrics:kickoff_send": write(STAFF),
    "rubrics:kickoff_answer": write("m"),
    "rubrics:kickoff_accept": write(STAFF),
    "rubrics:kickoff_return": write(STAFF),
    "rubrics:override_ask": write(STAFF),
    "rubrics:override_approve": write(STAFF),
    "rubrics:override_decline": write(STAFF),
    # rubrics
    "rubrics:role_rubric": read("armsc"),
    "rubrics:rubrics": read(EVERYBODY),
    "rubrics:rubric_load": May(STAFF, STAFF),
    "rubrics:rubric_load_shipped": write(STAFF),
    "rubrics:version": read("armsoc"),
    "rubrics:version_changes": read(TEAM),
    "rubrics:version_yaml": read(STAFF),
    "rubrics:version_upload": write(TEAM),
    "rubrics:version_describe": write(TEAM),
    "rubrics:version_weights": write(TEAM),
    "rubrics:version_equivalent": write(TEAM),
    "rubrics:version_publish": write(STAFF),
    "rubrics:version_draft": write(STAFF),
    # candidates and their pipeline
    "candidates:candidates": read(INSIDE),
    "candidates:candidate_new": May(STAFF, STAFF),
    "candidates:candidate": read(TEAM),
    "candidates:candidate_edit": May(STAFF, STAFF),
    "candidates:add_to_role": May(STAFF, STAFF),
    "candidates:note_add": write("arm"),
    "candidates:note_delete": write("r"),
    "candidates:tag_add": write(STAFF),
    "candidates:tag_remove": write(STAFF),
    "candidates:document_add": write(STAFF),
    "candidates:document": read(STAFF),
    "candidates:document_delete": write(STAFF),
    "candidates:consent_record": write(STAFF),
    "candidates:consent_withdraw": write(STAFF),
    "candidates:link_send": write(STAFF),
    "candidates:link_renew": write(STAFF),
    "candidates:erase": write("a"),
    "candidates:pipeline": read(TEAM),
    "candidates:move_many": write(STAFF),
    "candidates:column": read(TEAM),
    "candidates:move": May(STAFF, STAFF),
    "candidates:move_undo": write(STAFF),
    "candidates:import_scorecards": May(STAFF, STAFF),
    # interviews and scorecards
    "candidates:interviews": read(INSIDE),
    "candidates:interview": read(TEAM),
    "candidates:interview_hold": write(STAFF),
    "candidates:interview_cancel": write(STAFF),
    "candidates:interview_no_show": write(STAFF),
    "candidates:interview_panel": write(STAFF),
    "candidates:role_interviews": read(TEAM),
    "candidates:interview_new": May(STAFF, STAFF),
    "candidates:scorecard": read("arm"),
    "candidates:scorecard_draft": write("s"),
    "candidates:scorecard_submit": May("s", "s"),
    "candidates:scorecard_excuse": write(STAFF),
    "candidates:scorecard_amend": May("m", "m"),
    "candidates:scorecard_discard": write("m"),
    "candidates:scorecard_approve": write(STAFF),
    "candidates:comparison": read(TEAM),
    "candidates:score": read("arm"),
    "candidates:debrief": read(TEAM),  # s reads only that it opens once theirs is in
    # shortlists, the client's own evaluation, decisions
    "candidates:shortlists": read(EVERYBODY),
    "candidates:role_shortlists": read("armsc"),
    "candidates:shortlist_new": write(STAFF),
    "candidates:shortlist": read("armsc"),
    "candidates:shortlist_preview": read(STAFF),
    "candidates:shortlist_order": write(STAFF),
    "candidates:shortlist_shown": write(STAFF),
    "candidates:shortlist_withdraw": write(STAFF),
    "candidates:reviewer_new": write(STAFF),
    "candidates:reviewer_remove": write(STAFF),
    "candidates:reviewer_release": write(STAFF),
    "candidates:shortlist_add": May(STAFF, STAFF),
    "candidates:shortlist_override": write(STAFF),
    "candidates:entry": read("armsc"),
    "candidates:entry_preview": read(STAFF),
    "candidates:entry_cv": read("arc"),
    "candidates:entry_summary": write(STAFF),
    "candidates:entry_remove": write(STAFF),
    "candidates:shortlist_present": May(STAFF, STAFF),
    "candidates:present_override": write(STAFF),
    "candidates:override_approve": write(STAFF),
    "candidates:override_decline": write(STAFF),
    "candidates:report_build": write(STAFF),
    "candidates:report_pdf": read("armsc"),
    "candidates:review": write("c"),
    "candidates:review_commit": write("c"),
    "candidates:entry_decide": write("arc"),
    # engagements
    "candidates:engagements": read(EVERYBODY),
    "candidates:engagement": read("armsc"),
    "candidates:engagement_end": write("arc"),
    "candidates:engagement_review": May("c", "c"),
    "candidates:engagement_start": May("arc", "arc"),
    # the API
    "role-list": read(EVERYBODY),
    "role-detail": read("armsc"),
    "rubricversion-list": read(EVERYBODY),
    "rubricversion-detail": read("armsoc"),
    "candidate-list": read(EVERYBODY),
    "candidate-detail": read(STAFF),
    "application-list": read(EVERYBODY),
    "application-detail": read("arms"),
    "application-move": write(STAFF),
    "interview-list": read(EVERYBODY),
    "interview-detail": read(TEAM),
    "scorecard-list": read(EVERYBODY),
    "scorecard-detail": read("arm"),
    "scorecard-draft": May(write="s", put=True),
    "scorecard-submit": write("s"),
    "score-list": read(EVERYBODY),
    "score-detail": read("arm"),
    "shortlist-list": read(EVERYBODY),
    "shortlist-detail": read("armsc"),
    "clientreview-list": read(EVERYBODY),
    "clientreview-detail": read(TEAM),  # c has not committed their own yet
}
OPEN_TO_ALL = {
    "healthz", "metrics", "schema", "accounts:invitation", "candidates:own_page", "candidates:own_consent", "candidates:own_withdraw",
    "candidates:own_erasure",
}  # fmt: skip
"""Signed links, health and the description of the API: no account needed; their own tests hold what they show."""


@dataclass
class Installation:
    """One of everything a URL may name, and somebody of every part."""

    people: dict[str, User] = field(default_factory=dict)
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)
    payload: dict[str, Any] = field(default_factory=dict)


def install() -> Installation:
    """Application `scored` is sealed from s; application `listed` stands on a presented shortlist."""
    found = Installation()
    role: Role = RoleFactory()
    other: Role = RoleFactory()
    found.people = {
        "a": AdministratorFactory(),
        "r": RecruiterFactory(),
        "m": HiringManagerFactory(),
        "s": HiringManagerFactory(),
        "o": HiringManagerFactory(),
        "c": ReviewerFactory(client=role.client),
        "x": ReviewerFactory(client=other.client),
    }
    people = found.people
    member = RoleMember.objects.create(role=role, user=people["m"], duty="lead")
    RoleMember.objects.create(role=role, user=people["s"])
    RoleMember.objects.create(role=other, user=people["o"])
    found.arguments |= _role_arguments(role, member, people)
    found.arguments |= _candidate_arguments(role, people)
    found.arguments |= _shortlist_arguments(role, people)
    found.arguments |= _account_arguments(people)
    found.payload = {"application": found.arguments["application"]["pk"]}
    return found


def _role_arguments(role: Role, member: RoleMember, people: dict[str, User]) -> dict[str, dict[str, Any]]:
    version = role.rubric_version
    assert version is not None
    draft = draft_version(rubric=version.rubric, number=2)
    stage = role.stages.get(kind=StageKind.CONTACTED)
    asked = {"role": role, "asked_of": people["m"], "asked_by": people["r"]}
    sent = KickoffAnswer.objects.create(question="problem", **asked)
    answered = KickoffAnswer.objects.create(
        question="overlap", state=KickoffState.ANSWERED, answer="Four hours.", answered_at=NOW, **asked
    )
    override = GateOverride.objects.create(
        gate=GateName.OPEN_ROLE,
        role=role,
        subject=role.pk,
        waives=["bar"],
        reason="soon",
        asked_by=people["r"],
        asked_at=NOW,
    )
    published = {"slug": version.rubric.slug, "number": 1}
    drafted = {"slug": version.rubric.slug, "number": draft.number}
    named: dict[str, dict[str, Any]] = {
        "role": {"slug": role.slug},
        "rubrics:role_status": {"slug": role.slug, "status": "on_hold"},
        "rubrics:stage_rename": {"slug": role.slug, "pk": stage.pk},
        "rubrics:stage_drop": {"slug": role.slug, "pk": stage.pk},
        "rubrics:member_duty": {"slug": role.slug, "pk": member.pk},
        "rubrics:member_remove": {"slug": role.slug, "pk": member.pk},
        "rubrics:kickoff_answer": {"pk": sent.pk},
        "rubrics:kickoff_accept": {"pk": answered.pk},
        "rubrics:kickoff_return": {"pk": answered.pk},
        "rubrics:override_approve": {"pk": override.pk},
        "rubrics:override_decline": {"pk": override.pk},
        "rubrics:rubric_load_shipped": {"name": "senior-data-scientist"},
        "candidates:column": {"slug": role.slug, "pk": stage.pk},
        "role-detail": {"slug": role.slug},
        "rubricversion-detail": {"pk": version.pk},
    }
    for name in ("version", "version_yaml", "version_draft"):
        named[f"rubrics:{name}"] = published
    for name in ("changes", "upload", "describe", "weights", "equivalent", "publish"):
        named[f"rubrics:version_{name}"] = drafted
    return named


def _cv(person: Candidate) -> Document:
    document = Document(candidate=person, name="cv.pdf", content_type="application/pdf", size=1, sha256="0")
    document.file.save("cv.pdf", ContentFile(b"%PDF-"), save=False)
    document.save()
    return document


def _candidate_arguments(role: Role, people: dict[str, User]) -> dict[str, dict[str, Any]]:
    scored = ApplicationFactory(role=role)
    card = submitted_scorecard(scored, [4, 3, 4], by=people["m"])
    amendment = ScorecardFactory(
        interview=card.interview, interviewer=people["m"], amends=card, amendment_reason="the wrong year"
    )
    owed = ScorecardFactory(interview=card.interview, interviewer=people["s"])
    correction = submitted_scorecard(scored, [4, 3, 4])
    person = scored.candidate
    note = Note.objects.create(candidate=person, application=scored, author=people["r"], text="Calm.")
    tag: Tag = tag_candidate(candidate=person, name="python")
    document = _cv(person)
    change = StageChange.objects.create(
        application=scored,
        from_stage=role.stages.get(kind=StageKind.SCREENING),
        to_stage=scored.stage,
        by=people["r"],
        at=NOW,
    )
    Score.objects.create(
        application=scored, role=role, run=_run(), subject=0, score=3, sd=1, lower=2, upper=4, raw_mean=3, n_raters=2,
        completeness=1, rankable=True, component=0, computed_at=NOW,
    )  # fmt: skip
    of = {"pk": scored.pk}
    return {
        "candidate": {"pk": person.pk},
        "candidate-detail": {"pk": person.pk},
        "candidates:tag_remove": {"pk": person.pk, "tag": tag.pk},
        "candidates:note_delete": {"pk": note.pk},
        "candidates:document": {"pk": document.pk},
        "candidates:document_delete": {"pk": document.pk},
        "application": of,
        "application-detail": of,
        "application-move": of,
        "score-detail": of,
        "candidates:move_undo": {"pk": change.pk},
        "interview": {"pk": card.interview_id},
        "interview-detail": {"pk": card.interview_id},
        "scorecard": {"pk": card.pk},
        "scorecard-detail": {"pk": card.pk},
        "owed": {"pk": owed.pk},
        "scorecard-draft": {"pk": owed.pk},
        "scorecard-submit": {"pk": owed.pk},
        "candidates:scorecard_discard": {"pk": amendment.pk},
        "candidates:scorecard_approve": {"pk": correction.pk},
    }


def _shortlist_arguments(role: Role, people: dict[str, User]) -> dict[str, dict[str, Any]]:
    presented = PresentedShortlistFactory(role=role, show_cv=True)
    entry = ShortlistEntryFactory(shortlist=presented)
    _cv(entry.application.candidate)
    reviewer = ShortlistReviewerFactory(shortlist=presented, user=people["c"])
    report = Report(shortlist=presented, rendering="before", fingerprint="0", size=1, built_at=NOW)
    report.file.save("report.pdf", ContentFile(b"%PDF-"), save=False)
    report.save()
    review = entry.reviews.create(
        reviewer=ReviewerFactory(client=role.client), saved_at=NOW, committed_at=NOW, basis="evidence", verdict="hold"
    )
    drafted = ShortlistFactory(role=role)
    waiting = ShortlistEntryFactory(shortlist=drafted)
    hired = ShortlistEntryFactory(shortlist=presented, application=ApplicationFactory(role=role, kind=StageKind.HIRED))
    Decision.objects.create(
        entry=hired, outcome=Outcome.HIRE, why="Owns it.", decided_by=people["c"], decider_name="c", decided_at=NOW
    )
    engagement = Engagement.objects.create(
        application=hired.application, started_on=date(2026, 8, 1), created_by=people["r"]
    )
    due = EngagementReview.objects.create(engagement=engagement, day=90, due_on=date(2026, 10, 30))
    named = {
        "shortlist": {"pk": presented.pk},
        "shortlist-detail": {"pk": presented.pk},
        "clientreview-detail": {"pk": review.pk},
        "drafted": {"pk": drafted.pk},
        "entry": {"pk": entry.pk},
        "waiting": {"pk": waiting.pk},
        "candidates:reviewer_remove": {"pk": presented.pk, "reviewer": reviewer.pk},
        "candidates:reviewer_release": {"pk": presented.pk, "reviewer": reviewer.pk},
        "candidates:report_pdf": {"pk": presented.pk, "rendering": "before"},
        "engagement": {"pk": engagement.pk},
        "candidates:engagement_review": {"pk": due.pk},
        "candidates:engagement_start": {"pk": entry.application_id},
    }
    for name in ("shortlist_order", "shortlist_shown", "shortlist_add", "shortlist_override", "shortlist_present"):
        named[f"candidates:{name}"] = named["drafted"]
    asked = GateOverride.objects.create(
        gate=GateName.PRESENT,
        role=role,
        subject=named["drafted"]["pk"],
        waives=["report"],
        reason="soon",
        asked_by=people["r"],
        asked_at=NOW,
    )
    for name in ("override_approve", "override_decline"):
        named[f"candidates:{name}"] = {"pk": asked.pk}
    for name in ("present_override", "report_build"):
        named[f"candidates:{name}"] = named["drafted"]
    for name in ("entry_summary", "entry_remove"):
        named[f"candidates:{name}"] = named["waiting"]
    for name in ("review", "review_commit", "entry_decide", "entry_cv", "entry_preview"):
        named[f"candidates:{name}"] = named["entry"]
    return named


def _account_arguments(people: dict[str, User]) -> dict[str, dict[str, Any]]:
    invitation = Invitation.objects.create(
        email="new@example.com", name="New", part="recruiter", token_hash="0", invited_by=people["a"],
        expires_at=NOW + timedelta(days=9999),
    )  # fmt: skip
    job = Job.objects.create(task="some.task", title="Some work", due_at=NOW, created_by=people["r"])
    delivery = Delivery.objects.create(
        event="some.event", recipient="a@example.com", subject="s", text="t", due_at=NOW, state="failed"
    )
    someone = {"pk": RecruiterFactory().pk}
    new = create_token(user=people["r"], name="script", valid_for=timedelta(days=1), read_only=True)
    return {
        "accounts:withdraw_invitation": {"pk": invitation.pk},
        "accounts:person": someone,
        "accounts:deactivate": someone,
        "accounts:reactivate": someone,
        "accounts:client": {"slug": Client.objects.get(users=people["c"]).slug},
        "accounts:token_revoke": {"ref": new.token.ref},
        "jobs:job": {"pk": job.pk},
        "jobs:cancel": {"pk": job.pk},
        "jobs:delivery": {"pk": delivery.pk},
        "jobs:resend": {"pk": delivery.pk},
    }


def urls(patterns: Any = None, namespace: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every named URL of the program with the arguments it takes, the sign-in library's apart."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            if str(pattern.pattern) != "accounts/":
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from urls(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            regex = pattern.pattern.regex.groupindex
            yield f"{namespace}{pattern.name}", set(regex)


def arguments_of(name: str, takes: set[str], found: Installation) -> dict[str, Any]:
    """What stands in a URL: declared under its own name, or under the noun it begins with."""
    if not takes:
        return {}
    if name in found.arguments:
        return found.arguments[name]
    noun = name.rpartition(":")[2]
    if "slug" in takes:
        return found.arguments["role"]
    by_prefix = {
        "scorecard_draft": "owed", "scorecard_submit": "owed", "scorecard_excuse": "owed",
        "interview_new": "application", "add_to_role": "candidate", "note_add": "candidate", "tag_add": "candidate",
        "document_add": "candidate", "consent": "candidate", "link": "candidate", "erase": "candidate",
        "move": "application", "debrief": "application", "scorecard": "scorecard", "score": "application",
        "reviewer_new": "shortlist",
    }  # fmt: skip
    for prefix, thing in by_prefix.items():
        if noun.startswith(prefix):
            return found.arguments[thing]
    return found.arguments[noun.partition("_")[0]]


def answer(browser: Browser, method: str, address: str, payload: dict[str, Any]) -> int:
    """The status of one request, everything it wrote undone."""
    with transaction.atomic():
        if method == "PUT":
            response = browser.put(address, payload, content_type="application/json")
        else:
            response = getattr(browser, method.lower())(address, payload if method == "POST" else None)
        transaction.set_rollback(True)
    return int(response.status_code)


def wrong_answers(name: str, address: str, found: Installation, browsers: dict[str, Browser]) -> Iterator[str]:
    api, may = address.startswith("/api/"), DECLARED[name]
    for method, who in (("GET", may.read), ("PUT" if may.put else "POST", may.write), ("DELETE", None)):
        for letter, browser in browsers.items():
            status = answer(browser, method, address, found.payload)
            if who is None:
                right = status in {404, 405}
            elif letter in who:
                right = status < 500 and status not in {401, 403, 404, 405}
            else:
                right = status == 404
            if not right:
                yield f"{method} {name} as {letter}: {status}, declared for {who!r}"
        status = answer(Browser(), method, address, {})
        if status not in ({401, 403} if api else {302}):
            yield f"{method} {name} signed out: {status}"


def test_every_url_is_declared() -> None:
    names = {name for name, _ in urls()}
    assert names - set(DECLARED) - OPEN_TO_ALL == set(), "declare who may call it"
    assert set(DECLARED) | OPEN_TO_ALL == names, "declared, but there is no such URL"


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(4))
def test_every_url_answers_each_part_as_declared(part: int) -> None:
    found = install()
    browsers = {}
    for letter, user in found.people.items():
        browsers[letter] = Browser(raise_request_exception=False)
        browsers[letter].force_login(user)
    wrong: list[str] = []
    for name, takes in sorted(urls())[part::4]:
        if name in DECLARED:
            address = reverse(name, kwargs=arguments_of(name, takes, found))
            wrong += wrong_answers(name, address, found, browsers)
    assert not wrong, "\n" + "\n".join(wrong)
