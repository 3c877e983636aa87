"""The comparison and how a number was computed, as each reader may see them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidates.models import Application, Candidate, OpinionSeen, Score, ScoringRun
from candidates.queries.scores import compare_role
from rubrics.enums import NameForm, StageKind
from rubrics.models import Role, RoleMember
from rubrics.services.pools import request_scoring
from screening.accounts.models import User
from tests.asking import as_, instances, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import InterviewFactory, ScorecardFactory
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import scored

pytestmark = pytest.mark.django_db
LEVELS = ([5, 5, 4], [4, 4, 4], [3, 3, 3], [1, 4, 4])


@pytest.fixture
def role() -> Role:
    return RoleFactory(name_form=NameForm.INITIALS)


@pytest.fixture
def people(role: Role) -> list[Application]:
    return scored(role, 4, levels=LEVELS)


@pytest.fixture
def member(role: Role) -> User:
    user: User = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=user)
    return user


def comparison(role: Role) -> str:
    return reverse("candidates:comparison", args=[role.slug])


def test_everybody_stands_in_order_and_those_below_a_floor_apart(role: Role, people: list[Application]) -> None:
    compared = compare_role(role=role, user=RecruiterFactory(), ended=False)
    assert [row.score.application_id for row in compared.groups[0].rows] == [person.pk for person in people[:3]]
    assert [row.score.application_id for row in compared.below_floor] == [people[3].pk]
    assert compared.ranks_open
    page = as_(RecruiterFactory()).get(comparison(role)).content.decode()
    places = [page.index(person.candidate.name) for person in people]
    assert places == sorted(places)
    assert "rank 1" in page


def test_a_member_reads_names_in_the_form_the_role_chose(role: Role, people: list[Application], member: User) -> None:
    page = as_(member).get(comparison(role)).content.decode()
    assert people[0].candidate.initials in page
    assert not [person for person in people if person.candidate.name in page]


def test_whoever_owes_a_scorecard_finds_neither_that_person_nor_any_rank(
    role: Role, people: list[Application], member: User
) -> None:
    Candidate.objects.filter(pk=people[1].candidate_id).update(name="Hidden Person")
    ScorecardFactory(interview=InterviewFactory(application=people[1]), interviewer=member)
    compared = compare_role(role=role, user=member, ended=False)
    assert people[1].pk not in compared.applications
    assert len(compared.applications) == 3
    assert not compared.ranks_open
    assert not [row for row in compared.rows if row.tied]
    page = as_(member).get(comparison(role)).content.decode()
    assert "H. P." not in page
    assert "rank 1" not in page
    assert "the best" not in page
    assert as_(member).get(reverse("candidates:score", args=[people[1].pk])).status_code == 404
    assert as_(member).get(reverse("candidates:score", args=[people[0].pk])).status_code == 200


def test_nobody_finds_themselves(role: Role, people: list[Application]) -> None:
    user = RecruiterFactory()
    Candidate.objects.filter(pk=people[0].candidate_id).update(user=user)
    compared = compare_role(role=role, user=user, ended=False)
    assert people[0].pk not in compared.applications
    assert not compared.ranks_open, "a gap in the ranks would tell their own"
    assert as_(user).get(reverse("candidates:score", args=[people[0].pk])).status_code == 404


def test_who_has_left_stands_only_where_asked(role: Role, people: list[Application]) -> None:
    Application.objects.filter(pk=people[0].pk).update(stage=role.stages.get(kind=StageKind.REJECTED))
    user = RecruiterFactory()
    assert people[0].pk not in compare_role(role=role, user=user, ended=False).applications
    assert people[0].pk in compare_role(role=role, user=user, ended=True).applications
    assert people[0].candidate.name in as_(user).get(f"{comparison(role)}?ended").content.decode()


def test_too_little_evidence_is_a_state_of_its_own(role: Role, people: list[Application]) -> None:
    Score.objects.filter(pk=people[2].pk).update(
        rankable=False, reasons=[{"code": "raters", "text": "one interviewer of two"}]
    )
    compared = compare_role(role=role, user=RecruiterFactory(), ended=False)
    assert [row.score.application_id for row in compared.without_evidence] == [people[2].pk]
    assert "one interviewer of two" in as_(RecruiterFactory()).get(comparison(role)).content.decode()


def test_outsiders_and_clients_find_no_comparison(role: Role, people: list[Application]) -> None:
    for user in (HiringManagerFactory(), ReviewerFactory(client=role.client), ReviewerFactory()):
        assert as_(user).get(comparison(role)).status_code == 404
        assert as_(user).get(reverse("candidates:score", args=[people[0].pk])).status_code == 404


def test_looking_is_remembered(role: Role, people: list[Application], member: User) -> None:
    as_(member).get(comparison(role))
    assert set(OpinionSeen.objects.filter(user=member).values_list("application", flat=True)) == {
        person.pk for person in people
    }
    other = RecruiterFactory()
    as_(other).get(reverse("candidates:score", args=[people[0].pk]))
    assert OpinionSeen.objects.get(user=other).application_id == people[0].pk


def test_a_number_is_taken_apart_into_those_who_gave_it(role: Role, people: list[Application]) -> None:
    page = as_(RecruiterFactory()).get(reverse("candidates:score", args=[people[0].pk])).content.decode()
    cards = people[0].interviews.values_list("scorecards__interviewer__name", flat=True)
    assert all(name in page for name in cards)
    score = Score.objects.get(pk=people[0].pk)
    for figure in (score.score, score.lower, score.upper, score.raw_mean):
        assert f"{figure:.2f}" in page
    assert "In figures" in page


def test_a_number_taken_apart_once_is_read_again_without_what_went_into_its_run(
    role: Role, people: list[Application]
) -> None:
    browser = as_(RecruiterFactory())
    texts: dict[int, list[str]] = {}
    loaded = []
    for _ in range(2):
        for one in people[:2]:
            with CaptureQueriesContext(connection) as asked:
                page = browser.get(reverse("candidates:score", args=[one.pk])).content.decode()
            loaded.append(any('"candidates_scoringrun"."input"' in query["sql"] for query in asked))
            texts.setdefault(one.pk, []).append(page[page.index("Two interviewers each") : page.index("In figures")])
    assert loaded == [True, True, False, False]
    assert all(first == again for first, again in texts.values())
    assert texts[people[0].pk] != texts[people[1].pk]


def test_every_number_of_the_comparison_opens_how_it_was_computed(role: Role, people: list[Application]) -> None:
    browser = as_(RecruiterFactory())
    compared = browser.get(comparison(role)).content.decode()
    address = reverse("candidates:score", args=[people[0].pk])
    opened = {part.split('"')[0] for part in compared.split(f'href="{address}')[1:]}
    keys = {item["key"] for item in Score.objects.get(pk=people[0].pk).dimensions}
    assert opened == {"", "#place", *(f"#{key}" for key in keys)}
    page = browser.get(address).content.decode()
    assert all(f'id="{place.removeprefix("#")}"' in page for place in opened if place)
    score = Score.objects.get(pk=people[0].pk)
    assert f"from {score.rank_lower} to {score.rank_upper}" in page or "exactly that" in page
    assert "Two interviewers each gave levels" in page, "words that a candidate can be given"


def test_a_rank_is_not_told_where_somebody_of_the_role_is_hidden(
    role: Role, people: list[Application], member: User
) -> None:
    ScorecardFactory(interview=InterviewFactory(application=people[1]), interviewer=member)
    page = as_(member).get(reverse("candidates:score", args=[people[0].pk])).content.decode()
    assert "Not shown while somebody of this role is hidden from you" in page
    assert "of those draws" not in page


def test_a_run_that_was_let_go_shows_its_figures_without_the_details(role: Role, people: list[Application]) -> None:
    ScoringRun.objects.update(input=None)
    answer = as_(RecruiterFactory()).get(reverse("candidates:score", args=[people[0].pk]))
    assert answer.status_code == 200
    assert "In figures" not in answer.content.decode()
    assert f"{Score.objects.get(pk=people[0].pk).score:.2f}" in answer.content.decode()


def test_a_role_without_scores_or_version_says_so() -> None:
    user = RecruiterFactory()
    assert "Nobody is scored yet" in as_(user).get(comparison(RoleFactory())).content.decode()
    assert as_(user).get(comparison(RoleFactory(rubric_version=None))).status_code == 200


def test_what_is_being_computed_is_announced(role: Role, people: list[Application]) -> None:
    user = RecruiterFactory()
    assert not compare_role(role=role, user=user, ended=False).computing
    assert role.rubric_version
    request_scoring(pool_key=role.rubric_version.pool_key)
    assert compare_role(role=role, user=user, ended=False).computing
    assert "New scorecards are being computed" in as_(user).get(comparison(role)).content.decode()


def test_the_comparison_costs_the_same_for_many(role: Role, people: list[Application]) -> None:
    small = RoleFactory()
    scored(small, 2)
    user = RecruiterFactory()
    few, many = as_(user), as_(user)
    for caller, one in ((few, small), (many, role)):
        caller.get(comparison(one))
    assert statements(lambda: few.get(comparison(small))) == statements(lambda: many.get(comparison(role))) <= 12
    assert instances(lambda: many.get(comparison(role))) <= 5 * len(people) + 50
