import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy.optimize import minimize
from scipy.stats import norm

from candidates.scoring import RatingSheet, Scale, Variances, score_panel
from tests.candidates.scoring.dense import restricted_deviance, solve_dense, write_out
from tests.candidates.scoring.sheets import FIVE, random_sheet, sheet_of, with_ratings

ONES = Variances(candidate=1, rater=1, error=1)
HELD = Variances(candidate=0.7, rater=0.35, error=0.55)
ONE_DIMENSION = Scale(weights=[1], lowest=1, highest=5, bar=4)
SAMPLES = RatingSheet(
    candidates=["s1", "s1", "s1", "s2", "s2"],
    raters=["r0", "r1", "newcomer", "r2", "newcomer"],
    roles=[0] * 5,
    ratings=np.array(
        [[3, 3, 3, 3, 2], [4, 4, 3, 5, 4], [2, 2, 1, 3, np.nan], [3, 4, 4, 4, 4], [2, 3, np.nan, 3, 1]], dtype=float
    ),
)


def test_two_candidates_by_two_raters_worked_by_hand() -> None:
    sheet = sheet_of([("Ana", "x", [4]), ("Ana", "y", [5]), ("Ben", "x", [2]), ("Ben", "y", [3])])

    panel = score_panel(sheet, ONE_DIMENSION, variances=ONES)

    # Means 4.5 and 2.5 around 3.5, pulled in by k/(k + 1) = 2/3; raters 3.0 and 4.0, likewise.
    assert panel.candidates == ("Ana", "Ben")
    assert panel.score == pytest.approx([3.5 + 2 / 3, 3.5 - 2 / 3], abs=1e-12)
    assert panel.raters == ("x", "y")
    assert panel.leniency == pytest.approx([-1 / 3, 1 / 3], abs=1e-12)
    # Error of a score: mean of 4 errors, 2/3 of (2 errors' mean - 4 errors' mean), 1/3 of (θ - θ̄). What x and y give on
    # average is what is to be found, so the mean of their leniencies is no error.
    variance = 1 / 4 + (2 / 3) ** 2 * (1 / 2 - 1 / 4) + (1 / 3) ** 2 * (1 - 1 / 2)
    assert panel.sd == pytest.approx(np.sqrt([variance, variance]), abs=1e-12)
    assert panel.upper - panel.score == pytest.approx(1.6449 * panel.sd)
    assert panel.score - panel.lower == pytest.approx(1.6449 * panel.sd)
    assert panel.p_bar == pytest.approx(norm.cdf((panel.score - 4) / panel.sd))
    assert panel.raw_mean == pytest.approx([4.5, 2.5])
    assert panel.average == pytest.approx([3.5, 3.5])
    assert panel.evidence == pytest.approx([2 / 3, 2 / 3])
    assert panel.variances == ONES


@pytest.mark.parametrize("gaps", [0.0, 0.25])
@pytest.mark.parametrize("n_roles", [1, 3])
@pytest.mark.parametrize("samples", [None, SAMPLES], ids=["alone", "with samples"])
@pytest.mark.parametrize(("n_candidates", "n_raters", "per_candidate"), [(14, 5, 3), (4, 9, 4)])
def test_held_variances_reproduce_the_full_equations(
    gaps: float, n_roles: int, samples: RatingSheet | None, n_candidates: int, n_raters: int, per_candidate: int
) -> None:
    """More candidates than raters absorbs candidates, fewer absorbs raters; the numbers are the same."""
    sheet = random_sheet(
        7, n_candidates=n_candidates, n_raters=n_raters, per_candidate=per_candidate, gaps=gaps, n_roles=n_roles
    )

    panel = score_panel(sheet, FIVE, variances=HELD, samples=samples)

    dense = solve_dense(write_out(sheet, FIVE, samples), HELD, role_sd=0.5)
    assert panel.score == pytest.approx(dense.score, abs=1e-9)
    assert panel.sd == pytest.approx(dense.sd, abs=1e-9)
    assert panel.leniency == pytest.approx(dense.leniency, abs=1e-9)
    assert panel.leniency_sd == pytest.approx(dense.leniency_sd, abs=1e-9)


