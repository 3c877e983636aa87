"""One of everything a URL may name, and somebody of every part: what tests of who may do what walk through."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from candidates.enums import BulkKind, Outcome
from candidates.models import (
    Application,
    BulkAction,
    BulkItem,
    Candidate,
    DebriefAnswer,
    DebriefOutcome,
    DebriefQuestion,
    Decision,
    DifferentPeople,
    Document,
    Engagement,
    EngagementReview,
    Evidence,
    Export,
    LikelyDuplicate,
    Merge,
    Note,
    Report,
    SavedView,
    Score,
    StageChange,
    Tag,
)
from candidates.services.candidate_imports import start_import
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
    CandidateFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
    ShortlistFactory,
    ShortlistReviewerFactory,
    submitted_scorecard,
)
from tests.factories.mails import CandidateMailFactory, MailTemplateFactory
from tests.factories.meetings import planted
from tests.factories.rubrics import RoleFactory, draft_version
from tests.factories.samples import sampled_version, samples_of
from tests.factories.shortlist_versions import in_preparation, written_down
from tests.test_visibility import _run


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
    found.arguments |= _table_arguments(people)
    found.arguments |= _merge_arguments(found.arguments["candidate"]["pk"], people["r"])
    found.arguments["sample"] = {"pk": samples_of(sampled_version())[0].pk}
    found.payload = {"application": found.arguments["application"]["pk"]}
    return found


def _role_arguments(role: Role, member: RoleMember, people: dict[str, User]) -> dict[str, dict[str, Any]]:
    version = role.rubric_version
    assert version is not None
    draft = draft_version(rubric=version.rubric, number=2)
    stage = role.stages.get(kind=StageKind.CONTACTED)
    asked = {"role": role, "asked_of": people["m"], "asked_by": people["r"]}
    KickoffAnswer.objects.create(question="problem", **asked)
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
        "rubrics:kickoff_remind": {"slug": role.slug, "pk": people["m"].pk},
        "rubrics:kickoff_accept": {"pk": answered.pk},
        "rubrics:kickoff_return": {"pk": answered.pk},
        "rubrics:override_approve": {"pk": override.pk},
        "rubrics:override_decline": {"pk": override.pk},
        "rubrics:rubric_load_shipped": {"name": "senior-data-scientist"},
        "candidates:column": {"slug": role.slug, "pk": stage.pk},
        "role-detail": {"slug": role.slug},
        "rubricversion-detail": {"pk": version.pk},
    }
    for name in ("version", "version_yaml", "version_draft", "version_samples"):
        named[f"rubrics:{name}"] = published
    for name in ("changes", "upload", "equivalent", "publish"):
        named[f"rubrics:version_{name}"] = drafted
    named |= _part_arguments(drafted)
    return named


def _part_arguments(drafted: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What of a draft is written in place."""
    of_dimension, of_question = drafted | {"key": "production-ownership"}, drafted | {"key": "q0"}
    named = {f"rubrics:part_{name}": drafted for name in ("about", "scale", "weights")}
    named |= {f"rubrics:{name}": drafted for name in ("kits", "kits_preview", "kit_add")}
    named |= {f"rubrics:{name}": drafted | {"key": "short"} for name in ("kit_remove", "kit_move")}
    named |= {f"rubrics:{name}": of_dimension for name in ("part_dimension", "question_add")}
    named |= {f"rubrics:{name}": of_dimension for name in ("dimension_move", "dimension_remove")}
    named |= {f"rubrics:{name}": of_question for name in ("part_question", "question_move", "question_remove")}
    named |= {f"rubrics:{name}": drafted | {"about": "draft"} for name in ("comment_add", "comments_resolve")}
    said = of_question | {"about": "question"}
    named |= {f"rubrics:{name}": said for name in ("comment_add_on", "comments_resolve_on")}
    return named | {
        "rubrics:dimension_add": drafted,
        "rubrics:part_anchor": of_dimension | {"value": "3"},
        "rubrics:part_signals": of_question | {"dimension": "production-ownership"},
    }


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
    mention = note.mentions.create(user=people["m"], at=NOW)
    letter = CandidateMailFactory(candidate=person, by=people["r"])
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
    asked = DebriefQuestion.objects.create(scorecard=card, asked_by=people["r"], text="How do we know?", asked_at=NOW)
    DebriefAnswer.objects.create(question=asked, by=people["m"], text="They showed it.", at=NOW)
    DebriefOutcome.objects.create(
        application=scored, result="hold", note="Until we know.", noted_by=people["r"], noted_at=NOW
    )
    view = SavedView.objects.create(owner=people["r"], role=role, name="Waiting", query="waiting=5", shared=True)
    of = {"pk": scored.pk}
    return {
        "saved": {"pk": view.pk},
        "candidates:mention": {"pk": mention.pk},
        "mail": {"pk": letter.pk},
        "template": {"pk": MailTemplateFactory().pk},
        "candidates:bulk_words": {"pk": _bulk_letter(scored, people["r"]).pk},
        "candidate": {"pk": person.pk},
        "candidate-detail": {"pk": person.pk},
        "candidates:tag_remove": {"pk": person.pk, "tag": tag.pk},
        "note": {"pk": note.pk},
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
        "candidates:debrief_ask": {"pk": card.pk},
        "candidates:debrief_question": {"pk": asked.pk},
        "candidates:debrief_answer": {"pk": asked.pk},
        "candidates:debrief_resolve": {"pk": asked.pk},
        "scorecard-draft": {"pk": owed.pk},
        "scorecard-submit": {"pk": owed.pk},
        "candidates:scorecard_discard": {"pk": amendment.pk},
        "candidates:scorecard_approve": {"pk": correction.pk},
    }


