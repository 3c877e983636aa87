"""What a list shows and what an object's predicate allows are the same, whatever state the installation is in."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model

from candidates.enums import BulkKind, InterviewState, Outcome, ScorecardState, ShortlistState, ShowPanel
from candidates.models import (
    Application,
    BulkAction,
    Candidate,
    CandidateImport,
    CandidateMail,
    ClientQuestion,
    ClientReview,
    DebriefOutcome,
    DebriefQuestion,
    Decision,
    Document,
    Engagement,
    EngagementReview,
    Export,
    Interview,
    LikelyDuplicate,
    MailTemplate,
    Meeting,
    Merge,
    Note,
    Report,
    SampleRating,
    SavedView,
    Score,
    Scorecard,
    ScoringRun,
    Shortlist,
    ShortlistEntry,
    ShortlistReviewer,
    ShortlistVersion,
)
from candidates.permissions.applications import can_view_application
from candidates.permissions.bulk import can_view_bulk
from candidates.permissions.candidate_imports import can_view_export, can_view_import
from candidates.permissions.candidates import can_view_candidate, can_view_document, can_view_note
from candidates.permissions.client_questions import can_view_client_question
from candidates.permissions.debriefs import can_view_outcome, can_view_question
from candidates.permissions.engagements import can_view_engagement, can_view_engagement_review
from candidates.permissions.interviews import can_view_interview
from candidates.permissions.mails import can_view_mail, can_view_template
from candidates.permissions.meetings import can_view_meeting
from candidates.permissions.merges import can_view_merge, can_view_pair
from candidates.permissions.samples import can_view_sample_rating
from candidates.permissions.saved_views import can_view_saved_view
from candidates.permissions.scorecards import can_view_scorecard
from candidates.permissions.scores import can_view_score
from candidates.permissions.seal import can_see_opinions
from candidates.permissions.shortlists import (
    can_view_decision,
    can_view_entry,
    can_view_panel,
    can_view_report,
    can_view_review,
    can_view_shortlist,
)
from candidates.permissions.shortlists import can_view_version as can_view_shortlist_version
from candidates.querysets.seal import closed_once, reader_of
from rubrics.enums import StageKind
from rubrics.models import CalibrationSample, DraftComment, Role, RoleMember, Rubric, RubricVersion
from rubrics.permissions.roles import can_view_role
from rubrics.permissions.rubrics import can_view_comment, can_view_rubric, can_view_version
from rubrics.permissions.samples import can_score_sample
from screening.accounts.models import Client, User
from screening.accounts.permissions import can_view_client, can_view_user
from screening.jobs.models import Delivery, Job
from screening.jobs.permissions import can_view_delivery, can_view_job
from tests.abridged import UNABRIDGED
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
    CandidateFactory,
    ClientReviewFactory,
    InterviewFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
    ShortlistFactory,
)
from tests.factories.mails import CandidateMailFactory
from tests.factories.meetings import planted
from tests.factories.rubrics import RoleFactory, draft_version, published_version
from tests.factories.samples import add_samples, rated, sampled_version, samples_of
from tests.factories.shortlist_versions import in_preparation, written_down

WORLDS = 40 if UNABRIDGED else 2
pytestmark = pytest.mark.django_db

VISIBLE: dict[type[Model], Callable[[User, Any], object]] = {
    Role: can_view_role,
    Rubric: can_view_rubric,
    RubricVersion: can_view_version,
    DraftComment: can_view_comment,
    CalibrationSample: can_score_sample,
    SampleRating: can_view_sample_rating,
    Client: can_view_client,
    User: can_view_user,
    Job: can_view_job,
    Delivery: can_view_delivery,
    Candidate: can_view_candidate,
    Application: can_view_application,
    BulkAction: can_view_bulk,
    Interview: can_view_interview,
    Scorecard: can_view_scorecard,
    Score: can_view_score,
    Note: can_view_note,
    MailTemplate: can_view_template,
    CandidateMail: can_view_mail,
    SavedView: can_view_saved_view,
    CandidateImport: can_view_import,
    Export: can_view_export,
    Document: can_view_document,
    Merge: can_view_merge,
    LikelyDuplicate: can_view_pair,
    Shortlist: can_view_shortlist,
    ShortlistEntry: can_view_entry,
    ShortlistVersion: can_view_shortlist_version,
    Report: can_view_report,
    ClientReview: can_view_review,
    Decision: can_view_decision,
    ClientQuestion: can_view_client_question,
    Meeting: can_view_meeting,
    DebriefQuestion: can_view_question,
    DebriefOutcome: can_view_outcome,
    Engagement: can_view_engagement,
    EngagementReview: can_view_engagement_review,
}


@dataclass
class World:
    """Two clients, everybody who may look, and things in states drawn at random."""

    chance: random.Random
    clients: list[Client] = field(default_factory=list)
    inside: list[User] = field(default_factory=list)
    reviewers: list[User] = field(default_factory=list)

    @property
    def people(self) -> list[User]:
        return [*self.inside, *self.reviewers]

    def likely(self, probability: float) -> bool:
        return self.chance.random() < probability


def build(seed: int) -> World:
    world = World(random.Random(seed))  # noqa: S311 -- a drawn world, no secret
    world.clients = [ClientFactory(), ClientFactory()]
    first, second = world.clients
    world.inside = [
        AdministratorFactory(),
        RecruiterFactory(),
        RecruiterFactory(),
        HiringManagerFactory(),
        HiringManagerFactory(),
        HiringManagerFactory(client=first),
        HiringManagerFactory(client=second),
    ]
    world.reviewers = [ReviewerFactory(client=first), ReviewerFactory(client=first), ReviewerFactory(client=second)]
    version = published_version()
    _build_drafts(world, version)
    for sample in samples_of(sampled_version()):
        for user in world.inside:
            if world.likely(0.5):
                rated(sample, user, 3)
    run = _run()
    for client in world.clients:
        for _ in range(2):
            _build_role(world, RoleFactory(client=client, rubric_version=version), run)
    for user in world.people:
        Job.objects.create(task="some.task", title="Some work", due_at=NOW, created_by=user)
    _build_views(world)
    _build_bulk_work(world)
    _build_letters(world)
    return world


def _build_letters(world: World) -> None:
    """To everybody, and one message of the house."""
    Delivery.objects.create(event="some.event", recipient="a@example.com", subject="s", text="t", due_at=NOW)
    for candidate in Candidate.objects.all():
        CandidateMailFactory(candidate=candidate, by=world.inside[1])


def _build_views(world: World) -> None:
    if not ShortlistVersion.objects.exists():
        written_down(Shortlist.objects.earliest("pk"), 1, by=world.inside[1])
    for user in world.inside:
        for role in (None, *Role.objects.all()):
            if world.likely(0.4):
                SavedView.objects.create(owner=user, role=role, name="A view", shared=world.likely(0.5))


def _build_bulk_work(world: World) -> None:
    """Of everybody inside: who does such work now may be a manager later, and then it is closed to them."""
    for user in world.inside:
        CandidateImport.objects.create(name="people.csv", created_by=user, created_at=NOW)
        Export.objects.create(what="Candidates", format="csv", created_by=user, created_at=NOW)
        BulkAction.objects.create(
            role=world.chance.choice(Role.objects.all()),
            kind=world.chance.choice(list(BulkKind)),
            by=user,
            started_at=NOW if world.likely(0.5) else None,
        )
    _build_merges(world)


def _build_merges(world: World) -> None:
    """Files that went into others, with an application set aside where both applied to one role, and likely pairs."""
    people = list(Candidate.objects.order_by("pk"))
    world.chance.shuffle(people)
    for number, (one, two) in enumerate(zip(people[::2], people[1::2], strict=False)):
        first, second = sorted((one, two), key=lambda person: person.pk)
        LikelyDuplicate.objects.create(one=first, two=second, reasons=["name"], found_at=NOW)
        if number == 0 or world.likely(0.5):
            for application in one.applications.filter(role__in=two.applications.values("role")):
                application.merged_into = two.applications.get(role=application.role_id)
                application.save()
            one.merged_into, one.merged_at = two, NOW
            one.save()
            Merge.objects.create(candidate=one, into=two, by=world.inside[1], at=NOW)


def _build_drafts(world: World, version: RubricVersion) -> None:
    """One that is written for a role before anything is published, and the next of a version that measures roles."""
    role = RoleFactory(client=world.clients[0], rubric_version=None)
    first = draft_version(rubric__written_for=role)
    add_samples(first, (2,))
    for draft in (first, draft_version(rubric=version.rubric, number=2)):
        draft.comments.create(about="draft", text="Half of it.", author=world.inside[1], written_at=NOW)
    for user in world.inside:
        if user.is_hiring_manager and world.likely(0.5):
            RoleMember.objects.create(role=role, user=user)


def _run() -> ScoringRun:
    return ScoringRun.objects.create(
        pool_key="pool",
        method="panel-1",
        weights=[],
        scale={},
        input_hash="0",
        variances={},
        n_scorecards=1,
        n_candidates=1,
        n_raters=1,
        started_at=NOW,
        finished_at=NOW,
    )


def _build_role(world: World, role: Role, run: ScoringRun) -> None:
    for user in world.inside:
        if user.is_hiring_manager and world.likely(0.6):
            RoleMember.objects.create(role=role, user=user)
    applications = [_build_application(world, role, run) for _ in range(3)]
    for _ in range(2):
        _build_shortlist(world, role, applications)


def _build_application(world: World, role: Role, run: ScoringRun) -> Application:
    linked = world.chance.choice(world.people) if world.likely(0.3) else None
    application: Application = ApplicationFactory(
        role=role, candidate=CandidateFactory(user=linked), kind=world.chance.choice(list(StageKind))
    )
    for _ in range(world.chance.randint(0, 2)):
        interview = InterviewFactory(application=application, state=world.chance.choice(list(InterviewState)))
        for user in world.chance.sample(world.inside, 2):
            _build_scorecard(world, interview, user)
    author = world.chance.choice(world.inside)
    for card in Scorecard.objects.submitted().filter(interview__application=application):
        DebriefQuestion.objects.create(scorecard=card, asked_by=author, text="How do we know?", asked_at=NOW)
    DebriefOutcome.objects.create(
        application=application, result="hold", note="Not yet.", noted_by=author, noted_at=NOW
    )
    about = application if world.likely(0.7) else None
    Note.objects.create(candidate=application.candidate, application=about, author=author, text="A note.")
    Document.objects.create(
        candidate=application.candidate, name="cv.pdf", file="x", content_type="application/pdf", size=1, sha256="0"
    )
    if world.likely(0.7):
        _build_score(application, run)
    return application


def _build_scorecard(world: World, interview: Interview, user: User) -> None:
    card = ScorecardFactory(interview=interview, interviewer=user)
    state = world.chance.choice(list(ScorecardState))
    if state == ScorecardState.EXCUSED:
        card.excused_by, card.excused_reason = user, "ill"
    if state == ScorecardState.SUBMITTED:
        card.submitted_at, card.independent = NOW, True
    card.state = state
    card.save()
    if state == ScorecardState.SUBMITTED and world.likely(0.3):
        ScorecardFactory(interview=interview, interviewer=user, amends=card, amendment_reason="the wrong year")


def _build_score(application: Application, run: ScoringRun) -> None:
    figures = {"score": 3, "sd": 1, "lower": 2, "upper": 4, "raw_mean": 3, "completeness": 1}
    Score.objects.create(
        application=application,
        role=application.role,
        run=run,
        subject=0,
        n_raters=2,
        rankable=True,
        component=0,
        computed_at=NOW,
        **figures,
    )


def _build_shortlist(world: World, role: Role, applications: list[Application]) -> None:
    state = world.chance.choice(list(ShortlistState))
    sent = state in {ShortlistState.PRESENTED, ShortlistState.DECIDED}
    shortlist = ShortlistFactory(
        role=role,
        state=state,
        show_panel=world.chance.choice(list(ShowPanel)),
        show_cv=world.likely(0.5),
        **({"presented_at": NOW, "presented_by": world.inside[1]} if sent else {}),
    )
    for rendering in ("before", "after"):
        Report.objects.create(shortlist=shortlist, rendering=rendering, fingerprint="0", file="x", size=1, built_at=NOW)
    for application in world.chance.sample(applications, world.chance.randint(0, 3)):
        entry = ShortlistEntryFactory(shortlist=shortlist, application=application)
        for user in world.reviewers:
            if user.client_id == role.client_id and world.likely(0.5):
                ClientQuestion.objects.create(entry=entry, asked_by=user, text="Who was told?", asked_at=NOW)
                planted(entry, user)
                ShortlistReviewer.objects.get_or_create(
                    shortlist=shortlist, user=user, defaults={"must": world.likely(0.7)}
                )
            if user.client_id == role.client_id and world.likely(0.7):
                committed = NOW if world.likely(0.6) else None
                ClientReviewFactory(entry=entry, reviewer=user, committed_at=committed)
        if world.likely(0.5):
            _build_decision(world, entry)
    if state == ShortlistState.PRESENTED:
        _build_versions(world, shortlist, applications)


def _build_versions(world: World, shortlist: Shortlist, applications: list[Application]) -> None:
    """Perhaps a version since replaced, somebody who left with it or came later, and one in preparation."""
    if world.likely(0.6):
        replaced = NOW + timedelta(days=world.chance.choice([-1, 1]))
        written_down(shortlist, 1, by=world.inside[1], superseded_at=replaced)
        for entry in shortlist.entries.all():
            entry.left_in = 2 if world.likely(0.3) else None
            entry.save()
        shortlist.version = 2
        shortlist.save()
        come = [one for one in applications if not shortlist.entries.filter(application=one).exists()]
        if come and world.likely(0.5):
            ShortlistEntryFactory(shortlist=shortlist, application=come[0], joined_in=2)
        written_down(shortlist, 2, by=world.inside[1])
        for rendering in ("before", "after"):
            Report.objects.create(
                shortlist=shortlist, version=2, rendering=rendering, fingerprint="2", file="x", size=1, built_at=NOW
            )
    if world.likely(0.6):
        listed = shortlist.entries.values("application")
        come = [one for one in applications if one.pk not in {row["application"] for row in listed}]
        prepared = in_preparation(shortlist, by=world.inside[1], new=come[0] if come else None)
        Report.objects.create(
            shortlist=shortlist, version=prepared.number, rendering="before", fingerprint="3", file="x", size=1,
            built_at=NOW,
        )  # fmt: skip


def _build_decision(world: World, entry: ShortlistEntry) -> None:
    Decision.objects.create(
        entry=entry,
        outcome=Outcome.HIRE,
        why="They own it.",
        decider_name="Client",
        recorded_by=world.inside[1],
        where_given="in a call",
        decided_at=NOW,
    )
    if Engagement.objects.filter(application=entry.application).exists():
        return
    engagement = Engagement.objects.create(
        application=entry.application,
        rubric_version=entry.application.role.rubric_version,
        started_on=NOW.date(),
        created_by=world.inside[1],
    )
    for day, given in ((30, True), (90, False)):
        EngagementReview.objects.create(
            engagement=engagement,
            day=day,
            due_on=(NOW + timedelta(days=day)).date(),
            **({"submitted_at": NOW, "reviewer": world.reviewers[0]} if given else {}),
        )


def _listed(model: type[Model], user: User) -> set[int]:
    return set(model._default_manager.visible_to(user).values_list("pk", flat=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(WORLDS))
def test_lists_show_exactly_what_the_predicates_allow(seed: int) -> None:
    world = build(seed)
    wrong = []
    for model, allowed in VISIBLE.items():
        rows = list(model._default_manager.all())
        assert rows, model
        for user in world.people:
            listed = _listed(model, user)
            with closed_once(user):
                assert _listed(model, user) == listed, (user.part, model)
                assert _listed(model, reader_of(user).user()) == listed, (user.part, model)
            wrong += [
                f"{user.part} {user.pk}: {model.__name__} {row.pk} listed={row.pk in listed}"
                for row in rows
                if (row.pk in listed) != bool(allowed(user, row))
            ]
    assert wrong == []


@pytest.mark.parametrize("seed", range(WORLDS))
def test_opinions_and_panels_are_open_in_lists_exactly_where_they_are_in_predicates(seed: int) -> None:
    world = build(seed)
    for user in world.people:
        open_to = set(Application.objects.opinions_visible_to(user).values_list("pk", flat=True))
        for application in Application.objects.all():
            expected = not user.is_client_reviewer and bool(can_see_opinions(user, application))
            assert (application.pk in open_to) == expected, (user.part, application.pk)
        panel_open_to = set(ShortlistEntry.objects.panel_visible_to(user).values_list("pk", flat=True))
        for entry in ShortlistEntry.objects.all():
            assert (entry.pk in panel_open_to) == bool(can_view_panel(user, entry)), (user.part, entry.pk)


@pytest.mark.parametrize("seed", range(WORLDS))
def test_whoever_owes_a_scorecard_finds_no_opinion_on_that_application(seed: int) -> None:
    world = build(seed)
    for user in world.inside:
        owed = set(Application.objects.sealed_from(user).values_list("pk", flat=True))
        assert not owed & set(Score.objects.visible_to(user).values_list("application", flat=True))
        assert not owed & set(Decision.objects.visible_to(user).values_list("entry__application", flat=True))
        assert not owed & set(ShortlistEntry.objects.visible_to(user).values_list("application", flat=True))
        others = Scorecard.objects.visible_to(user).exclude(interviewer=user)
        assert not owed & set(others.values_list("interview__application", flat=True))
        assert not owed & set(Note.objects.visible_to(user).values_list("application", flat=True))


def test_what_is_closed_is_asked_anew_after_the_page_that_read_it_once() -> None:
    user, application = RecruiterFactory(), ApplicationFactory()
    with closed_once(user):
        ScorecardFactory(interview=InterviewFactory(application=application), interviewer=user)
        assert application in Application.objects.opinions_visible_to(user)
    assert application not in Application.objects.opinions_visible_to(user)
    with closed_once(user):
        assert application not in Application.objects.opinions_visible_to(user)