@pytest.mark.parametrize("n_raters", [5, 40])
def test_each_dimension_is_the_same_model_alone(n_raters: int) -> None:
    sheet = random_sheet(3, gaps=0.2, n_roles=2, n_raters=n_raters)
    held = [HELD] * 5

    panel = score_panel(sheet, FIVE, variances=HELD, dimension_variances=held)

    for column in range(5):
        alone = RatingSheet(sheet.candidates, sheet.raters, sheet.roles, sheet.ratings[:, [column]])
        dense = solve_dense(write_out(alone, ONE_DIMENSION), HELD, role_sd=0.5)
        assert panel.dimension_scores[:, column] == pytest.approx(dense.score, abs=1e-9)
        assert panel.dimension_sds[:, column] == pytest.approx(dense.sd, abs=1e-9)
    assert panel.dimension_variances == (HELD,) * 5


def test_role_spread_follows_the_scale() -> None:
    sheet = random_sheet(5, n_roles=2)
    wide = RatingSheet(sheet.candidates, sheet.raters, sheet.roles, 10 * sheet.ratings)
    scale = Scale(weights=FIVE.weights, lowest=10, highest=50)
    held = Variances(7, 3.5, 5.5)

    panel = score_panel(wide, scale, variances=held)

    assert panel.score == pytest.approx(solve_dense(write_out(wide, scale), held, role_sd=5).score, abs=1e-8)


@pytest.mark.parametrize("n_raters", [5, 20])
@pytest.mark.parametrize("samples", [None, SAMPLES], ids=["alone", "with samples"])
def test_variances_maximise_the_restricted_likelihood(n_raters: int, samples: RatingSheet | None) -> None:
    sheet = random_sheet(11, n_candidates=14, n_raters=n_raters, gaps=0.1, n_roles=2)
    model = write_out(sheet, FIVE, samples)

    def deviance(logs: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return restricted_deviance(model, Variances(*np.exp(logs)), role_sd=0.5)

    plain = score_panel(sheet, FIVE, priors=False, samples=samples).variances
    found = np.log([plain.candidate, plain.rater, plain.error])
    best = minimize(deviance, found, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-12})
    assert found == pytest.approx(best.x, abs=1e-4)

    def penalised(logs: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        away = (logs - np.log([0.6, 0.3, 0.6])) / [0.6, 0.7, 0.6]
        return deviance(logs) + float(away @ away)

    weak = score_panel(sheet, FIVE, samples=samples).variances
    found = np.log([weak.candidate, weak.rater, weak.error])
    best = minimize(penalised, found, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-12})
    assert found == pytest.approx(best.x, abs=1e-4)


@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.ConvergenceWarning")
def test_agrees_with_statsmodels() -> None:
    sheet = random_sheet(1, n_candidates=20, n_raters=6, n_dimensions=1)

    panel = score_panel(sheet, ONE_DIMENSION, priors=False)

    frame = pd.DataFrame({"y": sheet.ratings[:, 0], "candidate": sheet.candidates, "rater": sheet.raters, "all": 1})
    parts = {"candidate": "0 + C(candidate)", "rater": "0 + C(rater)"}
    oracle = smf.mixedlm("y ~ 1", frame, groups="all", vc_formula=parts, re_formula="0").fit(reml=True)
    candidate, rater = np.sqrt(oracle.vcomp)
    assert panel.variances.candidate == pytest.approx(candidate, abs=1e-3)
    assert panel.variances.rater == pytest.approx(rater, abs=1e-3)
    assert panel.variances.error == pytest.approx(np.sqrt(oracle.scale), abs=1e-3)
    effects = oracle.random_effects[1]
    scores = [oracle.fe_params.iloc[0] + effects[f"candidate[C(candidate)[{name}]]"] for name in panel.candidates]
    assert panel.score == pytest.approx(scores, abs=1e-3)


def test_one_dimension_scores_the_same_alone_and_overall() -> None:
    sheet = random_sheet(2, n_dimensions=1)

    panel = score_panel(sheet, ONE_DIMENSION)

    assert panel.dimension_scores[:, 0].tolist() == panel.score.tolist()
    assert panel.dimension_variances == (panel.variances,)


def test_a_strict_panel_is_corrected_for() -> None:
    """Dana met the two strict interviewers, Emil the two lenient ones, both with the same levels."""
    anchors = [
        (f"c{number}", rater, [level])
        for number in range(12)
        for rater, level in (("strict1", 2), ("strict2", 2), ("lenient1", 4), ("lenient2", 4))
    ]
    own = [("Dana", "strict1", [3]), ("Dana", "strict2", [3]), ("Emil", "lenient1", [3]), ("Emil", "lenient2", [3])]

    panel = score_panel(sheet_of([*anchors, *own]), ONE_DIMENSION)

    dana, emil = panel.position("Dana"), panel.position("Emil")
    assert panel.raw_mean[dana] == panel.raw_mean[emil] == 3
    assert panel.score[dana] > panel.score[emil] + 1
    by_name = dict(zip(panel.raters, panel.leniency, strict=True))
    assert by_name["strict1"] < -0.5 < 0.5 < by_name["lenient1"]


