import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from candidates.models import Application, StageChange
from candidates.queries.applications import PipelineFilter, board, viewer_of
from rubrics.enums import Duty, StageKind
from rubrics.models import Role, RoleMember
from screening.accounts.models import User
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
    submit_levels,
)
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def role() -> Role:
    return RoleFactory(slug="claims")


@pytest.fixture
def recruiter() -> User:
    return RecruiterFactory()


def move(client: Client, application: Application, kind: StageKind, **extra: object) -> Any:
    stage = application.role.stages.get(kind=kind)
    values = {"to": stage.pk, "seen": application.stage_id} | extra
    return client.post(f"/applications/{application.pk}/move/", values, headers=HTMX)


def counts(body: str) -> dict[int, int]:
    """By stage, of the columns whose count the answer puts right."""
    return {int(pk): int(number) for pk, number in re.findall(r'id="count-(\d+)"[^>]*>(\d+)<', body)}


def columns(client: Client, query: str = "") -> dict[str, tuple[int, list[str]]]:
    """By kind: the count shown, and the names on the cards."""
    found = client.get(f"/roles/claims/pipeline/{query}").context["columns"]
    return {column.stage.kind: (column.count, [card.name for card in column.cards]) for column in found}


def test_the_board_shows_every_stage_with_its_count_and_first_cards(role: Role, recruiter: User) -> None:
    for number in range(23):
        ApplicationFactory(role=role, kind=StageKind.SOURCED, stage_since=NOW - timedelta(hours=number))
    ApplicationFactory(role=role, kind=StageKind.HIRED, candidate__name="Suda")
    ApplicationFactory(kind=StageKind.SOURCED)  # in another role
    client = as_user(recruiter)

    shown = columns(client)
    page = client.get("/roles/claims/pipeline/")

    assert list(shown) == list(StageKind)
    assert shown[StageKind.SOURCED][0] == 23
    assert len(shown[StageKind.SOURCED][1]) == 20
    assert shown[StageKind.HIRED] == (1, ["Suda"])
    assert "3 more" in page.content.decode()
    column = next(one for one in page.context["columns"] if one.next)
    rest = client.get(f"/roles/claims/pipeline/{column.stage.pk}/?page={column.next}").content.decode()
    assert rest.count('class="tile"') == rest.count("Move to…</a>") == 3
    first = {card.pk for card in column.cards}
    assert not first & {int(pk) for pk in re.findall(r'data-card="(\d+)"', rest)}


def test_who_sees_a_pipeline(role: Role) -> None:
    member = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=member, duty=Duty.OBSERVER)
    ApplicationFactory(role=role, candidate__name="Suda")

    for insider in (RecruiterFactory(), member):
        assert "Suda" in as_user(insider).get("/roles/claims/pipeline/").content.decode()
    for outsider in (HiringManagerFactory(), ReviewerFactory(client=role.client)):
        assert as_user(outsider).get("/roles/claims/pipeline/").status_code == 404
    assert "Move to…" not in as_user(member).get("/roles/claims/pipeline/").content.decode()


def test_cards_warn_of_what_is_missing(role: Role, recruiter: User) -> None:
    late = ApplicationFactory(role=role, candidate__name="Late")
    interview = InterviewFactory(application=late)
    submit_levels(ScorecardFactory(interview=interview), [4, 3, 3])
    ScorecardFactory(interview=interview, due_at=NOW)
    ScorecardFactory(interview=InterviewFactory(application=late, state="cancelled"))
    ApplicationFactory(role=role, candidate=CandidateFactory(name="Silent", consented=False), kind=StageKind.SCREENING)
    ApplicationFactory(role=role, candidate=CandidateFactory(name="Fresh", consented=False), kind=StageKind.SOURCED)
    entry = ShortlistEntryFactory(
        shortlist=PresentedShortlistFactory(role=role),
        application=ApplicationFactory(role=role, kind=StageKind.WITH_CLIENT, candidate__name="Unread"),
    )
    now = NOW + timedelta(days=4)

    found = board(viewer_of(recruiter, role, now), PipelineFilter())

    cards = {card.name: card for column in found for card in column.cards}
    assert cards["Late"].warnings == ["scorecard overdue 4 d"]
    assert (cards["Late"].submitted, cards["Late"].panel, cards["Late"].dots) == (1, 2, [True, False])
    assert cards["Silent"].warnings == ["consent missing"]
    assert cards["Fresh"].warnings == []
    assert cards[entry.application.candidate.name].warnings == ["unread 4 d"]


