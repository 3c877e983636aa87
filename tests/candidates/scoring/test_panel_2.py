from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from candidates.scoring import RatingSheet, Scale, Variances, rank, score_panel
from candidates.scoring.equations import solve_levels, sum_levels
from candidates.scoring.panel_2 import LEAST, LOG_SDS, MEDIANS, MOST_RATERS
from candidates.scoring.patterns import build_layout
from candidates.scoring.pool import build_pool
from tests.candidates.scoring.dense_2 import Model, restricted_deviance, solve_dense, write_out
from tests.candidates.scoring.sheets import FIVE, in_kits, random_sheet, reordered, sheet_of
from tests.candidates.scoring.test_panel import SAMPLES

HELD = Variances(candidate=0.5, rater=0.35, error=0.6, dimension=0.4, halo=0.45, peers=0.3)
TWO = Scale(weights=[3, 1], lowest=1, highest=5, bar=3)


def twice(sheet: RatingSheet) -> RatingSheet:
    """The first interviewer met the first candidate again, twice, with the same dimensions and with others."""
    again = sheet.ratings[:1].copy()
    again[0, :2] = np.nan
    return RatingSheet(
        [*sheet.candidates, *[sheet.candidates[0]] * 2],
        [*sheet.raters, *[sheet.raters[0]] * 2],
        [*sheet.roles, *[sheet.roles[0]] * 2],
        np.vstack([sheet.ratings, 6 - sheet.ratings[:1], again]),
    )


SHEETS = {
    "full": random_sheet(7, n_candidates=10),
    "gaps": random_sheet(8, n_candidates=10, gaps=0.35),
    "kits": in_kits(random_sheet(9, n_candidates=8, per_candidate=4)),
    "few candidates": random_sheet(10, n_candidates=4, n_raters=9, per_candidate=4, gaps=0.2),
    "roles": random_sheet(11, n_candidates=9, n_roles=3, gaps=0.2),
    "met again": twice(random_sheet(12, n_candidates=6, gaps=0.1)),
}


@pytest.mark.parametrize("samples", [None, SAMPLES], ids=["alone", "with samples"])
@pytest.mark.parametrize("name", SHEETS)
def test_held_variances_reproduce_the_full_equations(name: str, samples: RatingSheet | None) -> None:
    sheet = SHEETS[name]

    panel = score_panel(sheet, FIVE, method="panel-2", variances=HELD, samples=samples)

    dense = solve_dense(write_out(sheet, FIVE, samples), HELD, role_sd=0.5)
    assert panel.score == pytest.approx(dense.score, abs=1e-9)
    assert panel.sd == pytest.approx(dense.sd, abs=1e-9)
    assert panel.dimension_scores == pytest.approx(dense.dimension_scores, abs=1e-9)
    assert panel.dimension_sds == pytest.approx(dense.dimension_sds, abs=1e-9)
    assert panel.leniency == pytest.approx(dense.leniency, abs=1e-9)
    assert panel.leniency_sd == pytest.approx(dense.leniency_sd, abs=1e-9)
    assert panel.variances == HELD


@pytest.mark.parametrize("samples", [None, SAMPLES], ids=["alone", "with samples"])
@pytest.mark.parametrize("name", ["gaps", "kits", "roles", "met again"])
def test_the_likelihood_and_its_slopes_are_those_of_the_full_covariance(name: str, samples: RatingSheet | None) -> None:
    sheet = SHEETS[name]
    pool = build_pool(sheet, FIVE, samples)
    layout = build_layout(pool, peers=True)
    levels = sum_levels(layout, np.nan_to_num(pool.ratings[layout.rows.order] - 3))
    model, generator = write_out(sheet, FIVE, samples), np.random.default_rng(1)

    apart = []
    for sds in np.exp(generator.normal(-0.7, 0.5, (3, 6))):
        apart.append(solve_levels(layout, levels, sds).deviance() - restricted_deviance(model, Variances(*sds), 0.5))
        steps = 1e-5 * np.eye(6)
        up, down = (
            [solve_levels(layout, levels, sds * np.exp(sign * step)).deviance() for step in steps] for sign in (1, -1)
        )
        slopes = (np.array(up) - np.array(down)) / 2e-5
        assert solve_levels(layout, levels, sds).slopes() == pytest.approx(slopes, abs=1e-4)
    assert apart == pytest.approx([apart[0]] * 3, abs=1e-8)


