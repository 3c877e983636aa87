"""What the seal hides, and that filters and predicates say the same of every interview and scorecard."""

import itertools

import pytest

from candidates.enums import InterviewState, ScorecardState
from candidates.models import Application, Interview, Scorecard
from candidates.permissions.interviews import can_view_interview
from candidates.permissions.scorecards import (
    can_amend_scorecard,
    can_approve_correction,
    can_excuse_scorecard,
    can_view_scorecard,
    can_write_scorecard,
)
from candidates.permissions.seal import can_see_opinions, can_view_application, owes_scorecard
from candidates.services.panels import excuse_scorecard
from candidates.services.scorecards import amend_scorecard
from rubrics.enums import StageKind
from screening.accounts.models import User
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
    ScorecardFactory,
    submit_levels,
    submitted_scorecard,
)
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, User]:
    return {
        "administrator": AdministratorFactory(),
        "recruiter": RecruiterFactory(),
        "member": HiringManagerFactory(),
        "panellist": HiringManagerFactory(),
        "outsider": HiringManagerFactory(),
        "bound elsewhere": HiringManagerFactory(client=ClientFactory()),
    }


@pytest.fixture
def application(people: dict[str, User]) -> Application:
    team = [people[name] for name in ("member", "panellist", "bound elsewhere")]
    return ApplicationFactory(role=RoleFactory(team_of=team), kind=StageKind.SCORED)


def test_owing_a_scorecard_seals_everybody_whatever_their_part(
    application: Application, people: dict[str, User]
) -> None:
    submitted_scorecard(application, [5, 5, 5])
    for name in ("administrator", "recruiter", "member"):
        user = people[name]
        assert can_see_opinions(user, application)
        mine = ScorecardFactory(interview=InterviewFactory(application=application), interviewer=user)
        assert owes_scorecard(user, application)
        assert not can_see_opinions(user, application)
        assert not can_view_application(user, application), "its stage would tell what others think"
        assert not Application.objects.opinions_visible_to(user).exists()
        assert list(Scorecard.objects.visible_to(user)) == [mine]
        submit_levels(mine, [3, 3, 3])
        assert can_see_opinions(user, application)


@pytest.mark.parametrize("state", list(InterviewState))
def test_only_conversations_that_take_place_are_owed(
    application: Application, people: dict[str, User], state: InterviewState
) -> None:
    interview = InterviewFactory(application=application, state=state)
    ScorecardFactory(interview=interview, interviewer=people["panellist"])
    owed = state in {InterviewState.SCHEDULED, InterviewState.HELD}
    assert owes_scorecard(people["panellist"], application) is owed
    assert Application.objects.sealed_from(people["panellist"]).exists() is owed


def test_an_excuse_and_an_amendment_do_not_seal(application: Application, people: dict[str, User]) -> None:
    mine = submitted_scorecard(application, [3, 3, 3], by=people["panellist"])
    amend_scorecard(scorecard=mine, reason="why", corrects_fact=False, by=people["panellist"])
    assert can_see_opinions(people["panellist"], application)
    gone = ScorecardFactory(interview=mine.interview, interviewer=people["member"])
    assert not can_see_opinions(people["member"], application)
    excuse_scorecard(scorecard=gone, reason="ill", by=people["recruiter"], now=NOW)
    assert can_see_opinions(people["member"], application)


def test_nobody_sees_their_own_file(application: Application, people: dict[str, User]) -> None:
    scorecard = submitted_scorecard(application, [3, 3, 3])
    application.candidate.user = people["administrator"]
    application.candidate.save()
    assert not Scorecard.objects.visible_to(people["administrator"]).exists()
    assert not Interview.objects.visible_to(people["administrator"]).exists()
    scorecard = Scorecard.objects.get(pk=scorecard.pk)
    assert not can_view_scorecard(people["administrator"], scorecard)
    assert not can_view_interview(people["administrator"], scorecard.interview)


def test_filters_and_predicates_agree_on_everything(application: Application, people: dict[str, User]) -> None:
    users: list[User] = [*people.values(), ReviewerFactory(client=application.role.client), ReviewerFactory()]
    judges = [people["panellist"], people["recruiter"]]
    for state, judge in itertools.product(InterviewState, judges):
        interview = InterviewFactory(application=ApplicationFactory(role=application.role), state=state)
        ScorecardFactory(interview=interview, interviewer=judge)
        submit_levels(ScorecardFactory(interview=interview), [2, 3, 4])
    last = submitted_scorecard(application, [3, 3, 3], by=people["member"])
    amend_scorecard(scorecard=last, reason="why", corrects_fact=True, by=people["member"])
    ScorecardFactory(
        interview=last.interview,
        state=ScorecardState.EXCUSED,
        excused_by=people["recruiter"],
        excused_reason="ill",
        interviewer=people["outsider"],
    )
    for user in users:
        assert set(Scorecard.objects.visible_to(user)) == {
            card for card in Scorecard.objects.all() if can_view_scorecard(user, card)
        }
        assert set(Interview.objects.visible_to(user)) == {
            interview for interview in Interview.objects.all() if can_view_interview(user, interview)
        }
        assert set(Application.objects.opinions_visible_to(user)) == {
            one for one in Application.objects.all() if can_see_opinions(user, one)
        }


def test_who_may_do_what_with_a_scorecard(application: Application, people: dict[str, User]) -> None:
    author, recruiter = people["panellist"], people["recruiter"]
    card = ScorecardFactory(interview=InterviewFactory(application=application), interviewer=author)
    assert (can_write_scorecard(author, card), can_write_scorecard(recruiter, card)) == (True, False)
    assert (can_excuse_scorecard(author, card), can_excuse_scorecard(recruiter, card)) == (False, True)
    assert not can_amend_scorecard(author, card)
    submit_levels(card, [3, 3, 3])
    assert (can_amend_scorecard(author, card), can_amend_scorecard(recruiter, card)) == (True, False)
    assert not can_write_scorecard(author, card)
    assert not can_excuse_scorecard(recruiter, card)
    assert (can_approve_correction(author, card), can_approve_correction(recruiter, card)) == (False, True)