def test_a_sealed_card_tells_nothing(role: Role) -> None:
    recruiter = RecruiterFactory()
    early, late = (
        ApplicationFactory(
            role=role, kind=kind, source_detail="Friend of the boss", source="referral", owner=RecruiterFactory()
        )
        for kind in (StageKind.INTERVIEWING, StageKind.SHORTLISTED)
    )
    for application in (early, late):
        interview = InterviewFactory(application=application)
        submit_levels(ScorecardFactory(interview=interview), [4, 3, 3])
        ScorecardFactory(interview=interview, interviewer=recruiter)
    client = as_user(recruiter)

    shown = columns(client)
    page = client.get("/roles/claims/pipeline/").content.decode()

    assert shown[StageKind.INTERVIEWING] == (1, [early.candidate.name])
    assert shown[StageKind.SHORTLISTED] == (0, [])
    assert "1 of 2" not in page
    assert "Friend of the boss" not in page
    assert columns(client, "?source=referral")[StageKind.INTERVIEWING] == (0, [])
    assert late.candidate.name not in client.get("/roles/claims/pipeline/?view=table").content.decode()


@pytest.mark.parametrize("view", ["board", "table"])
def test_board_and_table_are_one_filter(view: str, role: Role, recruiter: User) -> None:
    ApplicationFactory(role=role, candidate__name="Nok", owner=recruiter, source="referral")
    ApplicationFactory(role=role, candidate__name="Suda", stage_since=timezone.now())
    client = as_user(recruiter)

    for query in ("q=nok", f"owner={recruiter.pk}", "source=referral", "waiting=5"):
        page = client.get(f"/roles/claims/pipeline/?view={view}&{query}").content.decode()
        assert ("Nok</a>" in page, "Suda</a>" in page) == (True, False), query
    page = client.get(f"/roles/claims/pipeline/?view={view}&owner=x&source=%00&waiting=-1&stage=x").content.decode()
    assert "Nok</a>" in page
    assert "Suda</a>" in page


@pytest.mark.parametrize("view", ["board", "table"])
@pytest.mark.parametrize("typed", ["muller", "MÜLLER zo", "zoe.m", "@example.org"])
def test_both_find_a_name_or_an_address_as_the_search_does(view: str, typed: str, role: Role, recruiter: User) -> None:
    person = CandidateFactory(name="Zoë Müller", email="zoe.m@example.org")
    ApplicationFactory(role=role, candidate=person)
    ApplicationFactory(role=role, candidate=CandidateFactory(name="Suda", email="suda@elsewhere.example"))

    page = as_user(recruiter).get("/roles/claims/pipeline/", {"view": view, "q": typed}).content.decode()

    assert ("Müller</a>" in page, "Suda</a>" in page) == (True, False)


def test_a_stage_one_asked_for_in_the_table_is_asked_for_on_the_board(role: Role, recruiter: User) -> None:
    for kind, name in ((StageKind.SOURCED, "Nok"), (StageKind.CONTACTED, "Suda"), (StageKind.CONTACTED, "Wei")):
        ApplicationFactory(role=role, kind=kind, candidate__name=name)
    client, stage = as_user(recruiter), role.stages.get(kind=StageKind.CONTACTED).pk

    table = client.get(f"/roles/claims/pipeline/?view=table&stage={stage}").content.decode()
    board = client.get(f"/roles/claims/pipeline/?stage={stage}")
    shown = columns(client, f"?stage={stage}")

    assert f'?stage={stage}&amp;all=">Board</a>' in table
    assert f'?stage={stage}&amp;view=table">Table</a>' in board.content.decode()
    assert (board.context["total"], board.context["only"].kind) == ("2", StageKind.CONTACTED)
    assert shown[StageKind.SOURCED] == (1, [])
    assert {*shown[StageKind.CONTACTED][1]} == {"Suda", "Wei"}
    other = RoleFactory().stages.first()
    assert client.get(f"/roles/claims/pipeline/?stage={other and other.pk}").context["total"] == "0"


@pytest.mark.parametrize("view", ["board", "table"])
def test_a_pipeline_without_anybody_says_what_to_do_next(view: str, role: Role, recruiter: User) -> None:
    client = as_user(recruiter)
    nobody = client.get(f"/roles/claims/pipeline/?view={view}").content.decode()
    ApplicationFactory(role=role, candidate__name="Nok")
    nobody_like_this = client.get(f"/roles/claims/pipeline/?view={view}&q=suda").content.decode()
    somebody = client.get(f"/roles/claims/pipeline/?view={view}").content.decode()

    assert "Nobody is in this pipeline yet" in nobody
    assert "/candidates/imports/" in nobody
    assert "Nobody matches this filter" in nobody_like_this
    assert "Nobody" not in somebody


