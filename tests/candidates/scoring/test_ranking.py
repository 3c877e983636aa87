import numpy as np
import pytest
from scipy.stats import norm

from candidates.scoring import RatingSheet, Scale, Variances, difference, rank, ranking, score_panel
from tests.candidates.scoring.dense import solve_dense, write_out
from tests.candidates.scoring.sheets import FIVE, random_sheet, sheet_of

HELD = Variances(candidate=0.7, rater=0.35, error=0.55)
ONE = Scale([1], 1, 5)


def test_probabilities_are_those_of_the_joint_posterior() -> None:
    """Of two candidates, one is best with probability Φ(difference / its standard deviation)."""
    sheet = sheet_of([("a", "x", [4]), ("a", "y", [5]), ("b", "y", [4]), ("b", "z", [4])])
    panel = score_panel(sheet, ONE, variances=HELD)
    dense = solve_dense(write_out(sheet, ONE), HELD, role_sd=0.5)
    spread = np.sqrt(dense.covariance[0, 0] + dense.covariance[1, 1] - 2 * dense.covariance[0, 1])

    found = rank(panel, "role", k=1, draws=200_000, seed=3)

    assert found.order == ("a", "b")
    expected = norm.cdf((dense.score[0] - dense.score[1]) / spread)
    assert found.p_top_k == pytest.approx([expected, 1 - expected], abs=0.004)


def test_a_difference_has_the_interval_of_the_joint_posterior() -> None:
    """Those who share an interviewer share that interviewer's error."""
    sheet = sheet_of([("a", "x", [4]), ("a", "y", [5]), ("b", "y", [4]), ("b", "z", [4])])
    panel = score_panel(sheet, ONE, variances=HELD)
    dense = solve_dense(write_out(sheet, ONE), HELD, role_sd=0.5)
    spread = np.sqrt(dense.covariance[0, 0] + dense.covariance[1, 1] - 2 * dense.covariance[0, 1])

    apart, half = difference(panel, "a", "b")

    assert apart == pytest.approx(dense.score[0] - dense.score[1])
    assert half == pytest.approx(norm.ppf(0.95) * spread, rel=1e-3)
    assert difference(panel, "b", "a") == pytest.approx((-apart, half), rel=1e-9)


def test_everybody_has_a_place() -> None:
    panel = score_panel(random_sheet(5, n_candidates=30, n_raters=8), FIVE)

    found = rank(panel, "role0", k=4, seed=1)

    scores = [panel.score[panel.position(name)] for name in found.order]
    assert scores == sorted(scores, reverse=True)
    assert len(found.order) == panel.rankable.sum() == 30
    assert found.rank.tolist() == list(range(1, 31))
    assert found.p_top_k.sum() == pytest.approx(4)
    assert found.p_top_k[0] > found.p_top_k[-1]
    assert ((found.rank_lower >= 1) & (found.rank_lower <= found.rank_upper) & (found.rank_upper <= 30)).all()
    assert np.mean((found.rank_lower <= found.rank) & (found.rank <= found.rank_upper)) > 0.9
    assert rank(panel, "role0", k=40, seed=1).p_top_k.tolist() == [1.0] * 30


def test_rank_intervals_are_the_shortest_that_hold_nine_tenths_of_the_draws() -> None:
    panel = score_panel(random_sheet(5, n_candidates=10, n_raters=6), FIVE)
    at_most = np.array([rank(panel, "role0", k=k, seed=1).p_top_k for k in range(1, 11)])
    holds = np.vstack([np.zeros(10), at_most])  # row k: the probability of the rank k or better

    found = rank(panel, "role0", k=1, seed=1)

    for place, (lower, upper) in enumerate(zip(found.rank_lower, found.rank_upper, strict=True)):
        assert holds[upper, place] - holds[lower - 1, place] >= 0.9 - 1e-9
        shorter = [holds[end, place] - holds[end - (upper - lower), place] for end in range(upper - lower, 11)]
        assert max(shorter) < 0.9
    assert (found.rank_upper - found.rank_lower).max() > 2


