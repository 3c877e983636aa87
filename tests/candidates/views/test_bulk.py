"""Doing one thing to many from the table: ticked or the whole filter, looked at, started, watched, taken back."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from candidates.enums import BulkOutcome
from candidates.models import Application, BulkAction
from candidates.tasks.bulk import bulk
from rubrics.enums import StageKind
from rubrics.models import Role
from screening.accounts.models import User
from screening.jobs.enums import JobState
from screening.jobs.models import Job
from tests.asking import as_
from tests.factories.accounts import AdministratorFactory, RecruiterFactory
from tests.factories.candidates import ApplicationFactory, InterviewFactory, ScorecardFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def role() -> Role:
    found: Role = RoleFactory(title="Claims")
    return found


@pytest.fixture
def recruiter() -> User:
    found: User = RecruiterFactory()
    return found


@pytest.fixture
def client(recruiter: User) -> Client:
    return as_(recruiter)


def choose(client: Client, role: Role, kind: str, *applications: Application, **more: str) -> str:
    """The address of what was planned; the table's own when nothing was."""
    to = role.stages.get(kind=kind)
    data = {"do": f"move:{to.pk}", "applications": [one.pk for one in applications], **more}
    answer = client.post(reverse("candidates:bulk_plan", args=[role.slug]), data)
    assert answer.status_code == 302
    return str(answer["Location"])


def work() -> None:
    Job.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    bulk(job_id=str(Job.objects.get(task="candidates.bulk", state=JobState.QUEUED).pk))


def test_it_leads_back_to_the_table_as_it_was_filtered(client: Client, role: Role) -> None:
    one = ApplicationFactory(role=role, kind=StageKind.SOURCED)
    table = f"/roles/{role.slug}/pipeline/?view=table&source=agency"
    at = choose(client, role, StageKind.CONTACTED, one, next=table)
    plain = at.partition("?")[0]
    assert f'href="{escape(table)}"' in client.get(at).content.decode()
    assert (
        f'href="{escape(table)}&amp;ticked={BulkAction.objects.get().pk}">Leave it' in client.get(at).content.decode()
    )
    assert client.post(f"{plain}start/", {"next": table})["Location"] == at
    assert "elsewhere" not in client.get(f"{plain}?next=https://elsewhere.example/").content.decode()


def test_left_before_it_began_the_table_is_ticked_as_it_was(client: Client, role: Role) -> None:
    one, other = ApplicationFactory.create_batch(2, role=role, kind=StageKind.SOURCED)
    table = f"/roles/{role.slug}/pipeline/?view=table"
    some = choose(client, role, StageKind.CONTACTED, one, next=table)
    boxes = {pk: f'value="{pk}" checked' for pk in (one.pk, other.pk)}

    def ticked(action: BulkAction, by: Client = client) -> list[bool]:
        page = by.get(f"{table}&ticked={action.pk}").content.decode()
        return [words in page for words in (boxes[one.pk], boxes[other.pk], 'name="everybody" value="on" checked')]

    first = BulkAction.objects.get()
    assert ticked(first) == [True, False, False]
    assert ticked(first, as_(RecruiterFactory())) == [False, False, False], "somebody else’s"
    choose(client, role, StageKind.CONTACTED, everybody="on", filter="view=table", next=f"{table}&ticked={first.pk}")
    second = BulkAction.objects.latest("pk")
    assert ticked(second) == [False, False, True]
    page = client.get(reverse("candidates:bulk", args=[second.pk]), {"next": f"{table}&ticked={first.pk}"})
    assert f"{escape(table)}&amp;ticked={second.pk}" in page.content.decode()
    client.post(f"{some.partition('?')[0]}start/")
    assert ticked(first) == [False, False, False], "begun"


