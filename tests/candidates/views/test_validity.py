"""Validity: planted correlations come out, on the page too, and below ten engagements nothing is said."""

from functools import partial

import numpy as np
import pytest
from django.urls import reverse

from candidates.models import OpinionSeen
from candidates.queries.validity import validity_of
from candidates.queries.validity_input import Scope
from rubrics.models import Role
from screening.accounts.models import User
from tests.asking import as_, statements
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import ScorecardFactory, submitted_scorecard
from tests.factories.engagements import a_run, applied, at_work
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
URL = "/insights/validity/"
SCORES = np.array([3.1, 3.3, 3.5, 3.5, 3.7, 3.9, 4.0, 4.2, 4.4, 4.6, 4.8, 4.9])
TELLING = (2, 3, 2, 3, 3, 4, 3, 4, 4, 5, 4, 5)
MISLEADING = tuple(reversed(TELLING))
CHANCE = (3, 4, 3, 2, 5, 3, 4, 2, 3, 4, 3, 3)


@pytest.fixture
def role() -> Role:
    return RoleFactory()


@pytest.fixture
def recruiter() -> User:
    return RecruiterFactory()


def plant(role: Role, levels: tuple[int, ...], *, rejected: tuple[float, ...] = (1.4, 1.8, 2.2, 2.6, 2.9)) -> None:
    run = a_run()
    for score, level in zip(SCORES, levels, strict=False):
        at_work(role, float(score), run, level=level)
    for score in rejected:
        applied(role, score, run)


def test_a_planted_correlation_comes_out_with_both_figures(role: Role, recruiter: User) -> None:
    plant(role, TELLING)
    expected = np.corrcoef(SCORES, TELLING)[0, 1]
    everybody = np.std([*SCORES, 1.4, 1.8, 2.2, 2.6, 2.9], ddof=1)
    ratio = everybody / np.std(SCORES, ddof=1)
    version = role.rubric_version
    assert version

    found = validity_of(recruiter, Scope(role=role.slug), 90, version)

    assert found.whole.found is not None
    assert found.whole.found.pearson == pytest.approx(expected)
    assert found.whole.spread == pytest.approx(everybody)
    assert found.whole.found.corrected == pytest.approx(expected * ratio / np.sqrt(1 + expected**2 * (ratio**2 - 1)))
    assert [(one.n, one.words) for one in found.dimensions] == [(12, "predicts")] * version.dimensions.count()
    assert found.advice == ["Go on as you do: who scored higher did better on day 90."]
    words = as_(recruiter).get(f"{URL}?of=role:{role.slug}").content.decode()
    assert f"{expected:.2f}" in words
    assert f"{found.whole.found.corrected:.2f}" in words
    assert f"{everybody:.2f} levels" in words
    assert words.count("<circle") == words.count('scope="row" class="fw-normal"') == 12


@pytest.mark.parametrize(
    ("levels", "advice"),
    [
        (MISLEADING, "Stop relying on the score"),
        (CHANCE, "The interval holds zero"),
        ((3,) * 12, "All scores or all reviews are the same"),
    ],
)
def test_the_page_says_what_to_do_about_it(role: Role, recruiter: User, levels: tuple[int, ...], advice: str) -> None:
    plant(role, levels)
    assert advice in as_(recruiter).get(URL).content.decode()


def test_below_ten_nothing_is_said(role: Role, recruiter: User) -> None:
    plant(role, TELLING[:9])
    for address in (URL, f"{URL}?view=interviewers", f"{URL}?of=role:{role.slug}&view=questions"):
        words = as_(recruiter).get(address).content.decode()
        assert "Not enough engagements yet" in words
        assert "9 of 10" in words
        assert "Pearson" not in words
        assert "<circle" not in words
    assert not OpinionSeen.objects.exists()

    at_work(role, 4.6, a_run(), level=5)
    assert "Pearson" in as_(recruiter).get(URL).content.decode()
    assert OpinionSeen.objects.filter(user=recruiter).count() == 10
    assert "Not enough engagements yet" in as_(recruiter).get(f"{URL}?day=180").content.decode()


def test_a_scope_counts_its_own(role: Role, recruiter: User) -> None:
    plant(role, TELLING)
    other: Role = RoleFactory()
    at_work(other, 4.0, a_run(), level=1)
    assert role.rubric_version
    assert other.rubric_version

    def n(scope: Scope) -> int:
        return validity_of(recruiter, scope, 90, None).whole.n

    assert n(Scope()) == 13
    assert n(Scope(pool_key=role.rubric_version.pool_key)) == n(Scope(role=role.slug)) == 12
    assert n(Scope(role=other.slug)) == 1
    assert as_(recruiter).get(f"{URL}?of=role:{other.slug}").status_code == 200
    assert as_(recruiter).get(f"{URL}?of=role:nobody").status_code == 422
    assert as_(recruiter).get(f"{URL}?day=7").status_code == 422


def test_interviewers_and_questions_stand_alone(role: Role, recruiter: User) -> None:
    """One met everybody hired and saw what came; another met three of them, and nothing is said of that."""
    plant(role, ())
    run, sees, few = a_run(), HiringManagerFactory(name="Ada Sees"), HiringManagerFactory(name="Bo Few")
    for place, (score, level) in enumerate(zip(SCORES, TELLING, strict=True)):
        application = at_work(role, float(score), run, level=level).application
        submitted_scorecard(application, [level] * 3, by=sees)
        if place < 3:
            submitted_scorecard(application, [level] * 3, by=few)
    words = as_(recruiter).get(f"{URL}?view=interviewers").content.decode()

    first, second = words.index("Ada Sees"), words.index("Bo Few")
    assert "1.00" in words[first:second]
    assert "not enough engagements yet" in words[second:]
    asked = as_(recruiter).get(f"{URL}?of=role:{role.slug}&view=questions").content.decode()
    assert "not enough engagements yet" in asked
    assert "Choose one rubric" in as_(recruiter).get(f"{URL}?view=questions").content.decode()


def test_only_the_firm_reads_it_and_never_of_somebody_they_still_rate(role: Role, recruiter: User) -> None:
    plant(role, TELLING)
    member = HiringManagerFactory()
    role.team.create(user=member)
    for user in (member, ReviewerFactory(client=role.client)):
        assert as_(user).get(URL).status_code == 404
    assert as_(AdministratorFactory()).get(URL).status_code == 200

    engagement = at_work(role, 4.1, a_run(), level=2)
    ScorecardFactory(interview__application=engagement.application, interviewer=recruiter)
    assert validity_of(recruiter, Scope(), 90, None).whole.n == 12
    assert engagement.application.candidate.name not in as_(recruiter).get(URL).content.decode()


def test_the_page_costs_the_same_for_twelve_and_for_thirty(role: Role, recruiter: User) -> None:
    client = as_(recruiter)
    addresses = [URL, *(f"{URL}?of=role:{role.slug}&view={part}" for part in ("", "interviewers", "questions"))]
    counts = []
    for _ in range(2):
        plant(role, TELLING)
        client.get(URL)
        counts.append([statements(partial(client.get, address)) for address in addresses])

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
    assert reverse("candidates:validity") == URL
