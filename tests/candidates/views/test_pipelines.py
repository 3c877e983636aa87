"""What a pipeline's page offers beside moving cards: what others moved, more filters, columns, order."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from candidates.models import Application, Score
from candidates.services.applications import move_application
from rubrics.enums import Duty, StageKind
from rubrics.models import Role, RoleMember
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.asking import as_
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
)
from tests.factories.rubrics import RoleFactory
from tests.test_visibility import _run

pytestmark = pytest.mark.django_db
PIPELINE = "/roles/claims/pipeline/"


@pytest.fixture
def role() -> Role:
    return RoleFactory(slug="claims")


@pytest.fixture
def recruiter() -> User:
    return RecruiterFactory()


def scored(application: Application, score: float, *, rankable: bool = True) -> Application:
    Score.objects.create(
        application=application, role=application.role, run=_run(), subject=0, score=score, sd=1, lower=2, upper=4,
        raw_mean=3, n_raters=2, completeness=1, rankable=rankable, component=0, computed_at=NOW,
    )  # fmt: skip
    return application


def move(application: Application, kind: StageKind, *, by: User | None = None, ago: int = 0) -> None:
    stage = application.role.stages.get(kind=kind)
    now = timezone.now() - timedelta(seconds=ago)
    move_application(application=application, to=stage, by=by or RecruiterFactory(), now=now)


def since(client: Client) -> str:
    found = re.search(r'data-since="([^"]+)"', client.get(PIPELINE).content.decode())
    assert found is not None
    return found[1]


def changes(client: Client, known: str, query: str = "") -> tuple[int, list[int], list[int], str]:
    """Status, ids of the cards to show, ids of those to take away, and what the board knows from then on."""
    answer = client.get(f"{PIPELINE}changes/?since={known}&{query}")
    text = answer.content.decode()
    cards = [int(pk) for pk in re.findall(r'data-card="(\d+)"', text)]
    gone = [int(pk) for pk in re.findall(r'data-gone="(\d+)"', text)]
    return answer.status_code, cards, gone, "".join(re.findall(r'data-since="([^"]+)"', text)) or known


def names(client: Client, query: str) -> set[str]:
    text = client.get(f"{PIPELINE}?view=table&{query}").content.decode()
    return set(re.findall(r'class="people-name"><a[^>]*>([^<]+)<', text))


def test_a_board_learns_what_others_move_once(role: Role, recruiter: User) -> None:
    application = ApplicationFactory(role=role, kind=StageKind.SOURCED)
    ApplicationFactory(role=role, kind=StageKind.SOURCED)
    client = as_(recruiter)
    known = since(client)
    assert changes(client, known) == (204, [], [], known)

    move(application, StageKind.CONTACTED)
    status, cards, gone, newer = changes(client, known)
    contacted = role.stages.get(kind=StageKind.CONTACTED)
    page = client.get(f"{PIPELINE}changes/?since={known}").content.decode()

    assert (status, cards, gone) == (200, [application.pk], [])
    assert f'<i data-count="{contacted.pk}">1</i>' in page
    assert f'data-seen="{contacted.pk}"' in page
    assert changes(client, newer)[0] == 204


def test_a_move_that_was_committed_late_is_not_missed(role: Role, recruiter: User) -> None:
    first, late = ApplicationFactory.create_batch(2, role=role, kind=StageKind.SOURCED)
    client = as_(recruiter)
    known = since(client)
    move(first, StageKind.CONTACTED)
    *_, known = changes(client, known)

    move(late, StageKind.CONTACTED, ago=5)

    assert changes(client, known)[:2] == (200, [late.pk, first.pk])


def test_a_card_that_the_filter_no_longer_finds_goes(role: Role, recruiter: User) -> None:
    nok = ApplicationFactory(role=role, kind=StageKind.SOURCED, candidate__name="Nok")
    suda = ApplicationFactory(role=role, kind=StageKind.SOURCED, candidate__name="Suda")
    client = as_(recruiter)
    known = since(client)
    for one in (nok, suda):
        move(one, StageKind.CONTACTED)

    assert changes(client, known, "q=nok")[1:3] == ([nok.pk], [suda.pk])
    assert changes(client, known, "waiting=3")[1:3] == ([], [suda.pk, nok.pk])


def test_whoever_owes_a_scorecard_learns_that_a_card_went_and_nothing_more(role: Role) -> None:
    member = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=member, duty=Duty.INTERVIEWER)
    application = ApplicationFactory(role=role, kind=StageKind.SCORED)
    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=member)
    mine = ApplicationFactory(role=role, candidate=CandidateFactory(user=member))
    client = as_(member)
    known = since(client)

    Application.objects.filter(pk=application.pk).update(
        stage=role.stages.get(kind=StageKind.SHORTLISTED), stage_since=timezone.now()
    )
    move(mine, StageKind.CONTACTED)
    status, cards, gone, known = changes(client, known)
    assert (status, cards, gone) == (200, [], [application.pk])

    Application.objects.filter(pk=application.pk).update(
        stage=role.stages.get(kind=StageKind.WITH_CLIENT), stage_since=timezone.now()
    )
    assert changes(client, known)[0] == 204


def test_a_garbled_address_asks_from_now_on(role: Role, recruiter: User) -> None:
    ApplicationFactory(role=role)
    for known in ("", "x", "-5", "99999999999999999", "1.2.3%00"):
        assert as_(recruiter).get(f"{PIPELINE}changes/?since={known}").status_code in {200, 204}
    assert as_(HiringManagerFactory()).get(f"{PIPELINE}changes/").status_code == 404


def test_asking_what_changed_is_cheap(
    role: Role, recruiter: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    applications = ApplicationFactory.create_batch(20, role=role, kind=StageKind.SOURCED)
    client = as_(recruiter)
    known = since(client)
    with django_assert_max_num_queries(5):  # session, reader, role, seal, what moved
        assert changes(client, known)[0] == 204
    for one in applications:
        move(one, StageKind.CONTACTED)
    with django_assert_max_num_queries(12):
        assert len(changes(client, known)[1]) == 20


@pytest.mark.parametrize("kind", [StageKind.CONTACTED, StageKind.SCORED, StageKind.REJECTED, StageKind.WITHDRAWN])
def test_a_move_by_hand_tells_nobody_outside(role: Role, recruiter: User, kind: StageKind) -> None:
    """So that to undo it takes all of it back; what is sent for a move one day has to wait until it can't be undone."""
    application = ApplicationFactory(role=role, kind=StageKind.SCREENING)
    to = role.stages.get(kind=kind)

    move_application(application=application, to=to, by=recruiter, now=timezone.now(), reason="No overlap in hours")

    assert not Delivery.objects.exists()


