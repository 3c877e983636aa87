from datetime import timedelta

import pytest

from candidates.gates.interviews import missing_for_kit, missing_for_panel, missing_to_interview, panel_choices
from candidates.models import Application, OpinionSeen
from rubrics.enums import RoleStatus
from rubrics.models import RoleMember
from screening.accounts.models import User
from tests.factories.accounts import ClientFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory
from tests.factories.rubrics import RoleFactory, published_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return HiringManagerFactory(name="Mara Weiss")


@pytest.fixture
def application(manager: User) -> Application:
    return ApplicationFactory(role=RoleFactory(team_of=[manager]))


def why_not(application: Application, *people: User) -> list[str]:
    return [item.text for item in missing_for_panel(application, people)]


def test_role_open_and_consent_valid(application: Application) -> None:
    assert missing_to_interview(application, now=NOW) == []
    consent = application.candidate.consents.get()
    consent.withdrawn_at = NOW - timedelta(days=1)
    consent.save()
    application.role.status = RoleStatus.ON_HOLD
    application.role.save()
    assert [item.code for item in missing_to_interview(application, now=NOW)] == ["role_open", "consent"]


@pytest.mark.parametrize("days", [-500, 5000])
def test_consent_is_valid_between_its_days(application: Application, days: int) -> None:
    assert [item.code for item in missing_to_interview(application, now=NOW + timedelta(days=days))] == ["consent"]


def test_nobody_consented_for_them() -> None:
    application = ApplicationFactory(candidate=CandidateFactory(consented=False))
    assert [item.code for item in missing_to_interview(application, now=NOW)] == ["consent"]


def test_the_kit_belongs_to_the_version_the_role_is_pinned_to(application: Application) -> None:
    version = application.role.rubric_version
    assert version is not None
    assert missing_for_kit(application, version.kits.get(key="short")) == []
    other = published_version().kits.get(key="short")
    assert [item.code for item in missing_for_kit(application, other)] == ["kit"]


def test_a_panel_is_somebody(application: Application) -> None:
    assert [item.code for item in missing_for_panel(application, [])] == ["panel"]


def test_team_and_staff_may_judge(application: Application, manager: User) -> None:
    assert missing_for_panel(application, [manager, RecruiterFactory()]) == []


def test_who_may_not(application: Application, manager: User) -> None:
    stranger = HiringManagerFactory(name="Otto Fremd")
    bound = HiringManagerFactory(name="Ines Bound", client=ClientFactory())
    RoleMember.objects.create(role=application.role, user=bound)
    gone = RecruiterFactory(name="Gus Gone", is_active=False)
    reviewer = ReviewerFactory(name="Cleo Client", client=application.role.client)
    assert why_not(application, stranger, bound, gone, reviewer, manager) == [
        "Otto Fremd can’t join this panel: they are not on the team of this role.",
        "Ines Bound can’t join this panel: they belong to another client.",
        "Gus Gone can’t join this panel: their account is closed.",
        "Cleo Client can’t join this panel: they are a client reviewer.",
    ]


def test_nobody_judges_themselves(application: Application, manager: User) -> None:
    application.candidate.user = manager
    application.candidate.save()
    assert why_not(application, manager) == ["Mara Weiss can’t join this panel: they are the candidate."]


def test_nobody_judges_after_reading_what_others_think(application: Application, manager: User) -> None:
    OpinionSeen.objects.create(user=manager, application=application, first_seen_at=NOW)
    assert why_not(application, manager) == [
        "Mara Weiss can’t join this panel: they have already seen what others think of this candidate."
    ]
    elsewhere = ApplicationFactory(role=application.role)
    assert why_not(elsewhere, manager) == []


def test_the_choices_say_the_same_as_the_gate(application: Application, manager: User) -> None:
    recruiter = RecruiterFactory(name="Ada Recruiter")
    OpinionSeen.objects.create(user=recruiter, application=application, first_seen_at=NOW)
    HiringManagerFactory(name="Otto Fremd")
    choices = panel_choices(application)
    assert choices[0].person == manager
    assert {choice.person for choice in choices} >= {manager, recruiter}
    assert "Otto Fremd" not in {choice.person.name for choice in choices}
    for choice in choices:
        assert bool(choice.why_not) == bool(missing_for_panel(application, [choice.person]))
