import pytest
from scipy.stats import binomtest

from candidates.scoring.shares import wilson_interval


@pytest.mark.parametrize(("passed", "n"), [(0, 1), (1, 1), (0, 12), (3, 7), (12, 12), (50, 90), (1, 4000)])
def test_intervals_are_those_of_scipy(passed: int, n: int) -> None:
    found = binomtest(passed, n).proportion_ci(confidence_level=0.90, method="wilson")
    assert wilson_interval(passed, n) == pytest.approx((found.low, found.high), abs=1e-4)


@pytest.mark.parametrize(("passed", "n"), [(0, 0), (2, 1), (-1, 3)])
def test_what_is_no_share_is_refused(passed: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson_interval(passed, n)
