from math import atanh, isnan, nan, sqrt, tanh

import numpy as np
import pytest
from scipy.stats import pearsonr, rankdata, spearmanr

from candidates.scoring import predictive_validity

GENERATOR = np.random.default_rng(4)
SCREENING = GENERATOR.normal(3, 0.5, 25)
OUTCOME = SCREENING + GENERATOR.normal(0, 0.6, 25)


def test_too_few_engagements_give_no_number() -> None:
    assert predictive_validity(SCREENING[:9], OUTCOME[:9]) is None
    assert predictive_validity(SCREENING[:10], [*OUTCOME[:9], nan]) is None
    assert predictive_validity(SCREENING[:10], OUTCOME[:10]) is not None


def test_correlations_with_intervals() -> None:
    found = predictive_validity(SCREENING, OUTCOME)

    assert found is not None
    assert found.n == 25
    exact = pearsonr(SCREENING, OUTCOME)
    assert found.pearson == pytest.approx(exact.statistic)
    interval = exact.confidence_interval(0.9)
    assert found.pearson_interval == pytest.approx((interval.low, interval.high), abs=1e-4)
    by_rank = np.corrcoef(rankdata(SCREENING), rankdata(OUTCOME))[0, 1]
    assert found.spearman == pytest.approx(by_rank)
    half = 1.6449 * sqrt((1 + by_rank**2 / 2) / 22)
    assert found.spearman_interval == pytest.approx((tanh(atanh(by_rank) - half), tanh(atanh(by_rank) + half)))
    assert isnan(found.corrected)


def test_equals_share_their_ranks() -> None:
    screening, outcome = np.round(SCREENING), np.round(OUTCOME)
    assert len(np.unique(screening)) < 6

    found = predictive_validity(screening, outcome)

    assert found is not None
    assert found.spearman == pytest.approx(spearmanr(screening, outcome).statistic)


def test_range_restriction_is_undone() -> None:
    """Thorndike case II on a population of which only the upper part was hired."""
    generator = np.random.default_rng(1)
    screening = generator.normal(size=200_000)
    outcome = 0.5 * screening + sqrt(0.75) * generator.normal(size=200_000)
    hired = screening > 0.8

    found = predictive_validity(screening[hired], outcome[hired], sd_applicants=1.0)

    assert found is not None
    assert found.pearson < 0.3
    assert found.corrected == pytest.approx(0.5, abs=0.02)
    assert found.corrected_interval[0] < found.corrected < found.corrected_interval[1]


def test_without_restriction_the_correction_changes_nothing() -> None:
    found = predictive_validity(SCREENING, OUTCOME, sd_applicants=float(SCREENING.std(ddof=1)))

    assert found is not None
    assert found.corrected == pytest.approx(found.pearson)


def test_a_constant_has_no_correlation() -> None:
    found = predictive_validity([3.0] * 12, OUTCOME[:12])

    assert found is not None
    assert isnan(found.pearson)
    assert isnan(found.spearman_interval[0])


def test_a_perfect_correlation_has_no_width() -> None:
    found = predictive_validity(range(12), range(0, 24, 2))

    assert found is not None
    assert found.spearman == pytest.approx(1)
    assert found.spearman_interval == pytest.approx((1, 1))


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match=r"screening has shape \(2,\) and outcome \(3,\)"):
        predictive_validity([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="sd_applicants is 0; a spread is above 0"):
        predictive_validity(SCREENING, OUTCOME, sd_applicants=0)


def test_an_infinite_score_is_named() -> None:
    with pytest.raises(ValueError, match="screening: row 2 is inf"):
        predictive_validity([1, 2, np.inf], [1, 2, 3])
    with pytest.raises(ValueError, match="outcome: row 0 is -inf"):
        predictive_validity([1, 2], [-np.inf, 2])