def penalised(model: Model, logs: np.ndarray[tuple[int], np.dtype[np.float64]], *, priors: bool) -> float:
    away = (logs - np.log(MEDIANS)) / LOG_SDS
    return restricted_deviance(model, Variances(*np.exp(logs)), 0.5) + (float(away @ away) if priors else 0)


@pytest.mark.parametrize("priors", [True, False])
def test_variances_maximise_the_restricted_likelihood(*, priors: bool) -> None:
    sheet = random_sheet(21, n_candidates=12, gaps=0.15)
    model = write_out(sheet, FIVE)

    found = score_panel(sheet, FIVE, method="panel-2", priors=priors).variances

    logs = np.log([found.candidate, found.rater, found.error, found.dimension, found.halo, found.peers])
    value = penalised(model, logs, priors=priors)
    for step in (*0.02 * np.eye(6), *-0.02 * np.eye(6)):
        is_looked_at = (logs + step >= np.log(LEAST)).all()
        assert penalised(model, logs + step, priors=priors) > value - 1e-7 or not is_looked_at
    if priors:
        best = minimize(lambda x: penalised(model, x, priors=True), logs, method="Nelder-Mead", options={"xatol": 1e-6})
        assert logs == pytest.approx(best.x, abs=1e-3)


def test_standard_deviations_that_were_planted_are_found() -> None:
    generator = np.random.default_rng(4)
    n, raters = 1500, 60
    candidate = np.repeat(np.arange(n), 4)
    rater = np.argsort(generator.random((n, raters)), axis=1)[:, :4].ravel()
    levels = 50 + (
        generator.normal(0, 5, n)[candidate][:, None]
        + generator.normal(0, 3, (n, 5))[candidate]
        + generator.normal(0, 4, raters)[rater][:, None]
        + generator.normal(0, 6, (len(rater), 1))
        + generator.normal(0, 7, (len(rater), 5))
    )
    sheet = RatingSheet(candidate, rater, np.zeros(len(rater), dtype=int), np.clip(levels, 0, 100))

    full = score_panel(sheet, Scale([2, 2, 2, 2, 1], 0, 100), method="panel-2").variances
    kits = score_panel(in_kits(sheet), Scale([2, 2, 2, 2, 1], 0, 100), method="panel-2").variances

    assert [full.candidate, full.error, full.dimension, full.halo] == pytest.approx([5, 7, 3, 6], rel=0.07)
    assert kits.candidate == pytest.approx(5, rel=0.1)
    assert [full.rater, kits.rater] == pytest.approx([4, 4], rel=0.25)


def test_dimensions_weigh_as_declared_whoever_assessed_them() -> None:
    """Everybody is the same but in mentoring, which counts .11 and which one of four interviewers assesses."""
    levels = {"Ana": [3, 3, 3, 3, 5], "Ben": [3, 3, 3, 3, 1], "Cleo": [3, 3, 3, 3, 3]}
    rows = [(name, f"r{number}", given) for name, given in levels.items() for number in range(4)]
    sheet = in_kits(sheet_of(rows))
    scale = Scale(FIVE.weights, 1, 5)
    exact = Variances(candidate=0.3, rater=0.05, error=0.02, dimension=1, halo=0.02)

    first, second = (
        score_panel(sheet, scale, method=method, variances=held)
        for method, held in (("panel-1", Variances(5, 0.05, 0.02)), ("panel-2", exact))
    )

    assert second.score[0] - second.score[1] == pytest.approx(4 * scale.share[4], abs=0.02)
    assert first.score[0] - first.score[1] > 1.8 * 4 * scale.share[4]
    assert second.effective_weights == pytest.approx(np.tile(scale.share, (3, 1)))
    assert second.rankable.all()
    assert not first.rankable.any()
    assert second.score == pytest.approx(second.dimension_scores @ scale.share, abs=1e-12)


