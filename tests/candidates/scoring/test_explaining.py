from math import isnan

import numpy as np
import pytest

from candidates.scoring import RatingSheet, Scale, Variances, explain, score_panel
from tests.candidates.scoring.sheets import FIVE, random_sheet, sheet_of

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


@pytest.mark.parametrize("n_raters", [5, 30])
@pytest.mark.parametrize("gaps", [0.0, 0.3])
def test_the_steps_add_up_to_the_score(gaps: float, n_raters: int) -> None:
    sheet = random_sheet(4, gaps=gaps, n_roles=2, n_raters=n_raters)
    panel = score_panel(sheet, FIVE)

    for candidate in panel.candidates:
        found = explain(panel, sheet, FIVE, candidate)
        corrected = sum(step.weight * (step.levelled - step.leniency) for step in found.steps)
        assert found.corrected_mean == pytest.approx(corrected, abs=1e-12)
        assert found.score == pytest.approx(found.average + found.evidence * (corrected - found.average), abs=1e-9)
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


def test_a_candidate_without_ratings_is_explained_by_the_average() -> None:
    sheet = sheet_of([("a", "x", [4]), ("b", "y", [np.nan])])
    panel = score_panel(sheet, ONE)

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
