"""Values planted wherever a word about a person may stand are gone afterwards, everywhere, history included."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from candidates.enums import ConsentHow
from candidates.models import (
    Application,
    Candidate,
    CandidateTag,
    ClientAnswer,
    ClientQuestion,
    Consent,
    DebriefAnswer,
    DebriefOutcome,
    DebriefQuestion,
    Decision,
    Document,
    Engagement,
    EngagementReview,
    Erasure,
    Evidence,
    Feedback,
    Note,
    Offer,
    PrivateNote,
    QuestionNote,
    Rating,
    Report,
    Scorecard,
    ShortlistVersion,
    StageChange,
    Tag,
)
from candidates.services.erasures import DELETE_FILES, ask_erasure, delete_files, erase_candidate
from rubrics.enums import GateName
from rubrics.models import GateOverride
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.enums import DeliveryState, JobState
from screening.jobs.models import Delivery, Job
from tests.factories.accounts import AdministratorFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    ClientReviewFactory,
    InterviewFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
    dimensions_of,
    submit_levels,
)
from tests.factories.meetings import planted
from tests.factories.shortlist_versions import written_down

pytestmark = pytest.mark.django_db
CANARY = "zanzibar"
SAYS = f"Something only {CANARY} knows"


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def administrator() -> User:
    return AdministratorFactory()


def plant(candidate: Candidate) -> Application:
    """A person of whom everything is written down that the tables can hold."""
    recruiter = RecruiterFactory()
    application: Application = ApplicationFactory(candidate=candidate, source_detail=SAYS)
    candidate.headline = candidate.location = candidate.reference = SAYS
    candidate.phone = f"+66 {CANARY}"
    candidate.links = [f"https://example.org/{CANARY}"]
    candidate.years_of_experience = 12
    candidate.save()
    StageChange.objects.create(application=application, to_stage=application.stage, by=recruiter, at=NOW, reason=SAYS)
    Consent.objects.create(
        candidate=candidate,
        notice_version="1",
        how=ConsentHow.RECORDED,
        where_given=SAYS,
        recorded_by=recruiter,
        given_at=NOW,
        expires_at=NOW + timedelta(days=9),
    )
    Note.objects.create(candidate=candidate, application=application, author=recruiter, text=SAYS).save()
    CandidateTag.objects.create(candidate=candidate, tag=Tag.objects.create(name="kubernetes"))
    Document.objects.create(
        candidate=candidate, name=f"{CANARY}.pdf", file=ContentFile(b"%PDF", name="x"), size=4, sha256="ab", text=SAYS
    )
    plant_interview(application)
    plant_shortlist(application)
    return application


def plant_interview(application: Application) -> None:
    interview = InterviewFactory(application=application, brief=SAYS, place=SAYS, state_reason=SAYS)
    interview.brief = f"{SAYS}, again"
    interview.save()
    scorecard = ScorecardFactory(interview=interview)
    question = interview.kit.questions.first()
    QuestionNote.objects.create(scorecard=scorecard, question=question, text=SAYS)
    PrivateNote.objects.create(scorecard=scorecard, text=SAYS)
    submit_levels(scorecard, [4, 3, None])
    plant_debrief(scorecard)
    second = ScorecardFactory(interview=interview)
    dimension = dimensions_of(interview)[0]
    Rating.objects.create(scorecard=second, dimension=dimension, not_assessed=True, not_assessed_reason=SAYS)
    Evidence.objects.create(
        scorecard=second, dimension=dimension, incident=SAYS, happened=SAYS, action=SAYS, outcome=SAYS
    )
    second.state, second.excused_by, second.excused_reason = "excused", RecruiterFactory(), SAYS
    second.comment = SAYS
    second.save()


def plant_debrief(scorecard: Scorecard) -> None:
    by = RecruiterFactory()
    question = DebriefQuestion.objects.create(scorecard=scorecard, asked_by=by, text=SAYS, asked_at=NOW)
    DebriefAnswer.objects.create(question=question, by=scorecard.interviewer, text=SAYS, at=NOW)
    DebriefOutcome.objects.create(
        application=scorecard.interview.application,
        result="hold",
        note=SAYS,
        next_steps=SAYS,
        noted_by=by,
        noted_at=NOW,
    )


def plant_shortlist(application: Application) -> None:
    recruiter = RecruiterFactory()
    shortlist = PresentedShortlistFactory(role=application.role)
    entry = ShortlistEntryFactory(shortlist=shortlist, application=application, why=SAYS, summary=SAYS)
    reviewer = ReviewerFactory(client=application.role.client)
    ClientReviewFactory(entry=entry, reviewer=reviewer, comment=SAYS, committed_at=NOW)
    question = ClientQuestion.objects.create(entry=entry, asked_by=reviewer, text=SAYS, asked_at=NOW)
    planted(entry, reviewer, note=SAYS, place=SAYS, reason=SAYS, state="cancelled")
    ClientAnswer.objects.create(question=question, by=recruiter, text=SAYS, at=NOW)
    decision = Decision.objects.create(
        entry=entry,
        outcome="hire",
        why=SAYS,
        decider_name="Client",
        recorded_by=recruiter,
        where_given=SAYS,
        decided_at=NOW,
    )
    Offer.objects.create(
        decision=decision, starts_on=NOW.date(), terms=SAYS, answer="declined", answer_reason=SAYS, answered_at=NOW,
        recorded_by=recruiter, made_at=NOW,
    )  # fmt: skip
    Feedback.objects.create(
        decision=decision, text=SAYS, written_by=recruiter, saved_at=NOW, sent_by=recruiter, sent_at=NOW
    )
    Report.objects.create(
        shortlist=shortlist,
        rendering="after",
        fingerprint="f",
        file=ContentFile(b"%PDF", name="x"),
        size=4,
        built_at=NOW,
    )
    version = written_down(shortlist, 1, by=recruiter, superseded_at=NOW)
    following = ShortlistVersion.objects.create(
        shortlist=shortlist, number=2, created_by=recruiter, created_at=version.created_at
    )
    following.places.create(application=application, entry=entry, position=1, why=SAYS, summary=SAYS)
    engagement = Engagement.objects.create(
        application=application, started_on=NOW.date(), ended_on=NOW.date(), end_reason=SAYS, created_by=recruiter
    )
    EngagementReview.objects.create(
        engagement=engagement, day=30, due_on=NOW.date(), reviewer=reviewer, comment=SAYS, submitted_at=NOW
    )
    override = GateOverride.objects.create(
        gate=GateName.SHORTLIST,
        role=application.role,
        subject=application.pk,
        waives=["floor:x"],
        missing=[SAYS],
        reason=SAYS,
        asked_by=recruiter,
        asked_at=NOW,
    )
    override.approved_by, override.approved_at = RecruiterFactory(), NOW
    override.save()


def plant_mail(candidate: Candidate) -> None:
    for recipient, text in (
        (candidate.email, "Hello"),
        ("panel@example.com", f"You will meet {candidate.name.upper()}."),
    ):
        Delivery.objects.create(
            event="x", recipient=recipient, subject="An interview", text=text, html=text, due_at=NOW, created_at=NOW
        )
    Job.objects.create(
        task="import",
        title=f"Row of {candidate.email}",
        params={"name": candidate.name},
        state=JobState.DONE,
        due_at=NOW,
        result={"refused": [candidate.name]},
    )


def places_of(word: str) -> list[str]:
    """Every table and column of the database in which the word stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [table for (table,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE position(%s IN lower(t::text)) > 0",
                [word.lower()],
            )
            [(count,)] = cursor.fetchall()
            found += [table] * bool(count)
    return found


def test_every_planted_value_is_gone_and_what_was_measured_stays(administrator: User) -> None:
    candidate = CandidateFactory(name=f"Nok {CANARY.title()}", email=f"{CANARY}@example.org")
    candidate.name = f"Nok Former{CANARY}"
    candidate.save()
    application = plant(candidate)
    plant_mail(candidate)
    planted = places_of(CANARY)
    assert len(planted) >= 30  # the test itself plants in most tables and their histories
    levels = list(Rating.objects.order_by("pk").values_list("level", flat=True))
    stages = list(StageChange.objects.order_by("pk").values_list("from_stage", "to_stage", "at"))

    erase_candidate(candidate=candidate, reason="Asked for on their page", by=administrator)

    assert places_of(CANARY) == []
    assert list(Rating.objects.order_by("pk").values_list("level", flat=True)) == levels
    assert list(StageChange.objects.order_by("pk").values_list("from_stage", "to_stage", "at")) == stages
    assert Decision.objects.get().outcome == "hire"
    application.refresh_from_db()
    assert application.candidate == candidate
    erased = Candidate.objects.get(pk=candidate.pk)
    assert (erased.name, erased.email, erased.years_of_experience) == ("Erased candidate", "", None)
    assert erased.link_key != candidate.link_key
    record = Erasure.objects.get()
    assert (record.candidate_id, record.erased_by, record.reason) == (
        candidate.pk,
        administrator,
        "Asked for on their page",
    )


def test_other_people_keep_theirs(administrator: User) -> None:
    other = CandidateFactory(name=f"Suda {CANARY}")
    plant(other)
    before = places_of(CANARY)
    gone = CandidateFactory(name="Nok Ariyawat")
    ApplicationFactory(candidate=gone)
    stranger = Delivery.objects.create(
        event="x", recipient="nok@example.com", subject="Nok’s interview", text="Nok and Ariyawat", due_at=NOW
    )

    erase_candidate(candidate=gone, reason="Asked for", by=administrator)

    assert places_of(CANARY) == before
    stranger.refresh_from_db()
    assert (stranger.state, stranger.text) == (DeliveryState.DUE, "Nok and Ariyawat")


def test_a_mail_that_waits_is_not_sent_any_more(administrator: User) -> None:
    candidate = CandidateFactory()
    plant_mail(candidate)

    erase_candidate(candidate=candidate, reason="Asked for", by=administrator)

    assert set(Delivery.objects.values_list("state", "subject", "text")) == {(DeliveryState.CANCELLED, "erased", "")}
    assert sorted(Delivery.objects.values_list("recipient", flat=True)) == ["erased", "panel@example.com"]


def test_files_are_deleted_by_a_job_that_may_run_twice(administrator: User) -> None:
    candidate = CandidateFactory()
    plant(candidate)
    files = [str(Document.objects.get().file.name), str(Report.objects.get().file.name)]
    assert all(default_storage.exists(name) for name in files)

    erase_candidate(candidate=candidate, reason="Asked for", by=administrator)

    job = Job.objects.get(task=DELETE_FILES)
    assert sorted(job.params["files"]) == sorted(files)
    assert delete_files(files=job.params["files"]) == 2
    assert delete_files(files=job.params["files"]) == 0
    assert not any(default_storage.exists(name) for name in files)
    assert not Report.objects.exists()


def test_merged_files_go_along(administrator: User) -> None:
    kept = CandidateFactory()
    merged = CandidateFactory(name=f"N. {CANARY}", email="", merged_into=kept)
    plant(merged)

    with pytest.raises(Refused, match="merged into another"):
        erase_candidate(candidate=merged, reason="Asked for", by=administrator)
    erase_candidate(candidate=kept, reason="Asked for", by=administrator)

    assert places_of(CANARY) == []
    assert set(Erasure.objects.values_list("candidate_id", flat=True)) == {kept.pk, merged.pk}


def test_it_is_done_once_with_a_reason_and_by_an_administrator(administrator: User) -> None:
    candidate = CandidateFactory()

    with pytest.raises(Refused, match="administrator"):
        erase_candidate(candidate=candidate, reason="Asked for", by=RecruiterFactory())
    with pytest.raises(Refused, match="Say why"):
        erase_candidate(candidate=candidate, reason=" ", by=administrator)
    erase_candidate(candidate=candidate, reason="Asked for", by=administrator)
    with pytest.raises(Refused, match="erased before"):
        erase_candidate(candidate=candidate, reason="Asked for", by=administrator)

    assert Erasure.objects.count() == 1


def test_the_database_itself_lets_only_an_administrator_erase() -> None:
    candidate, recruiter = CandidateFactory(), RecruiterFactory()

    with (
        pytest.raises(DatabaseError, match="only an administrator"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT erase_candidate(%s, %s, %s)", [candidate.pk, recruiter.pk, "because"])

    candidate.refresh_from_db()
    assert candidate.erased_at is None


def test_the_triggers_hold_again_after_an_erasure(administrator: User) -> None:
    candidate = CandidateFactory()
    plant(candidate)
    erase_candidate(candidate=candidate, reason="Asked for", by=administrator)
    override = GateOverride.objects.get()
    override.approved_by = AdministratorFactory()

    with pytest.raises(DatabaseError), transaction.atomic():
        override.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.update(reason="something else")


def test_asking_leaves_the_first_date() -> None:
    candidate = CandidateFactory()

    ask_erasure(candidate=candidate, now=NOW)
    ask_erasure(candidate=candidate, now=NOW + timedelta(days=3))

    candidate.refresh_from_db()
    assert candidate.erasure_requested_at == NOW