def test_means_are_not_plain_ones() -> None:
    """Strict interviewers alone assess the second dimension; that does not make it a difficult one."""
    lenient = [(f"c{n}", f"l{n % 3}", [4, np.nan]) for n in range(30)]
    both = [(f"c{n}", f"s{n % 3}", [2, 2]) for n in range(30)]
    sheet = sheet_of([*lenient, *both])

    panel = score_panel(sheet, TWO, method="panel-2", variances=Variances(0.3, 1, 0.3, 0.3, 0.3))

    assert panel.pool_means == pytest.approx([3, 2])
    first, second = panel.dimension_averages[0]
    assert first == pytest.approx(second, abs=0.05)


def by_ability(n_raters: int, *, per_candidate: int = 2) -> RatingSheet:
    """Interviewers in a row, the abler candidates towards its end; nobody is stricter than anybody else."""
    generator = np.random.default_rng(5)
    n = 12 * n_raters
    place = np.linspace(0, n_raters - 1, n)
    near = np.abs(np.arange(n_raters) - place[:, None]) + generator.gumbel(0, 0.5, (n, n_raters))
    rater = np.argsort(near, axis=1)[:, :per_candidate].ravel()
    candidate = np.repeat(np.arange(n), per_candidate)
    ability = 2.2 + 1.6 * place / (n_raters - 1) + generator.normal(0, 0.4, n)
    levels = ability[candidate][:, None] + generator.normal(0, 0.6, (len(candidate), 5))
    return RatingSheet(candidate, rater, 0 * candidate, np.clip(np.rint(levels), 1, 5))


def test_interviewers_who_meet_the_able_are_not_taken_for_lenient() -> None:
    """Beside the same without peers, which is what the method was before there were any."""
    sheet = by_ability(8)

    panel = score_panel(sheet, FIVE, method="panel-2")
    without = score_panel(sheet, FIVE, method="panel-2", variances=replace(panel.variances, peers=0))

    order = np.argsort([int(str(name)) for name in panel.raters])
    assert np.polyfit(np.arange(8), without.leniency[order], 1)[0] > 0.06
    assert abs(np.polyfit(np.arange(8), panel.leniency[order], 1)[0]) < 0.03
    assert panel.variances.peers > 0.2
    assert panel.peers[:12].max() < -0.2 < 0.2 < panel.peers[-12:].min()
    assert not without.peers.any()
    assert panel.score_variances.candidate > panel.variances.candidate
    assert panel.score_variances.peers == 0


def test_peers_are_as_good_as_none_where_everybody_met_whoever_came() -> None:
    sheet = random_sheet(6, n_candidates=2000, n_raters=30)

    panel = score_panel(sheet, FIVE, method="panel-2")

    assert panel.variances.peers < 0.08
    assert np.abs(panel.peers).max() < 0.08


def test_a_very_large_panel_has_no_peers() -> None:
    rows = [
        (f"c{n // 2}", f"r{(n // 2 + n % 2) % (MOST_RATERS + 1)}", [2 + n % 3, 3]) for n in range(2 * MOST_RATERS + 2)
    ]

    panel = score_panel(sheet_of(rows), TWO, method="panel-2")

    assert len(panel.raters) == MOST_RATERS + 1
    assert panel.variances.peers == 0
    assert not panel.peers.any()


def test_must_haves_and_gaps_are_judged_as_before() -> None:
    sheet = in_kits(random_sheet(3, n_candidates=6, per_candidate=4))

    panel = score_panel(sheet, FIVE, method="panel-2")

    assert not panel.rankable.any()
    assert [[reason.code for reason in reasons] for reasons in panel.reasons] == [["must_have"]] * 6


