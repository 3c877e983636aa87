from math import isnan

import krippendorff
import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from candidates.scoring import (
    Variances,
    decision_study,
    halo,
    intraclass_correlations,
    krippendorff_alpha,
    score_panel,
    weighted_kappa,
)
from tests.candidates.scoring.sheets import FIVE, random_sheet

gap = np.nan
SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, gap, gap, gap],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, gap, 3],
        [gap, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, gap],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, gap],
    ]
)
COHEN = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
LEVELS = ["nominal", "ordinal", "interval", "ratio"]
seeds = st.integers(0, 2**32 - 1)


def test_shrout_and_fleiss_table_4() -> None:
    found = intraclass_correlations(SHROUT_FLEISS)

    assert (found.icc_1_1, found.icc_2_1, found.icc_3_1) == pytest.approx((0.17, 0.29, 0.71), abs=0.005)
    assert (found.icc_1_k, found.icc_2_k, found.icc_3_k) == pytest.approx((0.44, 0.62, 0.91), abs=0.005)


@pytest.mark.filterwarnings("ignore::Warning:pingouin")
@given(seed=seeds, n=st.integers(5, 12), k=st.integers(2, 5))
@settings(max_examples=5, deadline=None)
def test_intraclass_correlations_agree_with_pingouin(seed: int, n: int, k: int) -> None:
    generator = np.random.default_rng(seed)
    table = generator.normal(size=(n, 1)) + generator.normal(size=(1, k)) + generator.normal(size=(n, k))
    target, rater = np.indices(table.shape)
    frame = pd.DataFrame({"target": target.ravel(), "rater": rater.ravel(), "rating": table.ravel()})

    oracle = pingouin.intraclass_corr(frame, targets="target", raters="rater", ratings="rating")["ICC"]

    found = intraclass_correlations(table)
    mine = [found.icc_1_1, found.icc_2_1, found.icc_3_1, found.icc_1_k, found.icc_2_k, found.icc_3_k]
    assert mine == pytest.approx(oracle.to_numpy(), abs=1e-9)


def test_intraclass_correlations_of_nothing_varying_are_unknown() -> None:
    assert isnan(intraclass_correlations(np.full((3, 2), 4.0)).icc_2_1)


def test_intraclass_correlations_need_a_complete_table() -> None:
    with pytest.raises(ValueError, match=r"at least 2 targets and 2 raters are needed, got shape \(1, 4\)"):
        intraclass_correlations(SHROUT_FLEISS[:1])
    with pytest.raises(ValueError, match="got shape"):
        intraclass_correlations(np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="row 1, column 0 is nan"):
        intraclass_correlations(np.array([[1, 2], [gap, 4]]))


@pytest.mark.parametrize(("level", "published"), list(zip(LEVELS, [0.743, 0.815, 0.849, 0.797], strict=True)))
def test_krippendorffs_example_with_gaps(level: str, published: float) -> None:
    assert krippendorff_alpha(KRIPPENDORFF, level=level) == pytest.approx(published, abs=0.0005)


@given(seed=seeds, level=st.sampled_from(LEVELS))
@settings(max_examples=40, deadline=None)
def test_alpha_agrees_with_the_library(seed: int, level: str) -> None:
    generator = np.random.default_rng(seed)
    table = generator.integers(0, 5, size=(4, 9)).astype(float)
    table[generator.random(table.shape) < 0.3] = gap
    pairable = table[:, (~np.isnan(table)).sum(axis=0) > 1]
    assume(len(np.unique(pairable[~np.isnan(pairable)])) > 1)

    oracle = krippendorff.alpha(reliability_data=table, level_of_measurement=level)  # type: ignore[arg-type]  # one of LEVELS

    assert krippendorff_alpha(table, level=level) == pytest.approx(oracle, abs=1e-9)


@pytest.mark.parametrize("table", [[[1, gap], [gap, 2]], [[3, 3], [3, 3]], [[gap, gap], [gap, gap]]])
def test_alpha_of_nothing_comparable_is_unknown(table: list[list[float]]) -> None:
    assert isnan(krippendorff_alpha(np.array(table), level="interval"))


def test_alpha_refuses_what_it_cannot_read() -> None:
    with pytest.raises(ValueError, match="level 'cardinal' is unknown; choose from nominal, ordinal, interval, ratio"):
        krippendorff_alpha(KRIPPENDORFF, level="cardinal")
    with pytest.raises(ValueError, match="expected raters by units"):
        krippendorff_alpha(np.array([1.0, 2.0]), level="nominal")
    with pytest.raises(ValueError, match=r"row 0, column 1 is -1\.0; a ratio scale"):
        krippendorff_alpha(np.array([[1, -1], [1, 2]]), level="ratio")


def pairs(table: np.ndarray[tuple[int, int], np.dtype[np.int_]]) -> tuple[list[float], list[float]]:
    rows = [(float(i), float(j)) for (i, j), count in np.ndenumerate(table) for _ in range(count)]
    return [i for i, _ in rows], [j for _, j in rows]


def test_cohens_example_of_200_diagnoses() -> None:
    """Personality disorder, neurosis, psychosis, with disagreements 1, 3 and 6 as he weighed them."""
    first, second = pairs(COHEN)
    weights = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])

    assert weighted_kappa(first, second, weights=weights) == pytest.approx(0.348, abs=0.0005)
    assert weighted_kappa(first, second, weights=1.0 - np.eye(3)) == pytest.approx(0.492, abs=0.0005)


