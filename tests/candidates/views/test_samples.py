"""Calibration as pages: what is sealed before one's own levels are in, and what opens then."""

import pytest
from django.urls import reverse

from candidates.models import SampleRating
from rubrics.models import CalibrationSample, RubricVersion
from screening.accounts.models import User
from tests.asking import as_, statements
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.rubrics import draft_version
from tests.factories.samples import add_samples, rated, sampled_version, samples_of

pytestmark = pytest.mark.django_db
LIST, LEANS = "candidates:samples", "candidates:leans"


@pytest.fixture
def version() -> RubricVersion:
    return sampled_version(references=(2, 4, 3, 3))


@pytest.fixture
def sample(version: RubricVersion) -> CalibrationSample:
    return samples_of(version)[0]


def address(sample: CalibrationSample) -> str:
    return reverse("candidates:sample", args=[sample.pk])


def levels(sample: CalibrationSample, level: int | str) -> dict[str, str]:
    return {f"level-{dimension.pk}": str(level) for dimension in sample.question.dimensions.all()}


def test_the_reference_and_the_others_open_with_ones_own_levels(sample: CalibrationSample) -> None:
    for _ in range(2):
        rated(sample, HiringManagerFactory(name="Canary Colleague"), 5)
    browser = as_(HiringManagerFactory())
    before = browser.get(address(sample)).text
    assert sample.answer in before
    assert "It shows 2." not in before
    assert "of the others gave" not in before
    answer = browser.post(address(sample), levels(sample, 3))
    assert (answer.status_code, answer["Location"]) == (302, address(sample))
    after = browser.get(address(sample)).text
    assert "you gave 3, the reference is 2, 2 of the others gave 5" in after
    assert "It shows 2." in after
    assert "1 level above" in after
    assert "Canary Colleague" not in after, "what others gave is shown, not who"


def test_an_unfinished_score_is_refused_and_kept(sample: CalibrationSample) -> None:
    by = HiringManagerFactory()
    for data in ({}, levels(sample, "na"), levels(sample, 9)):
        answer = as_(by).post(address(sample), data)
        assert answer.status_code == 422
        assert "Production ownership: choose a level" in answer.text
    assert not SampleRating.objects.exists()


def test_submitting_again_changes_nothing(sample: CalibrationSample) -> None:
    by = HiringManagerFactory()
    browser = as_(by)
    browser.post(address(sample), levels(sample, 3))
    answer = browser.post(address(sample), levels(sample, 5), follow=True)
    assert "scored this sample already" in answer.text
    assert SampleRating.objects.get(rater=by).level == 3


def test_clients_have_no_calibration_and_drafts_no_page(sample: CalibrationSample) -> None:
    client = as_(ReviewerFactory())
    for url in (reverse(LIST), reverse(LEANS), address(sample)):
        assert client.get(url).status_code == 404
    assert client.post(address(sample), levels(sample, 3)).status_code == 404
    [drafted] = add_samples(draft_version(), (2,))
    assert as_(RecruiterFactory()).get(address(drafted)).status_code == 404


def test_the_list_says_what_is_done_and_how_one_leans(version: RubricVersion) -> None:
    by = HiringManagerFactory()
    browser = as_(by)
    assert "0 of 4" in browser.get(reverse(LIST)).text
    for sample, level in zip(samples_of(version), (3, 5, 4), strict=False):
        rated(sample, by, level)
    page = browser.get(reverse(LIST)).text
    assert "3 of 4" in page
    assert "You tend to give higher levels than the reference" in page


def test_the_order_is_ones_own_and_stays(version: RubricVersion) -> None:
    by = [as_(HiringManagerFactory()) for _ in range(12)]
    orders = [tuple(row.sample.pk for row in browser.get(reverse(LIST)).context["groups"][0].rows) for browser in by]
    again = [tuple(row.sample.pk for row in browser.get(reverse(LIST)).context["groups"][0].rows) for browser in by]
    assert orders == again
    assert len(set(orders)) > 1


def test_leans_are_for_those_who_plan_panels(version: RubricVersion) -> None:
    lenient: User = HiringManagerFactory(name="Lena Ient")
    few: User = HiringManagerFactory(name="Fred Few")
    for sample, level in zip(samples_of(version), (3, 5, 4, 4), strict=True):
        rated(sample, lenient, level)
    rated(samples_of(version)[0], few, 1)
    for reader in (RecruiterFactory(), AdministratorFactory()):
        page = as_(reader).get(reverse(LEANS)).text
        assert "lenient by 1.0" in page
        assert "too few samples to tell" in page
    assert as_(lenient).get(reverse(LEANS)).status_code == 404


def test_the_pages_cost_the_same_for_many(version: RubricVersion, sample: CalibrationSample) -> None:
    by, staff = HiringManagerFactory(), as_(RecruiterFactory())
    rated(sample, by, 3)
    browser = as_(by)
    asks = [
        lambda: browser.get(reverse(LIST)),
        lambda: browser.get(address(sample)),
        lambda: staff.get(reverse(LEANS)),
    ]
    few = [statements(ask) for ask in asks]
    for _ in range(5):
        other = HiringManagerFactory()
        for one in samples_of(version):
            rated(one, other, 4)
    assert [statements(ask) for ask in asks] == few
    assert max(few) <= 12
    third = samples_of(version)[2]
    assert statements(lambda: browser.post(address(third), levels(third, 3))) <= 15