def test_samples_connect_raters_who_never_met() -> None:
    sheet = sheet_of([("a", "x", [2]), ("b", "x", [3]), ("c", "y", [4]), ("d", "y", [5])])
    samples = sheet_of([("s", "x", [2]), ("s", "y", [4])], role=0)

    apart = score_panel(sheet, ONE_DIMENSION)
    together = score_panel(sheet, ONE_DIMENSION, samples=samples)

    assert apart.component.tolist() == [0, 0, 1, 1]
    assert apart.notes == ("separate_groups",)
    assert together.component.tolist() == [0, 0, 0, 0]
    assert together.notes == ()
    assert together.pool_means == pytest.approx([3.5])
    assert np.ptp(together.leniency) > np.ptp(apart.leniency)
    # Who scored the same sample two levels higher is that much more lenient: b and c come closer.
    assert together.score[2] - together.score[1] < apart.score[2] - apart.score[1]


def test_components_are_numbered_from_the_largest() -> None:
    sheet = sheet_of(
        [("a", "x", [2]), ("b", "y", [3]), ("c", "y", [4]), ("d", "z", [5]), ("e", "z", [1]), ("f", "z", [2])]
    )

    assert score_panel(sheet, ONE_DIMENSION).component.tolist() == [2, 1, 1, 0, 0, 0]


def test_notes_say_when_adjusting_does_nothing() -> None:
    one = sheet_of([("a", "x", [2]), ("b", "x", [3])])
    same = sheet_of([(name, rater, [level]) for name, level in (("a", 2), ("b", 4)) for rater in ("x", "y")])

    assert score_panel(one, ONE_DIMENSION).notes == ("one_rater",)
    assert score_panel(same, ONE_DIMENSION).notes == ("same_panel",)


def test_roles_are_pooled_and_keep_their_own_bar() -> None:
    sheet = random_sheet(4, n_candidates=20, n_roles=2)
    shifted = sheet.ratings.copy()
    second = np.array(sheet.roles) == "role1"
    shifted[second] = np.minimum(shifted[second] + 1, 5)
    sheet = RatingSheet(sheet.candidates, sheet.raters, sheet.roles, shifted)
    scale = Scale(weights=[1] * 5, lowest=1, highest=5, bar={"role0": 3.0})

    panel = score_panel(sheet, scale)

    first = panel.average[panel.roles.index("role0")]
    assert panel.average[panel.roles.index("role1")] > first + 0.3
    in_first = np.array(panel.roles) == "role0"
    assert panel.p_bar[in_first] == pytest.approx(norm.cdf((panel.score - 3) / panel.sd)[in_first])
    assert np.isnan(panel.p_bar[~in_first]).all()


@pytest.mark.parametrize("priors", [True, False])
@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("a", "x", [3, np.nan])],
        [("a", "x", [np.nan, np.nan])],
        [("a", "x", [3, 3]), ("b", "x", [3, 3]), ("b", "y", [3, 3])],
        [("a", "x", [1, 5]), ("b", "x", [2, 2]), ("b", "y", [np.nan, np.nan])],
        [("a", "x", [1, 5]), ("a", "x", [2, 5])],
    ],
    ids=["none", "one", "nothing assessed", "all equal", "an empty scorecard", "one rater twice"],
)
def test_degenerate_input_is_finite_and_plain(rows: list[tuple[object, object, list[float]]], *, priors: bool) -> None:
    scale = Scale(weights=[1, 1], lowest=1, highest=5, bar=3)

    panel = score_panel(sheet_of(rows), scale, priors=priors)

    for figures in (
        panel.score, panel.sd, panel.lower, panel.upper, panel.p_bar, panel.leniency, panel.leniency_sd, panel.average,
        panel.evidence, panel.completeness, panel.dimension_scores, panel.dimension_sds, panel.effective_weights,
    ):  # fmt: skip
        assert np.isfinite(figures).all()
    assert (panel.sd > 0).all()
    assert ((panel.score >= 1) & (panel.score <= 5)).all()
    assert np.isnan(panel.raw_mean).tolist() == (panel.n_raters == 0).tolist()
    assert panel.dimension_scores.shape == (len(panel.candidates), 2)