def test_people_are_found_by_what_their_card_warns_of(role: Role, recruiter: User) -> None:
    late = ApplicationFactory(role=role, candidate__name="Late")
    ScorecardFactory(interview=InterviewFactory(application=late), due_at=NOW)
    ApplicationFactory(role=role, candidate=CandidateFactory(name="Silent", consented=False), kind=StageKind.SCREENING)
    ApplicationFactory(role=role, candidate=CandidateFactory(name="Fresh", consented=False), kind=StageKind.SOURCED)
    ShortlistEntryFactory(
        shortlist=PresentedShortlistFactory(role=role),
        application=ApplicationFactory(role=role, kind=StageKind.WITH_CLIENT, candidate__name="Unread"),
    )
    client = as_(recruiter)

    found = {warned: names(client, f"warned={warned}") for warned in ("overdue", "consent", "unread")}

    assert found == {"overdue": {"Late"}, "consent": {"Silent"}, "unread": {"Unread"}}
    assert len(names(client, "warned=nonsense")) == 4


def test_people_are_found_by_their_score(role: Role, recruiter: User) -> None:
    for name, score in (("Two", 2.0), ("Almost three", 2.99), ("Five", 5.0)):
        scored(ApplicationFactory(role=role, candidate__name=name), score)
    scored(ApplicationFactory(role=role, candidate__name="Thin"), 4, rankable=False)
    client = as_(recruiter)

    assert names(client, "score=2") == {"Two", "Almost three"}
    assert names(client, "score=5") == {"Five"}
    assert names(client, "score=none") == {"Thin"}
    assert "4 to 5" in client.get(PIPELINE).content.decode()


