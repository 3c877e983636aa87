from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from candidates.models import Engagement, EngagementReview, Scorecard
from candidates.queries.day import whole_day
from candidates.queries.today import MOST_OWED
from candidates.queries.waiting import overrides_waiting
from rubrics.enums import Duty, GateName, NameForm, RoleStatus, StageKind
from rubrics.models import GateOverride, KickoffAnswer, RoleMember, ScopeApproval
from rubrics.services.kickoffs import accept_answers, answer_questions, send_questions
from screening.accounts.models import User
from screening.jobs.models import Delivery, Job
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    ClientReviewFactory,
    InterviewFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
    ShortlistReviewerFactory,
    submit_levels,
)
from tests.factories.mails import CandidateMailFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(user: User) -> str:
    answer = as_user(user).get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_hiring_manager_reads_what_is_due_soonest_first() -> None:
    manager, now = HiringManagerFactory(time_zone="Asia/Bangkok"), timezone.now()
    role = RoleFactory(name_form=NameForm.INITIALS)
    RoleMember.objects.create(role=role, user=manager, duty=Duty.INTERVIEWER)
    for name, due in (("Later One", now + timedelta(hours=9)), ("Overdue One", now - timedelta(days=2))):
        interview = InterviewFactory(application=ApplicationFactory(role=role, candidate__name=name))
        ScorecardFactory(interview=interview, interviewer=manager, due_at=due)
    planned = InterviewFactory(
        application=ApplicationFactory(role=role),
        state="scheduled",
        starts_at=now + timedelta(days=3),
        ends_at=now + timedelta(days=3, hours=1),
    )
    ScorecardFactory(interview=planned, interviewer=manager, due_at=now + timedelta(days=4))

    context = as_user(manager).get("/").context

    assert [(item.title, item.late) for item in context["panel"].due] == [("O. O.", True), ("L. O.", False)]
    assert "overdue 2 d" in page_of(manager)