def test_one_dimension_is_panel_1() -> None:
    sheet = random_sheet(2, n_dimensions=1)
    scale = Scale([1], 1, 5)

    first, second = (score_panel(sheet, scale, method=method) for method in ("panel-1", "panel-2"))
    held = score_panel(sheet, scale, method="panel-2", variances=Variances(0.3, 0.2, 0.4, 0.4, 0.3))

    assert second.score.tolist() == first.score.tolist()
    assert second.variances == first.variances
    assert second.method == "panel-2"
    assert held.score.tolist() == score_panel(sheet, scale, variances=Variances(0.5, 0.2, 0.5)).score.tolist()


def test_probabilities_are_those_of_the_joint_posterior() -> None:
    sheet = sheet_of([("a", "x", [4, 3]), ("a", "y", [5, np.nan]), ("b", "y", [4, 4]), ("b", "z", [np.nan, 4])])
    panel = score_panel(sheet, TWO, method="panel-2", variances=HELD)
    dense = solve_dense(write_out(sheet, TWO), HELD, role_sd=0.5)
    spread = np.sqrt(dense.covariance[0, 0] + dense.covariance[1, 1] - 2 * dense.covariance[0, 1])

    found = rank(panel, "role", k=1, draws=200_000, seed=3)

    chance = dict(zip(found.order, found.p_top_k, strict=True))
    assert chance["a"] == pytest.approx(norm.cdf((dense.score[0] - dense.score[1]) / spread), abs=0.004)
    assert sum(chance.values()) == pytest.approx(1)


def test_ties_follow_the_exact_difference() -> None:
    sheet = random_sheet(8, n_candidates=14, gaps=0.1)
    panel = score_panel(sheet, FIVE, method="panel-2", variances=HELD)
    covariance = solve_dense(write_out(sheet, FIVE), HELD, role_sd=0.5).covariance

    found = rank(panel, "role0", k=3, seed=1)

    group, leader, expected = 0, 0, []
    for number, one in enumerate(map(panel.position, found.order)):
        spread = np.sqrt(covariance[leader, leader] + covariance[one, one] - 2 * covariance[leader, one])
        if number == 0 or panel.score[leader] - panel.score[one] > 1.6449 * spread:
            group, leader = group + 1, one
        expected.append(group)
    assert found.ties.tolist() == expected
    assert 1 < group < 14


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
        [("a", "x", [4, np.nan]), ("b", "y", [np.nan, 2])],
    ],
    ids=["none", "one", "nothing assessed", "all equal", "an empty scorecard", "one rater twice", "nothing in common"],
)
def test_degenerate_input_is_finite_and_plain(rows: list[tuple[object, object, list[float]]], *, priors: bool) -> None:
    panel = score_panel(sheet_of(rows), TWO, method="panel-2", priors=priors)

    for figures in (
        panel.score, panel.sd, panel.lower, panel.upper, panel.p_bar, panel.leniency, panel.leniency_sd, panel.average,
        panel.evidence, panel.dimension_scores, panel.dimension_sds, panel.dimension_averages, panel.effective_weights,
    ):  # fmt: skip
        assert np.isfinite(figures).all()
    assert (panel.sd > 0).all()
    assert ((panel.score >= 1) & (panel.score <= 5)).all()
    assert ((panel.evidence >= 0) & (panel.evidence < 1)).all()
    assert panel.dimension_scores.shape == (len(panel.candidates), 2)


def test_all_equal_ratings_give_everybody_that_level() -> None:
    panel = score_panel(sheet_of([(c, r, [4, 4]) for c in "abc" for r in "xy"]), TWO, method="panel-2")

    assert panel.score == pytest.approx([4, 4, 4])
    assert panel.leniency == pytest.approx([0, 0])


