import json
from collections.abc import Sequence

import numpy as np
import pytest

from candidates.scoring import PanelScores, Reason, Scale, score_panel, word_reasons
from tests.candidates.scoring.sheets import sheet_of

LABELS = ["ownership", "architecture", "observability", "communication", "mentoring"]
EQUAL = Scale([1] * 5, 1, 5, floors=[3, None, None, None, None])
gap = np.nan


def scored(rows: Sequence[tuple[object, object, Sequence[float]]], scale: Scale = EQUAL) -> PanelScores:
    return score_panel(sheet_of(rows), scale)


def test_two_full_scorecards_are_enough() -> None:
    panel = scored([("a", "x", [3, 4, 5, 4, 3]), ("a", "y", [3, 3, 5, 4, 2])])

    assert panel.rankable.tolist() == [True]
    assert panel.reasons == ((),)
    assert panel.n_raters.tolist() == [2]
    assert panel.completeness == pytest.approx([1])
    assert panel.raw_mean == pytest.approx([3.6])
    assert panel.dimension_means[0] == pytest.approx([3, 3.5, 5, 4, 2.5])
    assert panel.dimension_raters.tolist() == [[2, 2, 2, 2, 2]]
    assert panel.effective_weights[0] == pytest.approx([0.2] * 5)


def test_one_interviewer_is_not() -> None:
    panel = scored([("a", "x", [3, 4, 5, 4, 3])])

    assert panel.reasons[0] == (Reason("few_raters", None, 1, 2), Reason("must_have", 0, 1, 2))
    assert word_reasons(panel.reasons[0], LABELS) == [
        "one more interviewer",
        "one more interviewer on ownership, a must-have",
    ]


def test_two_scorecards_by_one_interviewer_are_one_interviewer() -> None:
    panel = scored([("a", "x", [3, 4, 5, 4, 3]), ("a", "x", [3, 4, 5, 4, 3]), ("b", "y", [3] * 5)])

    assert panel.n_raters.tolist() == [1, 1]
    assert panel.dimension_raters[0].tolist() == [1, 1, 1, 1, 1]
    assert not panel.rankable.any()


def test_nobody_at_all_needs_two_interviewers() -> None:
    panel = scored([("a", "x", [gap] * 5), ("b", "x", [3] * 5)])

    assert word_reasons(panel.reasons[0], LABELS) == [
        "two more interviewers",
        "ownership assessed by nobody; a must-have needs two interviewers",
        "architecture assessed by nobody",
        "observability assessed by nobody",
        "communication assessed by nobody",
        "mentoring assessed by nobody",
    ]
    assert panel.effective_weights[0].tolist() == [0] * 5


def test_a_dimension_nobody_assessed_is_named() -> None:
    panel = scored([("a", "x", [3, 4, gap, gap, 3]), ("a", "y", [3, 4, gap, gap, 3])])

    assert panel.completeness == pytest.approx([0.6])
    assert panel.rankable.tolist() == [False]
    assert word_reasons(panel.reasons[0], LABELS) == [
        "observability assessed by nobody",
        "communication assessed by nobody",
    ]


def test_completeness_of_exactly_four_fifths_is_enough_but_the_weights_are_then_apart() -> None:
    panel = scored([("a", "x", [3, 4, gap, 4, 3]), ("a", "y", [3, 4, gap, 4, 3])])

    assert panel.completeness == pytest.approx([0.8])
    # Four dimensions count a quarter each, which is within .05 of a fifth; the fifth counts nothing.
    assert panel.effective_weights[0] == pytest.approx([0.25, 0.25, 0, 0.25, 0.25])
    assert panel.reasons[0] == (Reason("not_assessed", 2, 0, 1),)


def test_a_light_dimension_may_be_left_open() -> None:
    scale = Scale([6, 6, 6, 6, 1], 1, 5)

    panel = scored([("a", "x", [3, 4, 4, 4, gap]), ("a", "y", [3, 4, 4, 4, gap])], scale)

    assert panel.rankable.tolist() == [True]


def test_a_must_have_needs_two_who_assessed_it() -> None:
    rows = [("a", rater, [3.0, 4, 4, 4, 4]) for rater in "uvwxyz"]
    rows = [(name, rater, [gap, *levels[1:]] if rater != "u" else levels) for name, rater, levels in rows]

    panel = scored(rows)

    assert panel.reasons[0][0] == Reason("must_have", 0, 1, 2)
    assert word_reasons(panel.reasons[0], LABELS)[0] == "one more interviewer on ownership, a must-have"


def test_divided_kits_count_what_they_should_not() -> None:
    """Two interviewers, one with four dimensions, one with a single one: that one counts far too much."""
    panel = scored([("a", "x", [3, 3, 3, 3, gap]), ("a", "y", [3, gap, gap, gap, 5])])

    # 1/g: four of five dimensions .5 + .5 × 5/4, two of five .5 + .5 × 5/2.
    one, two = 1 / (0.5 + 0.5 * 5 / 4), 1 / (0.5 + 0.5 * 5 / 2)
    shares = np.array([one / 4 + two / 2, one / 4, one / 4, one / 4, two / 2]) / (one + two)
    assert panel.effective_weights[0] == pytest.approx(shares)
    assert word_reasons(panel.reasons[0], LABELS) == [
        "other dimensions assessed by too few: ownership counts 35\N{NO-BREAK SPACE}% instead of 20\N{NO-BREAK SPACE}%"
    ]


def test_a_dimension_few_assessed_is_what_one_can_act_on() -> None:
    rows = [("a", rater, [3.0, 3, 3, 3, gap]) for rater in "wxy"]

    panel = scored([*rows, ("a", "z", [3, 3, 3, 3, 5])])

    assert word_reasons(panel.reasons[0], LABELS) == [
        "mentoring assessed by too few: it counts 5\N{NO-BREAK SPACE}% instead of 20\N{NO-BREAK SPACE}%"
    ]


def test_reasons_survive_being_stored_as_json() -> None:
    panel = scored([("a", "x", [3, 4, 5, 4, 3])])

    stored = json.loads(json.dumps(panel.reasons[0]))

    assert word_reasons(stored, LABELS) == word_reasons(panel.reasons[0], LABELS)


def test_an_unknown_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown code 'tired'"):
        word_reasons([["tired", None, 0, 1]], LABELS)


def test_below_the_floor_is_a_state_of_its_own() -> None:
    scale = Scale([1] * 5, 1, 5, floors=[3, None, None, None, 2.5])
    low, at = [2, 4, 5, 4, 3], [3, 4, 5, 4, 2]

    panel = scored(
        [("a", "x", low), ("a", "y", at), ("b", "x", at), ("b", "y", at), ("c", "x", [gap, 1, 1, 1, gap])], scale
    )

    assert panel.below_floor.tolist() == [
        [True, False, False, False, False],
        [False, False, False, False, True],
        [False] * 5,
    ]
    assert panel.rankable.tolist() == [True, True, False]
