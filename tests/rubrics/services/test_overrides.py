from datetime import UTC, datetime

import pytest

from rubrics.enums import GateName, RoleStatus
from rubrics.gates.base import Missing
from rubrics.gates.roles import missing_to_open
from rubrics.models import GateOverride, Role
from rubrics.services.overrides import approve_override, ask_override, decline_override
from rubrics.services.roles import open_role
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory
from tests.factories.rubrics import RoleFactory

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def role() -> Role:
    """Nothing is missing but the two interviewers."""
    return RoleFactory(status=RoleStatus.DRAFT)


def asked(role: Role, by: User, missing: list[Missing] | None = None, reason: str = "Urgent") -> GateOverride:
    return ask_override(
        gate=GateName.OPEN_ROLE,
        role=role,
        subject=role.pk,
        missing=missing_to_open(role) if missing is None else missing,
        reason=reason,
        by=by,
        now=NOW,
    )


def test_an_approved_override_opens_the_gate_for_what_it_names(role: Role) -> None:
    override = asked(role, RecruiterFactory())
    assert [item.code for item in missing_to_open(role)] == ["team"]
    approve_override(override=override, by=AdministratorFactory(), now=NOW)
    assert missing_to_open(role) == []
    assert open_role(role=role, now=NOW).is_open
    Role.objects.filter(pk=role.pk).update(bar=None)
    role.refresh_from_db()
    assert [item.code for item in missing_to_open(role)] == ["bar"]


def test_a_declined_override_opens_nothing(role: Role) -> None:
    override = asked(role, RecruiterFactory())
    answered = decline_override(override=override, by=RecruiterFactory(), now=NOW)
    assert (answered.approved_by, answered.declined_at) == (None, NOW)
    assert [item.code for item in missing_to_open(role)] == ["team"]
    asked(role, override.asked_by)


def test_whoever_asks_does_not_answer_and_nobody_answers_twice(role: Role) -> None:
    by = RecruiterFactory()
    override = asked(role, by)
    for answer in (approve_override, decline_override):
        with pytest.raises(Refused, match="Somebody other"):
            answer(override=override, by=by, now=NOW)
        with pytest.raises(Refused, match="recruiter or an administrator"):
            answer(override=override, by=HiringManagerFactory(), now=NOW)
    approve_override(override=override, by=RecruiterFactory(), now=NOW)
    with pytest.raises(Refused, match="answered already"):
        decline_override(override=override, by=RecruiterFactory(), now=NOW)


def test_it_is_asked_by_staff_for_something_with_a_reason_and_once(role: Role) -> None:
    by = RecruiterFactory()
    with pytest.raises(Refused, match="recruiter or an administrator"):
        asked(role, HiringManagerFactory())
    with pytest.raises(Refused, match="Nothing is missing"):
        asked(role, by, missing=[])
    with pytest.raises(Refused, match="Write why"):
        asked(role, by, reason=" ")
    asked(role, by)
    with pytest.raises(Refused, match="asked for already"):
        asked(role, RecruiterFactory())
    assert GateOverride.objects.count() == 1


def test_colleagues_are_told_without_what_a_sealed_reader_must_not_see(role: Role) -> None:
    by, colleague = RecruiterFactory(), AdministratorFactory()
    HiringManagerFactory()
    override = asked(role, by, missing=[Missing("floor:mentoring", "Mentoring is below its floor.")], reason="Canary")
    mail = Delivery.objects.get(event="override.asked", recipient=colleague.email)
    told = set(Delivery.objects.filter(event="override.asked").values_list("user__part", flat=True))
    assert told == {"recruiter", "administrator"}
    assert not Delivery.objects.filter(event="override.asked", user=by).exists()
    assert "Canary" not in mail.text + mail.html + mail.subject
    assert "floor" not in mail.text + mail.html + mail.subject
    approve_override(override=override, by=colleague, now=NOW)
    answer = Delivery.objects.get(event="override.answered")
    assert answer.user == by
    assert f"{colleague.name} approved" in answer.text