@pytest.mark.parametrize("query", ["score=4", "score=none", "warned=overdue", "warned=consent"])
def test_no_filter_tells_of_a_card_that_is_sealed(role: Role, query: str) -> None:
    member = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=member, duty=Duty.INTERVIEWER)
    for kind, score in ((StageKind.SCORED, 4.5), (StageKind.INTERVIEWING, None)):
        candidate = CandidateFactory(consented=False)
        sealed = ApplicationFactory(role=role, kind=kind, candidate=candidate, candidate__name="Sealed")
        ScorecardFactory(interview=InterviewFactory(application=sealed), interviewer=member, due_at=NOW)
        if score:
            scored(sealed, score)

    assert names(as_(member), query) == set()
    assert names(as_(RecruiterFactory()), query) != set()


def test_columns_are_chosen_and_stay_in_the_address(role: Role, recruiter: User) -> None:
    scored(ApplicationFactory(role=role, candidate__name="Nok", source_detail="Friend"), 3.27)
    client = as_(recruiter)

    usual = client.get(f"{PIPELINE}?view=table").content.decode()
    chosen = client.get(f"{PIPELINE}?view=table&columns=score&columns=added&columns=nonsense").content.decode()
    joined = client.get(f"{PIPELINE}?view=table&columns=score,added").content.decode()

    assert "Friend" in usual
    for page in (chosen, joined):
        assert "Friend" not in page
        assert "3.3" in page
    assert '<input type="hidden" name="columns" value="score,added">' in joined
    assert usual.count("Added") == 1, "a column that is offered has its name once"


def test_a_sealed_row_shows_no_score_and_outsiders_no_tags(role: Role) -> None:
    member = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=member, duty=Duty.INTERVIEWER)
    sealed = scored(ApplicationFactory(role=role, kind=StageKind.INTERVIEWING, candidate__name="Nok"), 4.27)
    ScorecardFactory(interview=InterviewFactory(application=sealed), interviewer=member)

    page = as_(member).get(f"{PIPELINE}?view=table&columns=score,tags").content.decode()

    assert "Nok</a>" in page
    assert "4.3" not in page
    assert ">Tags<" not in page


@pytest.mark.parametrize("sort", ["newest", "oldest", "moved", "waiting", "nonsense"])
def test_every_order_has_pages_that_hold_everybody_once(role: Role, recruiter: User, sort: str) -> None:
    for number in range(103):
        ApplicationFactory(
            role=role,
            kind=StageKind.SOURCED,
            candidate=CandidateFactory(consented=False, name=f"P{number}"),
            stage_since=NOW - timedelta(hours=number * 7 % 103),
            created_at=NOW - timedelta(hours=number),
        )
    client = as_(recruiter)
    pages: list[list[str]] = []
    query = ""
    for _ in range(3):
        answer: Any = client.get(f"{PIPELINE}?view=table&sort={sort}{query}").context["page"]
        pages.append([row.card.name for row in answer.rows])
        query = f"&page={answer.next}"
    back = client.get(f"{PIPELINE}?view=table&sort={sort}&page={answer.previous}").context["page"]

    shown = [name for page in pages for name in page]
    places = {"newest": 0, "oldest": 102, "nonsense": 0}
    assert len(set(shown)) == len(shown) == 103
    assert [len(page) for page in pages] == [50, 50, 3]
    assert [row.card.name for row in back.rows] == pages[1]
    if sort in places:
        assert shown[0] == f"P{places[sort]}"
    else:
        days = [int(name[1:]) * 7 % 103 for name in shown]
        assert days == sorted(days, reverse=sort == "waiting")