def test_kappa_worked_by_hand() -> None:
    # 1-1, 1-2, 2-3, 3-3: distances 0 1 1 0, Σ 2. Margins 2 1 1 and 1 1 2: Σ distance × row × column is
    # 1·2·1 + 2·2·2 for the first row, 1·1·1 + 1·1·2 for the second, 2·1·1 + 1·1·1 for the third: 16.
    one, two = [1, 1, 2, 3, gap], [1, 2, 3, 3, 3]

    assert weighted_kappa(one, two, weights="linear") == pytest.approx(1 - 4 * 2 / 16)
    # Squared: (1·2·1 + 4·2·2) + (1·1·1 + 1·1·2) + (4·1·1 + 1·1·1) = 26.
    assert weighted_kappa(one, two, weights="quadratic") == pytest.approx(1 - 4 * 2 / 26)


def test_kappa_matrix_follows_the_categories_given() -> None:
    first, second = pairs(COHEN)
    turned = [2, 0, 1]
    weights = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])

    plain = weighted_kappa(first, second, weights=weights)
    same = weighted_kappa(first, second, weights=weights[np.ix_(turned, turned)], categories=[2.0, 0.0, 1.0])
    wider = weighted_kappa(first, second, weights=np.pad(weights, (0, 1), constant_values=9), categories=[0, 1, 2, 7])

    assert same == pytest.approx(plain)
    assert wider == pytest.approx(plain)


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_quadratic_kappa_is_lins_concordance(seed: int) -> None:
    one, two = np.random.default_rng(seed).integers(1, 6, size=(2, 30)).astype(float)

    lin = 2 * np.cov(one, two, ddof=0)[0, 1] / (one.var() + two.var() + (one.mean() - two.mean()) ** 2)

    assert weighted_kappa(one, two, weights="quadratic") == pytest.approx(lin)


def test_kappa_of_two_raters_with_one_level_is_unknown() -> None:
    assert isnan(weighted_kappa([3, 3], [3, 3], weights="linear"))
    assert isnan(weighted_kappa([], [], weights="linear"))


def test_kappa_refuses_what_it_cannot_read() -> None:
    with pytest.raises(ValueError, match=r"first has shape \(2,\) and second \(1,\)"):
        weighted_kappa([1, 2], [1], weights="linear")
    with pytest.raises(ValueError, match="weights 'cubic' are unknown"):
        weighted_kappa([1, 2], [1, 2], weights="cubic")
    with pytest.raises(ValueError, match=r"weights: shape \(2, 2\) for 3 categories"):
        weighted_kappa([1, 2], [1, 3], weights=np.eye(2))
    with pytest.raises(ValueError, match=r"level 3.0 is not among the categories"):
        weighted_kappa([1, 2], [1, 3], weights=np.eye(2), categories=[1, 2])


def test_decision_study() -> None:
    variances = Variances(candidate=0.6, rater=0.3, error=0.6)

    plain = decision_study(variances, raters=[1, 2, 4], adjusted=False)
    adjusted = decision_study(variances, raters=[1, 2, 4], adjusted=True)

    assert plain == pytest.approx([0.36 / 0.81, 0.36 / 0.585, 0.36 / 0.4725])
    assert adjusted == pytest.approx([0.36 / 0.72, 0.36 / 0.54, 0.36 / 0.45])
    with pytest.raises(ValueError, match="raters: 0 is not 1 or more"):
        decision_study(variances, raters=[1, 0], adjusted=True)


def test_decision_study_is_the_evidence_of_a_balanced_panel() -> None:
    sheet = random_sheet(3, n_raters=3, per_candidate=3)
    panel = score_panel(sheet, FIVE)

    assert decision_study(panel.variances, raters=[3], adjusted=True)[0] == pytest.approx(panel.evidence[0])


def test_halo_is_little_spread_within_scorecards() -> None:
    generator = np.random.default_rng(1)
    independent = generator.normal(size=(2000, 5)) + np.arange(5)
    overall = generator.normal(size=(2000, 1)) + np.arange(5) + 0.1 * generator.normal(size=(2000, 5))
    overall[generator.random(overall.shape) < 0.2] = gap

    assert halo(independent) == pytest.approx(1, abs=0.03)
    assert halo(overall) == pytest.approx(0.1, abs=0.01)
    assert isnan(halo(np.full((3, 2), 4.0)))
    assert isnan(halo(np.array([[1, gap], [gap, 2]])))
    assert isnan(halo(np.empty((0, 3))))


def test_an_infinite_level_is_named() -> None:
    infinite = np.array([[1.0, 2.0], [3.0, np.inf]])
    for refused in (
        lambda: krippendorff_alpha(infinite, level="interval"),
        lambda: halo(infinite),
        lambda: intraclass_correlations(infinite),
    ):
        with pytest.raises(ValueError, match="row 1, column 1 is inf"):
            refused()
    with pytest.raises(ValueError, match="second: row 1 is -inf"):
        weighted_kappa([1, 2], [1, -np.inf], weights="linear")
    with pytest.raises(ValueError, match=r"expected scorecards by dimensions, got shape \(2,\)"):
        halo(np.array([1.0, 2.0]))


def test_a_single_ratings_standard_deviations_count_together() -> None:
    single = Variances(candidate=0.3, rater=0.2, error=0.3, dimension=0.4, halo=0.4)

    found = decision_study(single, raters=[1, 2], adjusted=True)

    assert found == pytest.approx([0.5, 0.25 / 0.375])
    of_score = single.of_score(np.array([0.5, 0.25, 0.25]))
    assert of_score.candidate == pytest.approx((0.09 + 0.16 * 0.375) ** 0.5)
    assert of_score.error == pytest.approx((0.16 + 0.09 * 0.375) ** 0.5)
    assert (of_score.rater, of_score.dimension, of_score.halo) == (0.2, 0, 0)
