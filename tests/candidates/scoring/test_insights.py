"""Habits of raters, questions and agreement, each against a planted truth or a figure computed by other means."""

import krippendorff
import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy.stats import pearsonr

from candidates.scoring import RatingSheet, Scale, score_panel
from candidates.scoring.insights import agreement, item_rest, question_discrimination, rater_habits
from tests.candidates.scoring.sheets import FIVE, random_sheet, sheet_of

SCALE = Scale(weights=[1, 1, 1], lowest=1, highest=5)


def crowd(
    seed: int = 1, *, candidates: int = 120, per_candidate: int = 3
) -> tuple[RatingSheet, np.ndarray, np.ndarray]:
    """Six raters; r0 gives 1 level more, r1 hardly varies, r2 gives all dimensions of a person one level, r3 guesses."""
    generator = np.random.default_rng(seed)
    ability = generator.normal(3, 0.7, candidates)
    rows, about = [], []
    for candidate in range(candidates):
        for rater in generator.choice(6, per_candidate, replace=False):
            levels = ability[candidate] + generator.normal(0, 0.6, 3)
            if rater == 0:
                levels = levels + 1
            if rater == 1:
                levels = 3 + 0.3 * (levels - 3)
            if rater == 2:
                levels = np.full(3, levels.mean())
            if rater == 3:
                levels = generator.normal(3, 0.9, 3)
            rows.append((candidate, f"r{rater}", np.clip(np.round(levels * 2) / 2, 1, 5)))
            about.append(candidate)
    return sheet_of(rows), ability, np.array(about)


def test_habits_of_raters_are_found_where_they_were_planted() -> None:
    sheet, _, _ = crowd()
    panel = score_panel(sheet, SCALE)
    habits = {habit.rater: habit for habit in rater_habits(panel, sheet, SCALE)}
    assert habits["r1"].spread < 0.6 < min(habits[name].spread for name in ("r0", "r4", "r5"))
    assert habits["r2"].halo < 0.2 < min(habits[name].halo for name in ("r0", "r4", "r5"))
    found = {name: habit.agreement for name, habit in habits.items()}
    assert found["r3"]
    assert found["r4"]
    assert found["r5"]
    assert found["r3"].lower < 0 < found["r3"].upper, "guessing agrees with nobody"
    assert min(found["r4"].lower, found["r5"].lower) > 0.2
    assert sum(habit.n_scorecards for habit in habits.values()) == len(sheet.raters)


def test_a_scale_moved_or_stretched_changes_no_habit() -> None:
    sheet, _, _ = crowd(2, candidates=40)
    wide = Scale(weights=[1, 1, 1], lowest=10, highest=50)
    stretched = RatingSheet(sheet.candidates, sheet.raters, sheet.roles, sheet.ratings * 10)
    for one, two in zip(
        rater_habits(score_panel(sheet, SCALE), sheet, SCALE),
        rater_habits(score_panel(stretched, wide), stretched, wide),
        strict=True,
    ):
        assert (one.spread, one.halo) == pytest.approx((two.spread, two.halo))
        assert one.agreement
        assert two.agreement
        assert one.agreement.r == pytest.approx(two.agreement.r, abs=1e-3)


def test_a_question_discriminates_by_what_others_find_of_the_same_person() -> None:
    sheet, ability, about = crowd(3)
    generator = np.random.default_rng(3)
    telling = ability[about] + generator.normal(0, 0.5, len(about))
    nothing = generator.normal(0, 1, len(about))
    own = sheet.ratings.mean(axis=1) + 5 * generator.normal(0, 1, len(about))
    unasked = np.full(len(about), np.nan)
    panel = score_panel(sheet, SCALE)
    good, idle, noisy, none = question_discrimination(
        panel, sheet, SCALE, np.column_stack([telling, nothing, own, unasked])
    )
    assert good
    assert idle
    assert noisy
    assert good.lower > 0.5
    assert idle.lower < 0 < idle.upper
    assert abs(noisy.r) < 0.3
    assert none is None
    assert good.n == 120, "candidates, not scorecards"


def test_the_correlation_and_its_interval_are_pearsons() -> None:
    generator = np.random.default_rng(4)
    x = generator.normal(size=30)
    y = x + generator.normal(size=30)
    found = item_rest(x, y, list(range(30)))
    expected = pearsonr(x, y)
    interval = expected.confidence_interval(0.90)
    assert found
    assert found.r == pytest.approx(expected.statistic)
    assert (found.lower, found.upper) == pytest.approx((interval.low, interval.high), abs=1e-4)


def test_pairs_of_one_candidate_count_once() -> None:
    x, y = [1.0, 2.0, 3.0, 5.0], [2.0, 1.0, 4.0, 4.0]
    once = item_rest(x, y, "abcd")
    twice = item_rest([*x, *x], [*y, *y], "abcdabcd")
    assert once == twice
    assert item_rest([*x, np.nan], [*y, 1.0], "abcde") == once


def test_too_little_or_nothing_that_varies_is_no_figure() -> None:
    assert item_rest([1, 2, 3], [1, 2, 3], "abc") is None
    assert item_rest([1, 1, 1, 1], [1, 2, 3, 4], "abcd") is None
    with pytest.raises(ValueError, match="item has 2 values, rest 1 and units 2"):
        item_rest([1, 2], [1], "ab")


def test_agreement_is_that_of_other_programs() -> None:
    sheet = random_sheet(7, n_candidates=30, n_raters=4, per_candidate=4)
    found = agreement(sheet, FIVE)
    raters = sorted(set(sheet.raters), key=str)
    people = list(dict.fromkeys(sheet.candidates))
    table = np.full((4, 30, 5), np.nan)
    for candidate, rater, levels in zip(sheet.candidates, sheet.raters, sheet.ratings, strict=True):
        table[raters.index(rater), people.index(candidate)] = levels
    for column in range(5):
        expected = krippendorff.alpha(table[:, :, column], level_of_measurement="ordinal")
        assert found.alphas[column] == pytest.approx(expected)
    means = sheet.ratings @ FIVE.share
    rows = {
        person: [mean for name, mean in zip(sheet.candidates, means, strict=True) if name == person][:2]
        for person in people
    }
    long = pd.DataFrame(
        [(person, place, value) for person, values in rows.items() for place, value in enumerate(values)],
        columns=["target", "rater", "score"],
    )
    icc = pingouin.intraclass_corr(long, targets="target", raters="rater", ratings="score")["ICC"].to_numpy()
    assert (found.icc_1_1, found.icc_1_k) == pytest.approx((icc[0], icc[3]))
    assert found.n == 30


def test_degenerate_sheets_are_finite_or_say_nothing() -> None:
    for sheet in (sheet_of([("a", "r", [3, 3, 3])]), sheet_of([("a", "r", [np.nan] * 3), ("b", "s", [1, 2, 3])])):
        panel = score_panel(sheet, SCALE)
        assert all(habit.agreement is None for habit in rater_habits(panel, sheet, SCALE))
        found = agreement(sheet, SCALE)
        assert found.n == 0
        assert np.isnan([found.alpha, found.icc_1_1, found.icc_1_k]).all()