def test_three_equals_may_have_any_rank() -> None:
    """Three equal candidates: each rank is as likely as another, so nine tenths of the draws need all three."""
    sheet = sheet_of([(name, rater, [3]) for name in "abc" for rater in "xy"])

    found = rank(score_panel(sheet, ONE, variances=HELD), "role", k=1, seed=1)

    assert found.rank_lower.tolist() == [1, 1, 1]
    assert found.rank_upper.tolist() == [3, 3, 3]
    assert found.p_top_k == pytest.approx([1 / 3] * 3, abs=0.05)
    assert found.ties.tolist() == [1, 1, 1]
    assert found.order == ("a", "b", "c")


def test_the_same_seed_gives_the_same_ranking() -> None:
    panel = score_panel(random_sheet(5), FIVE)

    first, again, other = (rank(panel, "role0", k=3, seed=seed) for seed in (1, 1, 2))

    assert first.p_top_k.tolist() == again.p_top_k.tolist()
    assert first.p_top_k.tolist() != other.p_top_k.tolist()


def test_draws_in_blocks_are_draws_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = score_panel(random_sheet(5), FIVE)
    whole = rank(panel, "role0", k=3, seed=1)

    monkeypatch.setattr(ranking, "BLOCK", 900)
    parts = rank(panel, "role0", k=3, seed=1)

    assert parts.p_top_k == pytest.approx(whole.p_top_k, abs=0.06)
    assert parts.p_top_k.sum() == pytest.approx(3)


@pytest.mark.parametrize("n_raters", [6, 40])
def test_ties_follow_the_exact_difference(n_raters: int) -> None:
    sheet = random_sheet(8, n_candidates=20, n_raters=n_raters)
    panel = score_panel(sheet, FIVE, variances=HELD)
    covariance = solve_dense(write_out(sheet, FIVE), HELD, role_sd=0.5).covariance

    found = rank(panel, "role0", k=3, seed=1)

    group, leader, expected = 0, None, []
    for name in found.order:
        one = panel.position(name)
        if leader is not None:
            spread = np.sqrt(covariance[leader, leader] + covariance[one, one] - 2 * covariance[leader, one])
        if leader is None or panel.score[leader] - panel.score[one] > 1.6449 * spread:
            group, leader = group + 1, one
        expected.append(group)
    assert found.ties.tolist() == expected
    assert 1 < group < 20


def test_a_role_ranks_its_own_rankable_candidates() -> None:
    sheet = random_sheet(6, n_candidates=20, n_roles=2)
    lonely = RatingSheet(
        (*sheet.candidates, "lonely"),
        (*sheet.raters, "r0"),
        (*sheet.roles, "role0"),
        np.vstack([sheet.ratings, [5] * 5]),
    )

    found = rank(score_panel(lonely, FIVE), "role0", k=3, seed=1)

    assert len(found.order) == 10
    assert set(found.order) == {f"c{number}" for number in range(0, 20, 2)}


def test_groups_that_never_met_are_ranked_apart() -> None:
    rows = [(name, rater, [level]) for name, level in (("a", 2), ("b", 5), ("c", 3)) for rater in ("x", "y")]
    rows += [(name, rater, [level]) for name, level in (("d", 4), ("e", 1)) for rater in ("u", "v")]

    found = rank(score_panel(sheet_of(rows), ONE, variances=Variances(1, 0.3, 0.1)), "role", k=1, seed=1)

    assert found.order == ("b", "c", "a", "d", "e")
    assert found.component.tolist() == [0, 0, 0, 1, 1]
    assert found.rank.tolist() == [1, 2, 3, 1, 2]
    assert found.p_top_k == pytest.approx([1, 0, 0, 1, 0])
    assert found.rank_upper.tolist() == [1, 2, 3, 1, 2]
    assert found.ties.tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("role", ["role", "unheard of"])
def test_nobody_rankable_is_an_empty_ranking(role: str) -> None:
    found = rank(score_panel(sheet_of([("a", "x", [4])]), ONE), role, k=1, seed=1)

    assert found.order == ()
    assert found.rank.tolist() == found.ties.tolist() == found.p_top_k.tolist() == []


@pytest.mark.parametrize(("k", "draws"), [(0, 10), (1, 0)])
def test_bad_numbers_are_named(k: int, draws: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k} and draws is {draws}"):
        rank(score_panel(sheet_of([("a", "x", [4])]), ONE), "role", k=k, draws=draws, seed=1)