def test_the_interviews_of_the_day_are_those_of_ones_own_day() -> None:
    manager, now = HiringManagerFactory(time_zone="Pacific/Kiritimati"), timezone.now()
    midnight = now.astimezone(manager.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for minutes in (-1, 0, 24 * 60 - 1, 24 * 60):
        start = midnight + timedelta(minutes=minutes)
        interview = InterviewFactory(state="scheduled", starts_at=start, ends_at=start + timedelta(hours=1))
        ScorecardFactory(interview=interview, interviewer=manager)

    found = as_user(manager).get("/").context["panel"].interviews

    assert [interview.starts_at for _, interview in found] == [midnight, midnight + timedelta(minutes=24 * 60 - 1)]


def test_whoever_owes_very_much_still_reads_whom_they_meet_today() -> None:
    manager, now, application = HiringManagerFactory(), timezone.now(), ApplicationFactory()
    owed = InterviewFactory.create_batch(MOST_OWED + 1, application=application)
    Scorecard.objects.bulk_create(Scorecard(interview=one, interviewer=manager, due_at=NOW) for one in owed)
    meeting = InterviewFactory(state="scheduled", starts_at=now, ends_at=now + timedelta(hours=1))
    ScorecardFactory(interview=meeting, interviewer=manager, due_at=now + timedelta(days=1))

    panel = as_user(manager).get("/").context["panel"]

    assert [interview for _, interview in panel.interviews] == [meeting]


def test_a_debrief_opens_when_ones_own_and_all_others_are_in() -> None:
    manager, role = HiringManagerFactory(), RoleFactory()
    RoleMember.objects.create(role=role, user=manager, duty=Duty.INTERVIEWER)
    application = ApplicationFactory(role=role, candidate__name="Suda Thong")
    interview = InterviewFactory(application=application)
    mine, other = ScorecardFactory(interview=interview, interviewer=manager), ScorecardFactory(interview=interview)
    submit_levels(mine, [4, 3, 3])
    moment = timezone.now()

    assert as_user(manager).get("/").context["debriefs"].rows == []
    submit_levels(other, [3, 3, 3])
    rows = as_user(manager).get("/").context["debriefs"].rows

    lately = moment - mine.submitted_at < timedelta(days=14) if mine.submitted_at else False
    assert [row.title for row in rows] == (["Suda Thong"] if lately else [])


def test_questions_sent_to_a_manager_stand_there() -> None:
    manager, role = HiringManagerFactory(), RoleFactory(title="Claims Engineer")
    RoleMember.objects.create(role=role, user=manager, duty=Duty.LEAD)
    for question in ("problem", "overlap"):
        KickoffAnswer.objects.create(role=role, question=question, asked_of=manager, asked_by=RecruiterFactory())

    assert "2 questions about the scope" in page_of(manager)


def test_a_recruiter_reads_what_is_stuck_and_why() -> None:
    recruiter, now = RecruiterFactory(), timezone.now()
    role = RoleFactory(title="Claims Engineer", panel_size=3, stage_days=0)
    ApplicationFactory(
        role=role, kind=StageKind.SCREENING, candidate=CandidateFactory(name="Silent One", consented=False)
    )
    ApplicationFactory(
        role=role,
        kind=StageKind.SCREENING,
        owner=RecruiterFactory(),
        candidate=CandidateFactory(name="Colleagues One", consented=False),
    )
    small = ApplicationFactory(role=role, candidate__name="Small Panel", owner=recruiter)
    ScorecardFactory(interview=InterviewFactory(application=small), interviewer__name="Late Manager")
    full = ApplicationFactory(role=role, candidate__name="Full Panel")
    for _ in range(3):
        ScorecardFactory(interview=InterviewFactory(application=full), due_at=now + timedelta(days=1))
    shortlist = PresentedShortlistFactory(role=role)
    ShortlistEntryFactory(shortlist=shortlist)
    ShortlistReviewerFactory(shortlist=shortlist, user=ReviewerFactory(client=role.client, name="Slow Reader"))
    GateOverride.objects.create(
        gate=GateName.OPEN_ROLE,
        role=role,
        subject=role.pk,
        waives=["bar"],
        reason="Urgent",
        asked_by=RecruiterFactory(),
        asked_at=NOW,
    )

    listed = as_user(recruiter).get("/").context["stuck"]
    stuck = {title: [item.title for item in items.rows] for title, items in listed if items.rows}
    page = page_of(recruiter)

    assert stuck == {
        "Waiting for your approval": ["Open a role, Claims Engineer"],
        "Scorecards overdue": ["Small Panel"],
        "No consent": ["Silent One"],
        "Panel too small": ["Small Panel"],
        "Shortlists unread": [str(shortlist)],
    }
    assert "Late Manager has not submitted" in page
    assert "1 of 3 interviewers" in page
    assert "Slow Reader" in page


def test_what_is_sealed_from_a_recruiter_is_not_listed() -> None:
    recruiter = RecruiterFactory()
    application = ApplicationFactory(candidate=CandidateFactory(name="Sealed One", consented=False))
    interview = InterviewFactory(application=application)
    ScorecardFactory(interview=interview, interviewer=recruiter)
    ScorecardFactory(interview=interview, interviewer__name="Late Colleague")

    context = as_user(recruiter).get("/").context

    assert [title for title, items in context["stuck"] if items.rows] == []
    assert [item.title for item in context["panel"].due] == ["Sealed One"]


def test_an_override_waits_for_whom_it_tells_nothing_that_is_sealed() -> None:
    entry = ShortlistEntryFactory()
    panellist, other, asker = RecruiterFactory(), RecruiterFactory(), RecruiterFactory()
    ScorecardFactory(interview=InterviewFactory(application=entry.application), interviewer=panellist)
    asked = {"role": entry.shortlist.role, "asked_by": asker, "asked_at": NOW, "waives": [], "reason": "In a hurry"}
    for gate, subject in (
        (GateName.OPEN_ROLE, entry.shortlist.role_id),
        (GateName.SHORTLIST, entry.application_id),
        (GateName.PRESENT, entry.shortlist_id),
    ):
        GateOverride.objects.create(gate=gate, subject=subject, **asked)

    def waiting(user: User) -> list[str]:
        return [item.title.split(",")[0] for item in overrides_waiting(user).rows]

    assert sorted(waiting(other)) == sorted(gate.label for gate in GateName)
    assert waiting(panellist) == [GateName.OPEN_ROLE.label]
    assert waiting(asker) == []


def test_a_recruiter_reads_of_answers_that_wait_for_their_judgment() -> None:
    recruiter, manager, now = RecruiterFactory(), HiringManagerFactory(), timezone.now()
    role = RoleFactory(title="Night porter", rubric_version=None, status=RoleStatus.DRAFT)
    RoleMember.objects.create(role=role, user=manager)
    send_questions(role=role, questions=["problem", "overlap", "dependents"], to=manager, by=recruiter)
    assert "answers about the scope" not in page_of(recruiter)
    answer_questions(role=role, answers={"problem": "Guests wait.", "overlap": "Nights."}, by=manager, now=now)
    assert "2 answers about the scope" in page_of(recruiter)
    assert "Answers to judge" not in page_of(RecruiterFactory())
    accept_answers(role=role)
    assert "Answers to judge" not in page_of(recruiter)


def test_pipelines_stand_in_one_line_each() -> None:
    role = RoleFactory(title="Claims Engineer")
    ApplicationFactory.create_batch(2, role=role, kind=StageKind.SCREENING)
    ApplicationFactory(role=role, kind=StageKind.REJECTED)
    RoleFactory(title="Closed Role", status=RoleStatus.CLOSED)

    [line] = as_user(RecruiterFactory()).get("/").context["pipelines"]

    assert (line.slug, line.title, line.client) == (role.slug, "Claims Engineer", role.client.name)
    assert (line.stages, line.total) == ([("Screening", 2)], 2)


def test_a_client_reads_what_waits_for_it_alone() -> None:
    reviewer = ReviewerFactory()
    role = RoleFactory(client=reviewer.client, title="Claims Engineer")
    shortlist = PresentedShortlistFactory(role=role)
    done, _open = ShortlistEntryFactory.create_batch(2, shortlist=shortlist)
    ShortlistReviewerFactory(shortlist=shortlist, user=reviewer)
    ClientReviewFactory(entry=done, reviewer=reviewer, committed_at=NOW)
    draft = RoleFactory(client=reviewer.client, title="Next Role", status=RoleStatus.DRAFT)
    draft.scope.problem = "Something new."
    draft.scope.save()
    approved = RoleFactory(client=reviewer.client, title="Approved Role", status=RoleStatus.DRAFT)
    engagement = Engagement.objects.create(
        application=ApplicationFactory(role=role, kind=StageKind.HIRED, candidate__name="New Hire"),
        started_on=NOW.date(),
        created_by=RecruiterFactory(),
    )
    EngagementReview.objects.create(engagement=engagement, day=30, due_on=timezone.now().date())
    PresentedShortlistFactory()  # another client's

    context = as_user(reviewer).get("/").context

    assert [item.why for item in context["shortlists"].rows] == ["1 of 2 evaluated"]
    assert [item.title for item in context["scopes"].rows] == ["Next Role"]
    assert [item.title for item in context["reviews"].rows] == ["N. H."], "no shortlist told the client the whole name"
    assert ScopeApproval.objects.filter(role=approved).exists()
    for name in ("shortlists", "scopes", "reviews"):
        assert as_user(ReviewerFactory()).get("/").context[name].rows == []


def test_whoever_wrote_a_letter_reads_that_it_did_not_arrive() -> None:
    """Until they write again, or for a fortnight."""
    author, now = RecruiterFactory(), timezone.now()
    failed = {"by": author, "delivery__state": "failed", "written_at": now}
    lost = CandidateMailFactory(candidate__name="Nok Ariyawat", **failed)
    CandidateMailFactory(by=author, written_at=now)
    CandidateMailFactory(**failed | {"written_at": now - timedelta(days=15)})
    answered = CandidateMailFactory(**failed)
    CandidateMailFactory(candidate=answered.candidate, written_at=now + timedelta(minutes=1))
    sealed = CandidateMailFactory(**failed)
    ScorecardFactory(interview__application__candidate=sealed.candidate, interviewer=author)

    def letters(user: User) -> list[tuple[str, str]]:
        found = [items.rows for title, items in whole_day(user, now) if title == "Letters that did not arrive"]
        return [(item.title, item.url) for rows in found for item in rows]

    assert letters(author) == [("Nok Ariyawat", f"/mails/{lost.pk}/")]
    assert letters(RecruiterFactory()) == []
    assert "Letters that did not arrive" in as_user(author).get("/").content.decode()


def test_an_administrator_reads_what_failed() -> None:
    Job.objects.create(task="x", title="Building a report", state="failed", due_at=NOW, finished_at=NOW)
    Delivery.objects.create(
        event="x", recipient="a@example.org", subject="An invitation", text="", state="failed", due_at=NOW
    )
    CandidateFactory(name="Gone Soon", erasure_requested_at=NOW)

    titles = [item.title for item in as_user(AdministratorFactory()).get("/").context["administration"].rows]

    assert titles == ["Gone Soon", "Building a report", "An invitation"]
    assert as_user(RecruiterFactory()).get("/").context["administration"] is None


def test_the_day_costs_the_same_for_many(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    role, user = RoleFactory(panel_size=3), AdministratorFactory()
    for number in (1, 12):
        for _ in range(number):
            application = ApplicationFactory(role=role, candidate=CandidateFactory(consented=False))
            ScorecardFactory(interview=InterviewFactory(application=application))
            ScorecardFactory(interviewer=user)
        client = as_user(user)
        with django_assert_max_num_queries(12):
            client.get("/")
