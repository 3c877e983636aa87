from math import isnan, nan, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from candidates.scoring import impact_ratios, scoring_rate_ratios


def test_rates_against_the_highest() -> None:
    found = impact_ratios({"a": (48, 80), "b": (12, 40)})

    assert (found["a"].rate, found["a"].ratio, found["a"].flagged) == (0.6, 1.0, False)
    assert found["b"].rate == 0.3
    assert found["b"].ratio == pytest.approx(0.5)
    assert found["b"].flagged
    assert found["b"].p_fisher == pytest.approx(fisher_exact([[12, 28], [48, 32]])[1])
    assert found["b"].z == pytest.approx((0.3 - 0.6) / sqrt(0.5 * 0.5 * (1 / 80 + 1 / 40)))
    assert not found["b"].too_few
    assert (found["a"].z, found["a"].p_fisher) == (0, 1)


def test_exactly_four_fifths_is_no_flag() -> None:
    """3/5 against 6/8 is .8 exactly, though .6 < .8 × .75 in floating point may say otherwise."""
    found = impact_ratios({"a": (6, 8), "b": (3, 5)})

    assert not found["b"].flagged
    assert found["b"].ratio == pytest.approx(0.8)
    assert found["b"].flips_with_one_more


@given(n=st.integers(1, 10**6), m=st.integers(1, 10**6), a=st.integers(0), b=st.integers(1))
def test_the_flag_is_decided_in_whole_numbers(n: int, m: int, a: int, b: int) -> None:
    a, b = a % (n + 1), 1 + b % m
    if a * m > b * n:
        (a, n), (b, m) = (b, m), (a, n)

    assert impact_ratios({"one": (a, n), "best": (b, m)})["one"].flagged == (5 * a * m < 4 * b * n)


def test_few_people_or_a_small_expected_cell_conclude_nothing() -> None:
    few = impact_ratios({"a": (15, 30), "b": (10, 29)})
    assert (few["a"].too_few, few["b"].too_few) == (False, True)
    rare = impact_ratios({"a": (5, 60), "b": (3, 60)})
    assert rare["b"].too_few
    assert not impact_ratios({"a": (6, 60), "b": (4, 60)})["b"].too_few


def test_one_decision_more_may_flip_the_flag() -> None:
    flagged = impact_ratios({"a": (50, 100), "b": (39, 100)})["b"]
    assert (flagged.flagged, flagged.flips_with_one_more) == (True, True)
    clear = impact_ratios({"a": (50, 100), "b": (38, 100)})["b"]
    assert (clear.flagged, clear.flips_with_one_more) == (True, False)
    safe = impact_ratios({"a": (50, 100), "b": (45, 100)})
    assert not safe["b"].flips_with_one_more
    assert not safe["a"].flips_with_one_more
    everybody_out = impact_ratios({"a": (1, 1), "b": (0, 1)})
    assert everybody_out["b"].flips_with_one_more
    assert everybody_out["a"].flips_with_one_more is False


def test_nobody_selected_is_no_ratio() -> None:
    found = impact_ratios({"a": (0, 50), "b": (0, 50)})

    assert found["a"].rate == 0
    assert isnan(found["a"].ratio)
    assert not found["a"].flagged
    assert found["a"].too_few
    assert (found["a"].p_fisher, found["a"].z) == (1, 0)


def test_everybody_selected_is_no_difference() -> None:
    found = impact_ratios({"a": (40, 40), "b": (50, 50)})

    assert (found["a"].ratio, found["a"].z, found["a"].p_fisher, found["a"].flagged) == (1, 0, 1, False)


def test_small_groups_may_be_left_out_and_say_so() -> None:
    groups = {"a": (50, 100), "b": (40, 99), "tiny": (1, 1), "none": (0, 0)}

    plain, without = impact_ratios(groups), impact_ratios(groups, smallest_share=0.02)

    assert plain["a"].ratio == 0.5
    assert (without["a"].ratio, without["a"].left_out) == (1.0, False)
    assert (without["tiny"].rate, without["tiny"].left_out) == (1.0, True)
    assert isnan(without["tiny"].ratio)
    assert plain["none"].left_out
    assert isnan(plain["none"].rate)
    assert impact_ratios({}) == {}


@pytest.mark.parametrize("pair", [(3, 2), (-1, 2)])
def test_impossible_numbers_are_named(pair: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=f"group 'a': {pair[0]} selected of 2"):
        impact_ratios({"a": pair})


def test_scoring_rates_are_shares_above_everybodys_median() -> None:
    found = scoring_rate_ratios({"a": [1, 2, 3, 4], "b": [3, 4, 5, 6, nan], "c": [nan]})

    # The median of eight is 3.
    assert (found["a"].rate, found["b"].rate) == (0.25, 0.75)
    assert found["a"].ratio == pytest.approx(1 / 3)
    assert found["b"].ratio == 1
    assert isnan(found["c"].rate)
    assert isnan(found["c"].ratio)


def test_equal_scores_give_no_ratio() -> None:
    found = scoring_rate_ratios({"a": [3, 3], "b": [3]})

    assert found["a"].rate == 0
    assert isnan(found["a"].ratio)
    assert isnan(scoring_rate_ratios({"a": []})["a"].rate)
    assert scoring_rate_ratios({}) == {}


def test_an_infinite_score_is_named() -> None:
    with pytest.raises(ValueError, match="group 'b': row 1 is inf"):
        scoring_rate_ratios({"a": [1], "b": [1, float("inf")]})
