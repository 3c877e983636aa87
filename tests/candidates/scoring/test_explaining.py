from math import isnan

import numpy as np
import pytest

from candidates.scoring import METHODS, RatingSheet, Scale, Variances, explain, score_panel
from tests.candidates.scoring.sheets import FIVE, in_kits, random_sheet, sheet_of, with_ratings

ONES = Variances(1, 1, 1)
ONE = Scale([1], 1, 5)


def test_two_by_two_worked_by_hand() -> None:
    sheet = sheet_of([("Ana", "x", [4]), ("Ana", "y", [5]), ("Ben", "x", [2]), ("Ben", "y", [3])])
    panel = score_panel(sheet, ONE, variances=ONES)

    found = explain(panel, sheet, ONE, "Ana")

    strict, lenient = found.steps
    assert (strict.rater, strict.levels, strict.completeness) == ("x", (4.0,), 1.0)
    assert (strict.raw_mean, strict.levelled) == (4, 4)
    assert strict.leniency == pytest.approx(-1 / 3)
    assert strict.corrected == pytest.approx(4 + 1 / 3)
    assert (strict.leniency_lower + strict.leniency_upper) / 2 == pytest.approx(-1 / 3)
    assert strict.leniency_upper - strict.leniency == pytest.approx(1.6449 * panel.leniency_sd[0])
    assert lenient.corrected == pytest.approx(5 - 1 / 3)
    assert strict.weight == lenient.weight == 0.5
    assert found.corrected_mean == pytest.approx(4.5)
    assert found.average == pytest.approx(3.5)
    assert found.evidence == pytest.approx(2 / 3)
    assert found.pull == pytest.approx(-1 / 3)
    assert found.score == pytest.approx(3.5 + 2 / 3)
    assert found.half_width == pytest.approx(found.upper - found.score)
    assert found.raw_mean == pytest.approx(4.5)
    assert found.role == "role"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n_raters", [5, 30])
@pytest.mark.parametrize("gaps", [0.0, 0.3])
def test_the_steps_add_up_to_the_score(gaps: float, n_raters: int, method: str) -> None:
    sheet = random_sheet(4, gaps=gaps, n_roles=2, n_raters=n_raters)
    panel = score_panel(sheet, FIVE, method=method)

    for candidate in panel.candidates:
        found = explain(panel, sheet, FIVE, candidate)
        corrected = sum(step.weight * (step.levelled - step.leniency) for step in found.steps)
        assert found.corrected_mean == pytest.approx(corrected, abs=1e-12)
        expected = found.average + found.peers
        lenient = sum(step.weight * step.leniency for step in found.steps)
        assert found.corrected_mean == pytest.approx(found.levelled_mean - lenient, abs=1e-12)
        assert found.score == pytest.approx(expected + found.evidence * (corrected - expected), abs=1e-9)
        assert found.score == pytest.approx(corrected + found.pull, abs=1e-12)
        assert sum(step.weight for step in found.steps) == pytest.approx(1)
        assert np.mean([step.raw_mean for step in found.steps]) == pytest.approx(found.raw_mean)


def test_a_partial_scorecard_weighs_less_and_is_levelled() -> None:
    sheet = sheet_of([("a", "x", [4, 5]), ("a", "y", [4, np.nan]), ("b", "x", [2, 5]), ("b", "y", [2, 3])])
    scale = Scale([1, 1], 1, 5)
    panel = score_panel(sheet, scale)

    full, partial = explain(panel, sheet, scale, "a").steps

    # One of two dimensions: g = .5 + .5 × 2.
    assert partial.weight / full.weight == pytest.approx(1 / 1.5)
    assert partial.completeness == 0.5
    assert partial.raw_mean == 4
    first, second = panel.pool_means
    assert partial.levelled == pytest.approx((first + second) / 2 + 4 - first)
    assert isnan(partial.levels[1])


