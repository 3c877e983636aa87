"""What must hold for any ratings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candidates.scoring import RatingSheet, Reason, Scale, Variances, fingerprint, rank, score_panel
from tests.candidates.scoring.sheets import FIVE, random_sheet, reordered, with_ratings

HELD = Variances(candidate=0.7, rater=0.35, error=0.55)
seeds = st.integers(0, 2**32 - 1)
sds = st.floats(0.05, 2)
gaps = st.sampled_from([0.0, 0.2, 0.5])


def why(reasons: tuple[Reason, ...]) -> list[tuple[str, int | None]]:
    return [(reason.code, reason.dimension) for reason in reasons]


@given(seed=seeds, gaps=gaps, n_raters=st.integers(3, 20))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_does_not_matter(seed: int, gaps: float, n_raters: int) -> None:
    sheet = random_sheet(seed, gaps=gaps, n_roles=2, n_raters=n_raters)
    order = np.random.default_rng(seed).permutation(len(sheet.ratings)).tolist()

    straight, mixed = score_panel(sheet, FIVE), score_panel(reordered(sheet, order), FIVE)

    there = [mixed.position(name) for name in straight.candidates]
    assert mixed.score[there] == pytest.approx(straight.score, abs=1e-5)
    assert mixed.sd[there] == pytest.approx(straight.sd, abs=1e-5)
    assert mixed.dimension_scores[there] == pytest.approx(straight.dimension_scores, abs=1e-5)
    assert mixed.rankable[there].tolist() == straight.rankable.tolist()
    assert [why(mixed.reasons[place]) for place in there] == [why(reasons) for reasons in straight.reasons]
    assert mixed.below_floor[there].tolist() == straight.below_floor.tolist()
    by_rater = dict(zip(mixed.raters, mixed.leniency, strict=True))
    assert [by_rater[name] for name in straight.raters] == pytest.approx(straight.leniency, abs=1e-5)
    assert fingerprint(sheet, FIVE) == fingerprint(reordered(sheet, order), FIVE)


@given(seed=seeds)
@settings(max_examples=15, deadline=None)
def test_names_do_not_matter(seed: int) -> None:
    sheet = random_sheet(seed, gaps=0.2)
    renamed = RatingSheet(
        [("person", name[::-1]) for name in map(str, sheet.candidates)],
        [hash(name) for name in sheet.raters],
        [None] * len(sheet.roles),
        sheet.ratings,
    )

    first, second = score_panel(sheet, FIVE), score_panel(renamed, FIVE)

    assert second.score.tolist() == first.score.tolist()
    assert second.leniency.tolist() == first.leniency.tolist()
    assert (
        rank(first, "role0", k=3, seed=1, draws=200).p_top_k.tolist()
        == rank(second, None, k=3, seed=1, draws=200).p_top_k.tolist()
    )


@given(seed=seeds, shift=st.floats(-100, 100), stretch=st.floats(0.01, 100), gaps=gaps)
@settings(max_examples=25, deadline=None)
def test_a_shifted_and_stretched_scale_shifts_and_stretches_the_scores(
    seed: int, shift: float, stretch: float, gaps: float
) -> None:
    sheet = random_sheet(seed, gaps=gaps, n_roles=2)
    low, high = 1 * stretch + shift, 5 * stretch + shift
    moved = with_ratings(sheet, np.clip(sheet.ratings * stretch + shift, low, high))
    scale = Scale(FIVE.weights, low, high, bar=3.5 * stretch + shift)

    first, second = score_panel(sheet, FIVE), score_panel(moved, scale)

    assert (second.score - shift) / stretch == pytest.approx(first.score, abs=1e-4)
    assert second.sd / stretch == pytest.approx(first.sd, rel=1e-4)
    assert second.p_bar == pytest.approx(first.p_bar, abs=1e-4)
    assert second.variances.rater / stretch == pytest.approx(first.variances.rater, rel=1e-3)


@given(seed=seeds, k=st.integers(1, 5), n=st.integers(2, 15), candidate=sds, rater=sds, error=sds)
@settings(max_examples=40, deadline=None)
def test_a_balanced_design_reduces_to_the_closed_form(
    seed: int, k: int, n: int, candidate: float, rater: float, error: float
) -> None:
    sheet = random_sheet(seed, n_candidates=n, n_raters=k, per_candidate=k)

    panel = score_panel(sheet, FIVE, variances=Variances(candidate, rater, error))

    own = np.array([sheet.ratings[np.array(sheet.candidates) == name].mean(axis=0) for name in panel.candidates])
    own = own @ FIVE.share
    kept = k * candidate**2 / (k * candidate**2 + error**2)
    assert panel.score == pytest.approx(own.mean() + kept * (own - own.mean()), abs=1e-9)
    assert panel.evidence == pytest.approx(np.full(n, kept))


@given(seed=seeds, gaps=gaps, candidate=sds, rater=sds, error=sds, data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_raised_rating_never_lowers_its_candidate(
    seed: int, gaps: float, candidate: float, rater: float, error: float, data: st.DataObject
) -> None:
    sheet = random_sheet(seed, gaps=gaps, n_roles=2)
    held = Variances(candidate, rater, error)
    low = np.argwhere(sheet.ratings < 5)
    row, column = low[data.draw(st.integers(0, len(low) - 1))]
    raised = sheet.ratings.copy()
    raised[row, column] += 1

    before = score_panel(sheet, FIVE, variances=held, dimension_variances=[held] * 5, means=[3] * 5)
    after = score_panel(
        with_ratings(sheet, raised), FIVE, variances=held, dimension_variances=[held] * 5, means=[3] * 5
    )

    place = before.position(sheet.candidates[row])
    assert after.score[place] > before.score[place]
    assert after.raw_mean[place] > before.raw_mean[place]
    assert after.dimension_scores[place, column] > before.dimension_scores[place, column]


@given(seed=seeds, column=st.integers(0, 4))
@settings(max_examples=30, deadline=None)
def test_not_assessed_is_not_zero(seed: int, column: int) -> None:
    """Leaving out a level leaves a candidate where the other levels put them; a lowest level would pull them down."""
    sheet = random_sheet(seed)
    for_one = np.array(sheet.candidates) == "c0"
    open_one, lowest = sheet.ratings.copy(), sheet.ratings.copy()
    open_one[for_one, column] = np.nan
    lowest[for_one, column] = 1
    means = np.full(5, 3.0)

    def scored(ratings: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
        panel = score_panel(
            with_ratings(sheet, ratings), FIVE, variances=HELD, dimension_variances=[HELD] * 5, means=means
        )
        return float(panel.score[panel.position("c0")])

    # Rated at exactly the dimensions' common mean elsewhere, an open dimension says nothing: same centre, less certain.
    neutral = np.where(for_one[:, None], 3.0, sheet.ratings)
    neutral_open = neutral.copy()
    neutral_open[for_one, column] = np.nan
    neutral_lowest = neutral.copy()
    neutral_lowest[for_one, column] = 1
    assert scored(neutral_lowest) < scored(neutral_open) - 0.05
    assert scored(neutral_open) == pytest.approx(scored(neutral), abs=0.05)
    panel = score_panel(with_ratings(sheet, open_one), FIVE, variances=HELD)
    place = panel.position("c0")
    rest = [number for number in range(5) if number != column]
    share = FIVE.share[rest] / FIVE.share[rest].sum()
    assert panel.raw_mean[place] == pytest.approx(float((sheet.ratings[for_one][:, rest] @ share).mean()))
    assert np.isnan(panel.dimension_means[place, column])
    assert panel.completeness[place] == pytest.approx(1 - FIVE.share[column])


@given(seed=seeds, gaps=gaps, by_newcomer=st.booleans())
@settings(max_examples=20, deadline=None)
def test_more_evidence_is_never_less_certain(seed: int, gaps: float, by_newcomer: bool) -> None:
    """With the variances held, one more scorecard of a candidate narrows that candidate's interval, and widens nobody's.

    By a newcomer it may widen others': the score from all interviewers then takes in one more, of whom little is known.
    """
    sheet = random_sheet(seed, gaps=gaps)
    longer = RatingSheet(
        (*sheet.candidates, "c3"), (*sheet.raters, "newcomer" if by_newcomer else sheet.raters[0]),
        (*sheet.roles, "role0"), np.vstack([sheet.ratings, np.full(5, 4.0)]),
    )  # fmt: skip
    place = list(sheet.candidates).index("c3") // 3

    before, after = (score_panel(one, FIVE, variances=HELD) for one in (sheet, longer))

    assert after.sd[place] < before.sd[place]
    assert by_newcomer or (after.sd <= before.sd + 1e-12).all()