def test_all_equal_ratings_give_everybody_that_level() -> None:
    panel = score_panel(sheet_of([(c, r, [4, 4]) for c in "abc" for r in "xy"]), Scale([1, 1], 1, 5))

    assert panel.score == pytest.approx([4, 4, 4])
    assert panel.leniency == pytest.approx([0, 0])


def test_nothing_assessed_is_the_middle_and_the_whole_scale() -> None:
    panel = score_panel(sheet_of([("a", "x", [np.nan])]), Scale([1], 0, 3))

    assert (panel.score[0], panel.lower[0], panel.upper[0]) == pytest.approx((1.5, 0, 3))
    assert panel.variances == Variances(0.6 * 0.75, 0.3 * 0.75, 0.6 * 0.75)


def test_a_dimension_nobody_assessed_takes_no_part() -> None:
    rows = [(c, r, [level, np.nan]) for c, level in (("a", 4), ("b", 3)) for r in "xy"]

    panel = score_panel(sheet_of(rows), Scale([3, 1], 1, 5))
    without = score_panel(sheet_of([(c, r, levels[:1]) for c, r, levels in rows]), Scale([1], 1, 5))

    assert panel.pool_means == pytest.approx([3.5, 3.5])
    assert panel.score.mean() == pytest.approx(without.score.mean())
    assert np.isnan(panel.dimension_means[:, 1]).all()
    assert panel.dimension_scores[:, 1] == pytest.approx([3.5, 3.5])
    assert panel.dimension_sds[:, 1] == pytest.approx([2 / 1.6449] * 2)


def test_a_candidate_without_ratings_gets_the_average_with_all_its_uncertainty() -> None:
    rated = [(c, r, [level]) for c, level in (("a", 4), ("b", 2), ("c", 3)) for r in "xy"]

    panel = score_panel(sheet_of([*rated, ("new", "x", [np.nan])]), ONE_DIMENSION, variances=HELD)

    assert panel.score[3] == pytest.approx(panel.average[3])
    assert panel.sd[3] ** 2 > HELD.candidate**2
    assert (panel.evidence[3], panel.n_raters[3], panel.completeness[3]) == (0, 0, 0)


def test_no_spread_between_candidates_or_raters_can_be_held() -> None:
    sheet = random_sheet(9)

    panel = score_panel(sheet, FIVE, variances=Variances(candidate=0, rater=0, error=0.5))

    assert panel.score == pytest.approx(np.full(12, panel.average[0]))
    assert panel.leniency == pytest.approx(np.zeros(5), abs=1e-9)


def test_bad_arguments_are_named() -> None:
    sheet = random_sheet(1)
    with pytest.raises(ValueError, match=r"method 'mean' is unknown; choose from panel-1"):
        score_panel(sheet, FIVE, method="mean")
    with pytest.raises(ValueError, match=r"ratings: 5 columns for 1 weights"):
        score_panel(sheet, ONE_DIMENSION)
    with pytest.raises(ValueError, match=r"dimension_variances: 2 for 5 dimensions"):
        score_panel(sheet, FIVE, dimension_variances=[HELD, HELD])
    with pytest.raises(ValueError, match=r"means: 1 for 5 dimensions"):
        score_panel(sheet, FIVE, means=[3])
    with pytest.raises(ValueError, match=r"means: column 2 is not a number"):
        score_panel(sheet, FIVE, means=[3, 3, np.nan, 3, 3])
    with pytest.raises(KeyError, match="candidate 'nobody' is not in this pool"):
        score_panel(sheet, FIVE).position("nobody")


@pytest.mark.parametrize("level", [6, 0.5, np.inf, -np.inf])
def test_a_level_off_the_scale_is_named_by_row_and_column(level: float) -> None:
    sheet = random_sheet(1)
    wrong = sheet.ratings.copy()
    wrong[4, 2] = level
    with pytest.raises(ValueError, match=rf"^row 4, column 2: {float(level)} is outside 1-5"):
        score_panel(with_ratings(sheet, wrong), FIVE)
    wrong = SAMPLES.ratings.copy()
    wrong[1, 0] = level
    with pytest.raises(ValueError, match=rf"^samples: row 1, column 0: {float(level)} is outside 1-5"):
        score_panel(sheet, FIVE, samples=with_ratings(SAMPLES, wrong))


def test_absurd_standard_deviations_are_refused() -> None:
    with pytest.raises(ArithmeticError, match=r"broke down at standard deviations \[1.e\+06 1.e\+06 1.e-06\]"):
        score_panel(random_sheet(1), FIVE, variances=Variances(1e6, 1e6, 1e-6))
