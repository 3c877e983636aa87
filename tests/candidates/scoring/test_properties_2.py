"""What must hold of method panel-2 for any ratings."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from candidates.scoring import RatingSheet, Scale, Variances, score_panel
from tests.candidates.scoring.dense_2 import solve_dense, write_out
from tests.candidates.scoring.sheets import FIVE, random_sheet, reordered, with_ratings

seeds = st.integers(0, 2**32 - 1)
sds = st.floats(0.05, 2)
gaps = st.sampled_from([0.0, 0.2, 0.5])
variances = st.builds(
    Variances, candidate=sds, rater=sds, error=sds, dimension=sds, halo=sds, peers=st.sampled_from([0.0, 0.1, 1.0])
)


@given(seed=seeds, gaps=gaps, n_raters=st.integers(3, 15), n_roles=st.integers(1, 3), held=variances)
@settings(max_examples=25, deadline=None)
def test_any_sheet_at_any_standard_deviations_solves_the_full_equations(
    seed: int, gaps: float, n_raters: int, n_roles: int, held: Variances
) -> None:
    sheet = random_sheet(seed, gaps=gaps, n_candidates=7, n_raters=n_raters, n_roles=n_roles)

    panel = score_panel(sheet, FIVE, method="panel-2", variances=held)

    dense = solve_dense(write_out(sheet, FIVE), held, role_sd=0.5)
    assessed = ~np.isnan(sheet.ratings).all(axis=0)
    if assessed.all():
        assert panel.score == pytest.approx(dense.score, abs=1e-8)
        assert panel.sd == pytest.approx(dense.sd, abs=1e-8)
        assert panel.dimension_sds == pytest.approx(dense.dimension_sds, abs=1e-8)


@given(seed=seeds, gaps=gaps, n_raters=st.integers(3, 15))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_does_not_matter(seed: int, gaps: float, n_raters: int) -> None:
    sheet = random_sheet(seed, gaps=gaps, n_roles=2, n_raters=n_raters)
    order = np.random.default_rng(seed).permutation(len(sheet.ratings)).tolist()

    straight, mixed = (score_panel(one, FIVE, method="panel-2") for one in (sheet, reordered(sheet, order)))

    there = [mixed.position(name) for name in straight.candidates]
    assert mixed.score[there] == pytest.approx(straight.score, abs=1e-5)
    assert mixed.sd[there] == pytest.approx(straight.sd, abs=1e-5)
    assert mixed.dimension_scores[there] == pytest.approx(straight.dimension_scores, abs=1e-5)
    assert mixed.rankable[there].tolist() == straight.rankable.tolist()
    by_rater = dict(zip(mixed.raters, mixed.leniency, strict=True))
    assert [by_rater[name] for name in straight.raters] == pytest.approx(straight.leniency, abs=1e-5)


@given(seed=seeds, shift=st.floats(-100, 100), stretch=st.floats(0.01, 100), gaps=gaps)
@settings(max_examples=15, deadline=None)
def test_a_shifted_and_stretched_scale_shifts_and_stretches_the_scores(
    seed: int, shift: float, stretch: float, gaps: float
) -> None:
    sheet = random_sheet(seed, gaps=gaps, n_roles=2)
    low, high = 1 * stretch + shift, 5 * stretch + shift
    moved = with_ratings(sheet, np.clip(sheet.ratings * stretch + shift, low, high))
    scale = Scale(FIVE.weights, low, high, bar=3.5 * stretch + shift)

    first, second = score_panel(sheet, FIVE, method="panel-2"), score_panel(moved, scale, method="panel-2")

    assert (second.score - shift) / stretch == pytest.approx(first.score, abs=1e-4)
    assert second.sd / stretch == pytest.approx(first.sd, rel=1e-4)
    assert second.p_bar == pytest.approx(first.p_bar, abs=1e-4)
    assert second.variances.halo / stretch == pytest.approx(first.variances.halo, rel=1e-3)


@given(seed=seeds, k=st.integers(1, 5), n=st.integers(2, 12), held=variances)
@settings(max_examples=30, deadline=None)
def test_a_balanced_design_reduces_to_two_closed_forms(seed: int, k: int, n: int, held: Variances) -> None:
    """The mean over the dimensions and the distances from it are pulled in apart, each as much as it is worth."""
    sheet = random_sheet(seed, n_candidates=n, n_raters=k, per_candidate=k)

    panel = score_panel(sheet, FIVE, method="panel-2", variances=held)

    own = np.array([sheet.ratings[np.array(sheet.candidates) == name].mean(axis=0) for name in panel.candidates])
    away = own - own.mean(axis=0)
    common = away.mean(axis=1, keepdims=True)
    between, within = 5 * held.candidate**2 + held.dimension**2, held.error**2 + 5 * held.halo**2
    level = k * between / (k * between + within)
    profile = k * held.dimension**2 / (k * held.dimension**2 + held.error**2)
    expected = own.mean(axis=0) + level * common + profile * (away - common)
    assert panel.dimension_scores == pytest.approx(expected, abs=1e-8)
    assert panel.score == pytest.approx(expected @ FIVE.share, abs=1e-8)


@given(seed=seeds, gaps=gaps, held=variances, more=st.floats(0.1, 3))
@settings(max_examples=25, deadline=None)
def test_what_one_rater_adds_to_everything_is_leniency(seed: int, gaps: float, held: Variances, more: float) -> None:
    sheet = random_sheet(seed, gaps=gaps)
    wide = Scale(FIVE.weights, 1, 9)
    added = with_ratings(sheet, sheet.ratings + more * (np.array(sheet.raters) == "r0")[:, None])

    before, after = (score_panel(one, wide, method="panel-2", variances=held) for one in (sheet, added))

    moved = dict(zip(before.raters, after.leniency - before.leniency, strict=True))
    own = moved.pop("r0")
    assert 0 < own < more
    # Some of it is taken for a difference of the others from r0; what is left of it reaches those who met r0.
    assert own - max(moved.values()) > 0
    free = Variances(held.candidate, 100, held.error, held.dimension, held.halo)
    before, after = (score_panel(one, wide, method="panel-2", variances=free) for one in (sheet, added))
    apart = after.score - before.score
    assert np.ptp(apart) < 0.02 * more


@given(seed=seeds, gaps=gaps, held=variances, column=st.integers(0, 4))
@settings(max_examples=25, deadline=None)
def test_one_more_rating_narrows_every_interval_or_leaves_it(
    seed: int, gaps: float, held: Variances, column: int
) -> None:
    sheet = random_sheet(seed, gaps=gaps)
    fewer = sheet.ratings.copy()
    fewer[0, column] = np.nan
    assume(held.peers == 0 or not np.isnan(fewer[0]).all())  # the first of a scorecard also tells who met whom
    full = np.where(np.isnan(sheet.ratings[:1]) & (np.arange(5) == column), 3.0, sheet.ratings[:1])
    longer = with_ratings(sheet, np.vstack([full, sheet.ratings[1:]]))

    before, after = (
        score_panel(one, FIVE, method="panel-2", variances=held) for one in (with_ratings(sheet, fewer), longer)
    )

    # A scorecard without a rating is not in the pool at all, and its rater's mean leniency counts in any case.
    assert (after.sd <= before.sd + 1e-9).all()
    assert after.sd[0] < before.sd[0]


@given(seed=seeds, gaps=gaps, held=variances)
@settings(max_examples=25, deadline=None)
def test_the_score_is_the_declared_average_of_the_dimensions(seed: int, gaps: float, held: Variances) -> None:
    sheet = random_sheet(seed, gaps=gaps, n_roles=2)
    other = Scale([1, 5, 1, 1, 3], 1, 5)

    one, two = (score_panel(sheet, scale, method="panel-2", variances=held) for scale in (FIVE, other))

    assert one.score == pytest.approx(one.dimension_scores @ FIVE.share, abs=1e-10)
    assert two.score == pytest.approx(one.dimension_scores @ other.share, abs=1e-10)
    assert two.leniency == pytest.approx(one.leniency, abs=1e-10)


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_names_do_not_matter(seed: int) -> None:
    sheet = random_sheet(seed, gaps=0.2)
    renamed = RatingSheet([name[::-1] for name in map(str, sheet.candidates)], sheet.raters, sheet.roles, sheet.ratings)

    first, second = score_panel(sheet, FIVE, method="panel-2"), score_panel(renamed, FIVE, method="panel-2")

    assert second.score.tolist() == first.score.tolist()