def test_ticked_people_are_looked_at_moved_and_taken_back(client: Client, role: Role) -> None:
    going = ApplicationFactory.create_batch(2, role=role, kind=StageKind.SCREENING)
    silent = ApplicationFactory(
        role=role, kind=StageKind.SCREENING, candidate__name="Silent Person", candidate__consented=False
    )
    foreign = ApplicationFactory(kind=StageKind.SCREENING)
    table = client.get(f"/roles/{role.slug}/pipeline/", {"view": "table"}).content.decode()
    assert "All 3 of this filter" in table
    at = choose(client, role, StageKind.INTERVIEWING, *going, silent)
    page = client.get(at).content.decode()
    assert "2 of 3 people will be changed" in page
    assert "Silent Person" in page
    assert not Job.objects.exists()
    assert client.post(f"{at}start/")["Location"] == at
    page = client.get(at).content.decode()
    assert f'hx-get="{at}?next=' in page
    work()
    done = client.get(at, headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    page = done.content.decode()
    assert "Take back 2" in page
    assert "Silent Person" in page
    assert client.post(f"{at}undo/")["Location"] == at
    work()
    assert "Take back" not in client.get(at).content.decode()
    assert not Application.objects.filter(stage__kind=StageKind.INTERVIEWING).exists()
    nowhere = choose(client, role, StageKind.INTERVIEWING, foreign)
    assert "/pipeline/" in nowhere


def test_everybody_the_filter_finds_and_nobody_else(client: Client, role: Role) -> None:
    for number in range(3):
        ApplicationFactory(role=role, kind=StageKind.SOURCED, candidate__name=f"Nok {number}")
    ApplicationFactory(role=role, kind=StageKind.SOURCED, candidate__name="Otto")
    ApplicationFactory(role=role, kind=StageKind.SCREENING, candidate__name="Nok elsewhere")
    stage = role.stages.get(kind=StageKind.SOURCED)
    query = urlencode({"view": "table", "q": "Nok", "stage": stage.pk})
    at = choose(client, role, StageKind.CONTACTED, everybody="on", filter=query)
    action = BulkAction.objects.get()
    names = action.items.order_by("application__candidate__name").values_list("application__candidate__name", flat=True)
    assert list(names) == ["Nok 0", "Nok 1", "Nok 2"]
    assert action.query == query
    assert f"?{query}".replace("&", "&amp;") in client.get(at).content.decode()


def test_a_rejection_keeps_what_was_typed_until_it_says_why(client: Client, role: Role) -> None:
    one = ApplicationFactory(role=role, kind=StageKind.SCREENING)
    at = choose(client, role, StageKind.REJECTED, one)
    assert client.post(f"{at}start/", {"reason": " "}).status_code == 422
    long = client.post(f"{at}start/", {"reason": "x" * 501})
    assert long.status_code == 422
    assert "x" * 501 in long.content.decode()
    client.post(f"{at}start/", {"reason": "Filled."})
    work()
    one.refresh_from_db()
    assert one.stage.kind == StageKind.REJECTED


@pytest.mark.parametrize(("do", "field", "value"), [("tag", "tag", "Alumni"), ("untag", "tag", "Alumni")])
def test_tags_by_name(client: Client, role: Role, do: str, field: str, value: str) -> None:
    one = ApplicationFactory(role=role)
    data = {"do": do, "applications": [one.pk]}
    at = client.post(reverse("candidates:bulk_plan", args=[role.slug]), data)["Location"]
    assert client.post(f"{at}start/", {field: ""}).status_code == 422
    assert client.post(f"{at}start/", {field: value}).status_code == 302
    work()
    assert one.candidate.tags.filter(name="Alumni").exists() == (do == "tag")


def test_an_owner_is_chosen_among_staff(client: Client, role: Role, recruiter: User) -> None:
    one = ApplicationFactory(role=role)
    at = client.post(reverse("candidates:bulk_plan", args=[role.slug]), {"do": "assign", "applications": [one.pk]})[
        "Location"
    ]
    assert client.post(f"{at}start/", {"owner": 999_999}).status_code == 422
    client.post(f"{at}start/", {"owner": recruiter.pk})
    work()
    one.refresh_from_db()
    assert one.owner == recruiter


@pytest.mark.parametrize("data", [{}, {"do": "move:1"}, {"do": "tag"}, {"do": "tag", "applications": ["x"]}])
def test_what_makes_no_sense_leads_back_with_words(client: Client, role: Role, data: dict[str, str]) -> None:
    answer = client.post(reverse("candidates:bulk_plan", args=[role.slug]), data, follow=True)
    assert not BulkAction.objects.exists()
    assert answer.redirect_chain[-1][0].startswith(f"/roles/{role.slug}/pipeline/")
    assert any(words in answer.content.decode() for words in ("Choose what to do", "Tick the people"))


def test_it_is_cancelled_from_its_page_and_goes_on(client: Client, role: Role) -> None:
    at = choose(client, role, StageKind.CONTACTED, ApplicationFactory(role=role, kind=StageKind.SOURCED))
    client.post(f"{at}start/")
    assert f'action="{at}cancel/?next=' in client.get(at).content.decode()
    client.post(f"{at}cancel/")
    page = client.get(at).content.decode()
    assert "Cancelled." in page
    assert "Go on with the other 1" in page
    client.post(f"{at}start/")
    work()
    assert set(BulkAction.objects.get().items.values_list("outcome", flat=True)) == {BulkOutcome.DONE}


def test_others_plans_are_nobodys_business_and_an_administrator_only_reads(client: Client, role: Role) -> None:
    at = choose(client, role, StageKind.CONTACTED, ApplicationFactory(role=role, kind=StageKind.SOURCED))
    assert as_(RecruiterFactory()).get(at).status_code == 404
    administrator = as_(AdministratorFactory())
    assert "Start" not in administrator.get(at).content.decode().partition("<main")[2]
    assert administrator.post(f"{at}start/").status_code == 404


def test_an_administrator_reads_nothing_that_was_done_to_somebody_they_are_to_judge_or_to_themselves(
    client: Client, role: Role
) -> None:
    judging, candidate, other = AdministratorFactory(), AdministratorFactory(), AdministratorFactory()
    card = ApplicationFactory(role=role, kind=StageKind.SOURCED, candidate__user=candidate)
    at = choose(client, role, StageKind.CONTACTED, card, ApplicationFactory(role=role, kind=StageKind.SOURCED))
    assert as_(judging).get(at).status_code == 200
    ScorecardFactory(interview=InterviewFactory(application=card), interviewer=judging)
    assert {user: as_(user).get(at).status_code for user in (judging, candidate, other)} == {
        judging: 404,
        candidate: 404,
        other: 200,
    }


def test_a_result_says_nothing_of_somebody_sealed_since(client: Client, role: Role, recruiter: User) -> None:
    card = ApplicationFactory(role=role, kind=StageKind.SHORTLISTED, candidate__name="Vera Quill")
    at = choose(client, role, StageKind.CONTACTED, card)
    client.post(f"{at}start/")
    work()
    assert "Vera Quill" in client.get(at).content.decode()
    ScorecardFactory(interview=InterviewFactory(application=card), interviewer=recruiter)
    page = client.get(at).content.decode()
    assert "Vera Quill" not in page
    assert "Refused" not in page