def test_a_dimension_nobody_assessed_stands_at_the_average_of_the_others() -> None:
    rows = [(c, r, [level, level - 1, np.nan]) for c, level in (("a", 4), ("b", 3)) for r in "xy"]

    panel = score_panel(sheet_of(rows), Scale([2, 1, 1], 1, 5), method="panel-2", variances=HELD)

    assert panel.dimension_averages[0] == pytest.approx([3.5, 2.5, 3.5 * 2 / 3 + 2.5 / 3])
    assert panel.dimension_sds[:, 2] == pytest.approx([2 / 1.6449] * 2)
    # What they show elsewhere is part of it: a's own level is above b's.
    assert panel.dimension_scores[0, 2] > panel.dimension_scores[1, 2]
    assert panel.score == pytest.approx(panel.dimension_scores @ [0.5, 0.25, 0.25])


def test_no_spread_can_be_held() -> None:
    sheet = random_sheet(9, gaps=0.2)

    panel = score_panel(sheet, FIVE, method="panel-2", variances=Variances(candidate=0, rater=0, error=0.5))

    assert panel.score == pytest.approx(np.full(12, panel.average[0]))
    assert panel.leniency == pytest.approx(np.zeros(5), abs=1e-9)


@pytest.mark.parametrize("priors", [True, False])
@pytest.mark.parametrize("n_candidates", [1, 2, 7, 20])
@pytest.mark.parametrize("level_of", ["everybody", "candidate", "scorecard"])
def test_levels_without_noise_are_fitted_too(level_of: str, n_candidates: int, *, priors: bool) -> None:
    """The error is then as good as none beside the candidates' spread, where equations are easily lost."""
    generator = np.random.default_rng(n_candidates)
    candidate, rater = np.repeat(np.arange(n_candidates), 3), np.tile(np.arange(3), n_candidates)
    of_card = generator.integers(1, 6, 3 * n_candidates).astype(float)
    level = {"everybody": np.full(len(candidate), 4.0), "candidate": of_card[3 * candidate], "scorecard": of_card}
    sheet = RatingSheet(candidate, rater, 0 * candidate, np.tile(level[level_of][:, None], 5))

    panel = score_panel(sheet, FIVE, method="panel-2", priors=priors)

    assert np.isfinite(panel.sd).all()
    assert ((panel.score > 0.9) & (panel.score < 5.1)).all()
    if level_of == "candidate" and n_candidates > 2:
        assert np.corrcoef(panel.score, panel.raw_mean)[0, 1] > 0.999


def test_patterns_are_kept_apart_whatever_the_order_of_scorecards() -> None:
    """Two candidates have the same scorecards in another order; a third has one of them twice."""
    first, second = [1, 0, 0], [0, 1, 1]
    rows = [("a", "x", first), ("a", "y", second), ("b", "y", second), ("b", "x", first)]
    rows += [("c", "x", first), ("c", "y", first), ("c", "x", second), ("d", "y", second)]
    sheet = sheet_of([(name, rater, [level or np.nan for level in given]) for name, rater, given in rows])

    pattern = build_layout(build_pool(sheet, Scale([1, 1, 1], 1, 5), None), peers=True).pattern

    assert pattern[0] == pattern[1]
    assert len(set(pattern[1:].tolist())) == 3


def test_absurd_standard_deviations_are_refused() -> None:
    with pytest.raises(ArithmeticError, match="broke down at standard deviations"):
        score_panel(random_sheet(1), FIVE, method="panel-2", variances=Variances(1e8, 1e8, 1e-8, 1e8, 1e-8))


def test_reordered_rows_are_the_same_rows() -> None:
    sheet = SHEETS["gaps"]
    mixed = reordered(sheet, list(reversed(range(len(sheet.ratings)))))

    one, other = (score_panel(each, FIVE, method="panel-2", variances=HELD) for each in (sheet, mixed))

    assert other.score[[other.position(name) for name in one.candidates]] == pytest.approx(one.score, abs=1e-12)