def test_the_board_costs_the_same_for_many(
    role: Role, recruiter: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(recruiter)
    for number in (1, 30):
        for kind in (StageKind.SCREENING, StageKind.INTERVIEWING, StageKind.WITH_CLIENT):
            ApplicationFactory.create_batch(number, role=role, kind=kind, owner=recruiter)
        for view in ("board", "table"):
            with django_assert_max_num_queries(12):
                client.get(f"/roles/claims/pipeline/?view={view}&q=nok&owner={recruiter.pk}")


def test_a_dragged_card_moves_and_can_be_put_back(
    role: Role, recruiter: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    application = ApplicationFactory(role=role, kind=StageKind.SCREENING)
    origin = application.stage_id
    ApplicationFactory(role=role, kind=StageKind.SCREENING)
    client = as_user(recruiter)

    with django_assert_max_num_queries(15 + 1):  # one is the test's own
        answer = move(client, application, StageKind.INTERVIEWING, dragged=1)

    body = answer.content.decode()
    application.refresh_from_db()
    assert (answer.status_code, application.stage.kind) == (200, StageKind.INTERVIEWING)
    assert f'<ol id="cards-{application.stage_id}" hx-swap-oob="afterbegin">' in body
    assert counts(body) == {origin: 1, application.stage_id: 1}
    undo = re.search(r'action="(/stage-changes/\d+/undo/[^"]*)"', body)
    assert undo is not None
    assert client.post(undo[1]).status_code == 302
    application.refresh_from_db()
    assert application.stage.kind == StageKind.SCREENING
    assert list(application.stage_changes.values_list("reason", flat=True)) == ["Undone", "", ""]


def test_undone_on_the_board_the_card_and_the_counts_come_back_in_place(
    role: Role, recruiter: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    application = ApplicationFactory(role=role, kind=StageKind.SCREENING)
    origin, client = application.stage_id, as_user(recruiter)
    move(client, application, StageKind.CONTACTED)
    change = application.stage_changes.first()
    assert change is not None
    url, script = f"/stage-changes/{change.pk}/undo/", {"HX-Request": "true"}
    assert as_user(RecruiterFactory()).post(url, headers=script).status_code == 422

    with django_assert_max_num_queries(15 + 1):  # one is the test's own
        answer = client.post(url, headers=script)

    body = answer.content.decode()
    assert (answer.status_code, counts(body)) == (200, {origin: 1, change.to_stage_id: 0})
    assert f'<ol id="cards-{origin}" hx-swap-oob="afterbegin">' in body
    assert client.post(url, headers=script).status_code == 409, "once"


def test_undo_is_for_oneself_and_for_a_moment(role: Role, recruiter: User) -> None:
    application = ApplicationFactory(role=role, kind=StageKind.SCREENING)
    client = as_user(recruiter)
    move(client, application, StageKind.CONTACTED)
    change = application.stage_changes.first()
    assert change is not None

    assert "too late" in str(as_user(RecruiterFactory()).post(f"/stage-changes/{change.pk}/undo/", follow=True).content)
    old = StageChange.objects.create(
        application=application,
        from_stage=change.from_stage,
        to_stage=change.to_stage,
        by=recruiter,
        at=timezone.now() - timedelta(minutes=1),
    )
    client.post(f"/stage-changes/{old.pk}/undo/")

    application.refresh_from_db()
    assert application.stage.kind == StageKind.CONTACTED


@pytest.mark.parametrize(("kind", "optional"), [(StageKind.REJECTED, False), (StageKind.CONTACTED, True)])
def test_the_dialog_calls_no_reason_optional_that_is_needed(
    role: Role, recruiter: User, kind: StageKind, optional: bool
) -> None:
    application = ApplicationFactory(role=role, kind=StageKind.SCREENING)
    asked = {"to": role.stages.get(kind=kind).pk}
    page = as_user(recruiter).get(f"/applications/{application.pk}/move/", asked).content.decode()
    assert ('class="optional"' in page) is optional
    assert f'<option value="{asked["to"]}" selected>' in page
    assert as_user(recruiter).get(f"/applications/{application.pk}/move/", {"to": "²"}).status_code == 200


def test_a_refused_card_says_why_and_stays(role: Role, recruiter: User) -> None:
    application = ApplicationFactory(role=role, kind=StageKind.SCREENING, candidate=CandidateFactory(consented=False))
    client = as_user(recruiter)

    dragged = move(client, application, StageKind.INTERVIEWING, dragged=1)
    by_form = move(client, application, StageKind.REJECTED)
    past = move(client, application, StageKind.HIRED, dragged=1)

    assert [answer.status_code for answer in (dragged, by_form, past)] == [422, 422, 422]
    assert f"{application.candidate.name}: The candidate has no valid consent" in dragged.content.decode()
    assert "needs a reason" in by_form.content.decode()
    assert "Start the engagement" in past.content.decode()
    application.refresh_from_db()
    assert application.stage.kind == StageKind.SCREENING


def test_the_second_of_two_is_told_and_sees_the_present_state(role: Role, recruiter: User) -> None:
    application = ApplicationFactory(role=role, kind=StageKind.SCREENING)
    move(as_user(RecruiterFactory()), application, StageKind.CONTACTED)

    answer = move(as_user(recruiter), application, StageKind.INTERVIEWING, dragged=1)

    contacted = role.stages.get(kind=StageKind.CONTACTED)
    wanted = role.stages.get(kind=StageKind.INTERVIEWING)
    assert answer.status_code == 409
    assert counts(answer.content.decode()) == {application.stage_id: 0, wanted.pk: 0, contacted.pk: 1}
    assert "meanwhile" in answer.content.decode()
    assert f'id="cards-{contacted.pk}" hx-swap-oob="afterbegin"' in answer.content.decode()
    application.refresh_from_db()
    assert application.stage == contacted


def test_without_scripts_a_page_asks_where_to(role: Role, recruiter: User) -> None:
    application = ApplicationFactory(role=role, kind=StageKind.SHORTLISTED)
    client = as_user(recruiter)
    url = f"/applications/{application.pk}/move/"

    page = client.get(f"{url}?next=/candidates/{application.candidate_id}/").content.decode()
    assert re.findall(r"<option[^>]*>([^<]+)<", page) == ["Choose a stage", "Rejected", "Withdrawn"]
    stage = role.stages.get(kind=StageKind.WITHDRAWN)
    values = {"to": stage.pk, "seen": application.stage_id, "reason": "Took another job"}
    answer = client.post(url, values | {"next": f"/candidates/{application.candidate_id}/"})
    assert answer["Location"] == f"/candidates/{application.candidate_id}/"
    answer = client.post(url, values | {"seen": stage.pk, "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/roles/claims/pipeline/"


def test_the_next_stage_is_chosen_already(role: Role, recruiter: User) -> None:
    """Where a hand leads no further none is: a rejection or a way back is never what is sent unread."""
    ways = (
        (StageKind.CONTACTED, "Screening"),
        (StageKind.SCORED, "Choose a stage"),
        (StageKind.REJECTED, "Choose a stage"),
    )
    for kind, expected in ways:
        application = ApplicationFactory(role=role, kind=kind)
        body = as_user(recruiter).get(f"/applications/{application.pk}/move/").content.decode()
        assert re.findall(r"<option[^>]* selected>([^<]+)<", body) == [expected]


def test_only_staff_move_cards(role: Role) -> None:
    member = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=member, duty=Duty.LEAD)
    application = ApplicationFactory(role=role, kind=StageKind.SCREENING)

    for person in (member, HiringManagerFactory(), ReviewerFactory(client=role.client)):
        assert move(as_user(person), application, StageKind.CONTACTED).status_code == 404
        assert as_user(person).get(f"/applications/{application.pk}/move/").status_code == 404
        assert as_user(person).post("/roles/claims/pipeline/bulk/", {}).status_code == 404

    application.refresh_from_db()
    assert application.stage.kind == StageKind.SCREENING


def test_somebody_known_is_added_to_a_role(role: Role, recruiter: User) -> None:
    candidate = CandidateFactory()
    client = as_user(recruiter)
    values = {"role": role.pk, "source": "agency", "source_detail": "North", "owner": ""}

    first = client.post(f"/candidates/{candidate.pk}/roles/", values)
    again = client.post(f"/candidates/{candidate.pk}/roles/", values)

    assert (first.status_code, again.status_code) == (302, 422)
    assert "already in the pipeline" in again.content.decode()
    assert candidate.applications.get().source_detail == "North"