def test_one_more_interviewer_shortens_the_interval_as_said() -> None:
    """Where leniency plays no part the promise can be checked by adding the scorecard."""
    rows = [(name, rater, [level]) for name, level in (("a", 4), ("b", 2), ("c", 3)) for rater in ("x", "y")]
    held = Variances(candidate=0.8, rater=0, error=0.5)
    sheet, longer = sheet_of(rows), sheet_of([*rows, ("a", "z", [4])])
    before, after = (score_panel(one, ONE, variances=held) for one in (sheet, longer))

    promised = explain(before, sheet, ONE, "a").half_width_with_one_more

    assert promised == pytest.approx(explain(after, longer, ONE, "a").half_width, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_one_level_more_moves_the_score_as_said(method: str) -> None:
    """Without differences between raters and with means that are known, raising a level shows what it moves."""
    sheet = random_sheet(5, gaps=0.3, n_candidates=400)
    held = Variances(0.5, 0, 0.6) if method == "panel-1" else Variances(0.5, 0, 0.6, 0.4, 0.3)
    before = score_panel(sheet, FIVE, method=method, variances=held, means=[3] * 5)
    row = next(row for row, levels in enumerate(sheet.ratings) if levels[0] < 5 and np.isnan(levels[1]))
    raised = sheet.ratings.copy()
    raised[row, 0] += 1
    after = score_panel(with_ratings(sheet, raised), FIVE, method=method, variances=held, means=[3] * 5)

    steps = explain(before, sheet, FIVE, sheet.candidates[row]).steps
    step = next(step for step in steps if step.rater == sheet.raters[row])

    place = before.position(sheet.candidates[row])
    assert step.moves[0] == pytest.approx(after.score[place] - before.score[place], abs=0.002)
    assert step.moves[0] > 0.05
    assert step.moves[1] == 0


def test_dimensions_add_up_to_the_score_by_panel_2() -> None:
    sheet = in_kits(random_sheet(6, per_candidate=4, n_roles=2))
    panel = score_panel(sheet, FIVE, method="panel-2")

    for candidate in panel.candidates:
        found = explain(panel, sheet, FIVE, candidate)
        apart = np.array(found.dimension_scores) - np.array(found.dimension_averages)
        assert found.score - found.average == pytest.approx(float(FIVE.share @ apart), abs=1e-12)
        assert {step.completeness for step in found.steps} == {2 / 9, 4 / 9, 1 / 9}


def test_one_more_interviewer_shortens_the_interval_as_said_by_panel_2() -> None:
    rows = [(name, rater, [level, 7 - level]) for name, level in (("a", 4), ("b", 2), ("c", 3)) for rater in ("x", "y")]
    held, scale = Variances(candidate=0.8, rater=0, error=0.5, dimension=0.4, halo=0.3), Scale([3, 1], 1, 5)
    sheet, longer = sheet_of(rows), sheet_of([*rows, ("a", "z", [4, 3])])
    before, after = (score_panel(one, scale, method="panel-2", variances=held) for one in (sheet, longer))

    promised = explain(before, sheet, scale, "a").half_width_with_one_more

    assert promised == pytest.approx(explain(after, longer, scale, "a").half_width, abs=1e-9)
    assert promised < explain(before, sheet, scale, "a").half_width


@pytest.mark.parametrize("method", METHODS)
def test_without_any_spread_nothing_bears_on_the_score(method: str) -> None:
    sheet = random_sheet(2, gaps=0.2)
    panel = score_panel(sheet, FIVE, method=method, variances=Variances(0, 0.3, 0.5))

    found = explain(panel, sheet, FIVE, "c0")

    assert found.evidence == pytest.approx(0)
    assert found.score == pytest.approx(found.average)
    assert sum(step.weight for step in found.steps) == pytest.approx(1)
    assert np.isfinite([step.levelled for step in found.steps]).all()
    assert {move for step in found.steps for move in step.moves} == {0}


@pytest.mark.parametrize("method", METHODS)
def test_a_candidate_without_ratings_is_explained_by_the_average(method: str) -> None:
    sheet = sheet_of([("a", "x", [4]), ("b", "y", [np.nan])])
    panel = score_panel(sheet, ONE, method=method)

    found = explain(panel, sheet, ONE, "b")

    assert found.steps == ()
    assert isnan(found.corrected_mean)
    assert (found.evidence, found.pull) == (0, 0)
    assert found.score == pytest.approx(found.average)
    assert found.half_width_with_one_more < found.half_width
    assert found.notes == panel.notes


def test_somebody_else_is_refused() -> None:
    sheet = random_sheet(1)

    with pytest.raises(KeyError, match="'nobody'"):
        explain(score_panel(sheet, FIVE), sheet, FIVE, "nobody")


def test_an_empty_pool_has_nobody_to_explain() -> None:
    empty = RatingSheet([], [], [], np.empty((0, 1)))

    with pytest.raises(KeyError):
        explain(score_panel(empty, ONE), empty, ONE, "a")
