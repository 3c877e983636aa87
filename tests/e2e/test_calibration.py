"""Scoring a sample by keyboard, as a real scorecard is; then oneself beside the reference and the others."""

from collections import Counter

from playwright.sync_api import Page, expect

from candidates.models import SampleRating
from tests.e2e.conftest import SignIn
from tests.factories.accounts import HiringManagerFactory
from tests.factories.samples import rated, sampled_version, samples_of


def test_a_sample_is_scored_by_keyboard_alone(quiet: list[str], page: Page, site: str, sign_in: SignIn) -> None:
    mara = HiringManagerFactory(name="Mara Schulze", time_zone="Europe/Berlin")
    version = sampled_version(references=(2, 3, 4))
    samples = samples_of(version)
    for level in (2, 3, 3):
        rated(samples[0], HiringManagerFactory(), level)
    for sample in samples[1:]:
        rated(sample, mara, 5)
    sign_in(mara)
    page.goto(f"{site}/calibration/")
    page.get_by_role("link", name=samples[0].title).press("Enter")
    expect(page.get_by_text("It is final")).to_be_visible()
    expect(page.get_by_text("It shows 2.")).to_have_count(0)
    page.wait_for_load_state()  # a key pressed before the scripts are there does nothing
    for key in ("j", "4", "3", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("3 other")).to_be_visible()
    expect(page.get_by_role("img", name="you gave 3, the reference is 2")).to_be_visible()
    expect(page.get_by_text("It shows 2.")).to_be_visible()
    expect(page.get_by_text("You tend to give higher levels than the reference")).to_be_visible()
    assert Counter(SampleRating.objects.filter(rater=mara).values_list("level", flat=True)) == {5: 2, 3: 1}