def _table_arguments(people: dict[str, User]) -> dict[str, dict[str, Any]]:
    """A file being brought in, and one taken out."""
    upload = ContentFile(b"Name,E-mail\nAnn Other,ann.other@example.org\n", name="people.csv")
    brought = start_import(upload=upload, role=None, source="import", by=people["r"], now=NOW)
    taken = Export.objects.create(
        what="Candidates", format="csv", created_by=people["r"], created_at=NOW, file="exports/installed.csv"
    )
    if not default_storage.exists(taken.file):
        default_storage.save(taken.file, ContentFile(b"Name"))
    return {"import": {"pk": brought.pk}, "candidates:export_file": {"pk": taken.pk}}


def _merge_arguments(person: int, by: User) -> dict[str, dict[str, Any]]:
    """Somebody who may be the same person, and one who was found to be."""
    other: Candidate = CandidateFactory()
    LikelyDuplicate.objects.create(one_id=person, two=other, reasons=["phone"], found_at=NOW)
    into: Candidate = CandidateFactory()
    merged: Candidate = CandidateFactory(merged_into=into, merged_at=NOW)
    merge = Merge.objects.create(candidate=merged, into=into, by=by, at=NOW)
    DifferentPeople.objects.create(one_id=person, two=into, by=by, at=NOW)
    both = {"pk": person, "other": other.pk}
    return {
        "candidates:merge_choose": {"pk": person},
        "candidates:merge": both,
        "candidates:merge_apart": both,
        "candidates:merge_undo": {"pk": merge.pk},
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
        application=hired.application,
        rubric_version=role.rubric_version,
        started_on=date(2026, 8, 1),
        created_by=people["r"],
    )
    due = EngagementReview.objects.create(engagement=engagement, day=90, due_on=date(2026, 10, 30))
    against = ShortlistEntryFactory(shortlist=PresentedShortlistFactory(role=role, number=role.shortlists.count() + 1))
    Decision.objects.create(
        entry=against, outcome=Outcome.REJECT, why="No.", decided_by=people["c"], decider_name="c", decided_at=NOW
    )
    entry.claims.create(evidence=Evidence.objects.earliest("pk"))
    written_down(presented, 1, by=people["r"])
    new = ApplicationFactory(role=role, kind=StageKind.SHORTLISTED)
    place = in_preparation(presented, by=people["r"], new=new).places.get(application=new)
    question = entry.questions.create(asked_by=people["c"], text="Who was told?", asked_at=NOW)
    meeting = planted(entry, people["c"])
    named = {
        "candidates:client_question_answer": {"pk": question.pk},
        "meeting": {"pk": meeting.pk},
        "candidates:entry_ask": {"pk": entry.pk},
        "candidates:reviewer_remind": {"pk": presented.pk, "reviewer": reviewer.pk},
        "candidates:entry_feedback": {"pk": against.pk},
        "shortlist": {"pk": presented.pk},
        "shortlist-detail": {"pk": presented.pk},
        "clientreview-detail": {"pk": review.pk},
        "drafted": {"pk": drafted.pk},
        "entry": {"pk": entry.pk},
        "waiting": {"pk": waiting.pk},
        "candidates:reviewer_remove": {"pk": presented.pk, "reviewer": reviewer.pk},
        "candidates:reviewer_release": {"pk": presented.pk, "reviewer": reviewer.pk},
        "candidates:shortlist_next_summary": {"pk": presented.pk, "place": place.pk},
        "candidates:shortlist_next_remove": {"pk": presented.pk, "place": place.pk},
        "candidates:shortlist_version": {"pk": presented.pk, "number": 1},
        "candidates:shortlist_version_pdf": {"pk": presented.pk, "number": 1, "rendering": "before"},
        "candidates:report_pdf": {"pk": presented.pk, "rendering": "before"},
        "engagement": {"pk": engagement.pk},
        "bulk": {"pk": _bulk(role, entry.application, people["r"]).pk},
        "candidates:engagement_review": {"pk": due.pk},
        "candidates:engagement_review_save": {"pk": due.pk},
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
    for name in ("review", "review_commit", "entry_decide", "entry_cv", "entry_preview", "offer_make", "offer_answer"):
        named[f"candidates:{name}"] = named["entry"]
    return named


def _bulk(role: Role, application: Application, by: User) -> BulkAction:
    action = BulkAction.objects.create(
        role=role, kind=BulkKind.MOVE, to_stage=role.stages.get(kind=StageKind.CONTACTED), by=by
    )
    BulkItem.objects.create(action=action, application=application, from_stage=application.stage)
    return action


def _bulk_letter(application: Application, by: User) -> BulkAction:
    action = BulkAction.objects.create(role=application.role, kind=BulkKind.MAIL, by=by)
    BulkItem.objects.create(action=action, application=application, from_stage=application.stage)
    return action


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
