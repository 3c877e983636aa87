"""The list of one rule, and the form that says after how long a role asks for attention."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from candidates.models import Scorecard
from rubrics.enums import Duty, StageKind
from rubrics.models import Role, RoleMember
from rubrics.models.thresholds import Thresholds
from tests.asking import as_
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, InterviewFactory, ScorecardFactory
from tests.factories.rubrics import RoleFactory
from tests.test_history import events_of

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=90)


def given(role: Role, **changes: Any) -> dict[str, Any]:
    numbers: dict[str, Any] = {name: getattr(role, name) for name in Thresholds.MOST}
    return numbers | {f"stage_{stage.pk}": "" for stage in role.stages.all()} | changes


def test_the_list_shows_the_rest_and_the_same_number(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    user, role = RecruiterFactory(), RoleFactory(title="Claims Engineer")
    ApplicationFactory.create_batch(7, role=role, stage_since=LONG_AGO)
    ApplicationFactory(stage_since=LONG_AGO, candidate__name="Elsewhere")
    ApplicationFactory(role=role, stage_since=LONG_AGO, owner=RecruiterFactory(), candidate__name="Colleague’s")
    browser = as_(user)

    [address] = {items.url for title, items in browser.get("/").context["stuck"] if title == "Too long in a stage"}
    with django_assert_max_num_queries(12):
        answer = browser.get(address)

    assert "All 8" in browser.get("/").content.decode()
    assert (answer.context["page"].total, len(answer.context["rows"])) == (8, 8)
    assert len(browser.get(f"{address}&role={role.slug}").context["rows"]) == 7
    everybody = browser.get(f"{address}&role={role.slug}&whose=all")
    assert len(everybody.context["rows"]) == 8
    assert "Colleague’s" in everybody.content.decode()


@pytest.mark.parametrize(
    "query", ["?rule=nonsense", "?role=nonsense", "?whose=%00", "?page=-1", "?rule=stages&page=9999"]
)
def test_an_address_that_makes_no_sense_is_no_error(query: str) -> None:
    assert as_(RecruiterFactory()).get(f"/attention/{query}").status_code == 200


def test_it_is_not_there_for_others() -> None:
    role, lead = RoleFactory(), HiringManagerFactory()
    RoleMember.objects.create(role=role, user=lead, duty=Duty.LEAD)
    for address in ("/attention/", reverse("candidates:thresholds", args=[role.slug])):
        assert as_(lead).get(address).status_code == 404
        assert as_(RecruiterFactory()).get(address).status_code == 200


def test_a_role_s_thresholds_are_changed_and_kept_in_its_history() -> None:
    user, role = RecruiterFactory(), RoleFactory()
    address = reverse("candidates:thresholds", args=[role.slug])
    screening = role.stages.get(kind=StageKind.SCREENING)

    answer = as_(user).post(address, given(role, stage_days=21, **{f"stage_{screening.pk}": 4}))

    assert (answer.status_code, answer["Location"]) == (302, address)
    role.refresh_from_db()
    screening.refresh_from_db()
    assert (role.stage_days, role.consent_days, screening.attention_days) == (21, 1, 4)
    row = events_of(Role).filter(pgh_obj=role.pk).latest("pgh_id")
    assert (row.stage_days, row.pgh_context["actor"], row.pgh_context["action"]) == (
        21, user.pk, "candidates:thresholds",
    )  # fmt: skip
    [kept] = events_of(type(screening)).filter(pgh_obj=screening.pk, pgh_label="update")
    assert kept.attention_days == 4
    assert not events_of(type(screening)).filter(pgh_label="update").exclude(pgh_obj=screening.pk).exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stage_days", "366"),
        ("stage_days", "-1"),
        ("scorecard_hours", "0"),
        ("review_days", ""),
        ("panel_days", "many"),
    ],
)
def test_a_number_out_of_range_is_refused_and_what_was_typed_stays(name: str, value: str) -> None:
    role = RoleFactory()
    answer = as_(RecruiterFactory()).post(
        reverse("candidates:thresholds", args=[role.slug]), given(role, unopened_days=77, **{name: value})
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert name in answer.context["form"].errors
    assert 'value="77"' in page
    role.refresh_from_db()
    assert role.unopened_days == 3


def test_more_hours_for_scorecards_move_what_is_owed_and_nothing_else() -> None:
    role, due = RoleFactory(), NOW + timedelta(hours=24)
    owed = ScorecardFactory(interview=InterviewFactory(application__role=role), due_at=due)
    cancelled = ScorecardFactory(interview=InterviewFactory(application__role=role, state="cancelled"), due_at=due)
    elsewhere = ScorecardFactory(due_at=due)

    as_(RecruiterFactory()).post(reverse("candidates:thresholds", args=[role.slug]), given(role, scorecard_hours=48))

    found = dict(Scorecard.objects.values_list("pk", "due_at"))
    assert found == {owed.pk: due + timedelta(hours=24), cancelled.pk: due, elsewhere.pk: due}
