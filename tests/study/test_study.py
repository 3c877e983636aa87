from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from candidates.scoring.values import FloatArray
from tests.study import targets
from tests.study.__main__ import main
from tests.study.designs import GRID, KITS, SAMPLES, Cell, assign, interview, kits, read_samples
from tests.study.measures import brier, calibration, measure, ranks_of
from tests.study.study import Result, mean_of, run_study
from tests.study.tables import Table, effective_weights, tables
from tests.study.truth import (
    HIGHEST,
    LOWEST,
    MEANS,
    SHARE,
    Truth,
    draw_truth,
    expected_level,
    universe_levels,
    written_levels,
)

SMALL = Cell(leniency_sd=0.5, per_candidate=2, candidates=60, related=False, samples=False, divided=False)


def figures(results: Sequence[Result]) -> list[dict[str, list[float]]]:
    return [{name: list(values) for name, values in one.figures.items()} for one in results]


def test_what_was_stopped_goes_on(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"replications": 30, "seed": 3, "cells": [SMALL]}
    whole = run_study(**asked, kept_in=tmp_path)
    [file] = tmp_path.iterdir()
    size = file.stat().st_size
    file.write_bytes(file.read_bytes()[: size - 100])
    assert figures(run_study(**asked, kept_in=tmp_path)) == figures(whole) == figures(run_study(**asked))
    assert file.stat().st_size == size
    assert figures(run_study(**asked, kept_in=tmp_path)) == figures(whole)
    assert file.stat().st_size == size, "nothing was left to do"
    run_study(**asked | {"seed": 4}, kept_in=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def generator() -> np.random.Generator:
    return np.random.default_rng(5)


def cell(*, per_candidate: int = 3, related: bool = False, divided: bool = False, leniency_sd: float = 0.5) -> Cell:
    return Cell(leniency_sd, per_candidate, 400, related, samples=True, divided=divided)


def test_the_grid_is_everything_asked_for() -> None:
    assert len(set(GRID)) == len({one.key for one in GRID}) == 4 * 3 * 2 * 2 * 2 * 2
    assert {(one.candidates, one.raters, one.k) for one in GRID} == {(60, 12, 6), (400, 30, 40)}


@pytest.mark.parametrize("leniency_sd", [0.0, 0.5])
def test_the_planted_spreads_are_there(leniency_sd: float) -> None:
    truth = draw_truth(generator(), candidates=20_000, raters=20_000, leniency_sd=leniency_sd)

    assert truth.profile.mean(axis=0) == pytest.approx(MEANS, abs=0.02)
    assert truth.ability.std() == pytest.approx(0.6, abs=0.01)
    assert truth.leniency.std() == pytest.approx(leniency_sd, abs=0.01)


def test_an_interviewer_is_as_reliable_as_in_life() -> None:
    """Scores of two interviewers of the same candidate correlate .44 at a leniency of .5 (Huffcutt 2013)."""
    chance = generator()
    truth = draw_truth(chance, candidates=20_000, raters=40_000, leniency_sd=0.5)
    raters = truth.leniency.reshape(2, 20_000, 1)

    first, second = (written_levels(chance, truth.profile + leniency) @ SHARE for leniency in raters)

    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0.44, abs=0.02)


def test_the_universe_score_is_the_mean_of_what_all_raters_would_write_down() -> None:
    chance = generator()
    truth = Truth(np.array([[2.2, 3.0, 3.4, 4.9, 0.5]]), np.array([-1.5, 0.0, 0.7]))
    again = 100_000
    written = [written_levels(chance, np.repeat(truth.profile + one, again, axis=0)) for one in truth.leniency]

    found = universe_levels(truth)

    assert found[0] == pytest.approx(np.mean(written, axis=(0, 1)), abs=0.01)
    assert found[0] == pytest.approx(np.mean([expected_level(truth.profile[0] + b) for b in truth.leniency], axis=0))
    assert set(np.unique(written)) == set(range(LOWEST, HIGHEST + 1))


@pytest.mark.parametrize("related", [False, True])
def test_assignment_follows_ability_only_where_it_should(related: bool) -> None:
    chance = generator()
    truth = draw_truth(chance, candidates=400, raters=30, leniency_sd=0.5)

    raters = assign(chance, cell(related=related), truth)

    assert raters.shape == (400, 3)
    assert all(len(set(row)) == 3 for row in raters.tolist())
    seniority = np.corrcoef(raters.mean(axis=1), truth.ability)[0, 1]
    assert (0.35 < seniority < 0.6) if related else abs(seniority) < 0.1


@pytest.mark.parametrize("number", KITS)
def test_kits_divide_the_dimensions(number: int) -> None:
    chance = generator()
    truth = draw_truth(chance, candidates=400, raters=30, leniency_sd=0.5)

    divided, full = (interview(chance, cell(per_candidate=number, divided=one), truth) for one in (True, False))

    each = max(1, number // 4)
    assert kits(number).sum(axis=0).tolist() == [each] * 5
    assert (~np.isnan(divided.ratings)).reshape(400, number, 5).sum(axis=1).tolist() == [[each] * 5] * 400
    assert not np.isnan(full.ratings).any()
    assert set(np.unique(full.ratings)) == set(range(LOWEST, HIGHEST + 1))


def test_every_rater_scores_every_sample_on_its_dimension() -> None:
    """The mean over many lenient raters lies as much above the level the sample was written for."""
    truth = Truth(MEANS[None, :], np.full(2000, 0.25))

    sheet = read_samples(generator(), truth)

    assert len(set(zip(sheet.candidates, sheet.raters, strict=True))) == len(sheet.raters) == 2000 * len(SAMPLES)
    levels = sheet.ratings.reshape(2000, len(SAMPLES), 5)
    for number, (dimension, level) in enumerate(SAMPLES):
        assert np.flatnonzero(~np.isnan(levels[:, number]).any(axis=0)).tolist() == [dimension]
        assert levels[:, number, dimension].mean() == pytest.approx(expected_level(np.array(level + 0.25)), abs=0.06)


def test_ranks_and_calibration_are_counted_right() -> None:
    chance, happened = np.array([0.05, 0.08, 0.95, 1.0]), np.array([False, True, True, True])

    counted = calibration(chance, happened)

    assert ranks_of(np.array([2.0, 5.0, 2.0, 3.0])).tolist() == [3, 1, 4, 2]
    assert counted[0].tolist() == pytest.approx([2, 0.13, 1])
    assert counted[-1].tolist() == pytest.approx([2, 1.95, 2])
    assert counted.sum(axis=0) == pytest.approx([4, 2.08, 3])
    assert brier(chance, happened) == pytest.approx((0.05**2 + 0.92**2 + 0.05**2) / 4)


def test_a_cell_is_the_same_in_any_company_and_order() -> None:
    other = Cell(0.0, 3, 60, related=True, samples=True, divided=True)

    alone = measure(SMALL, number=1, seed=3)
    first, second = (run_study(replications=2, seed=3, cells=one) for one in ([SMALL, other], [other, SMALL]))

    for name, figure in alone.figures.items():
        assert first[0].figures[name][1] == second[1].figures[name][1] == figure
    assert {name: table.tolist() for name, table in first[1].sums.items()} == {
        name: table.tolist() for name, table in second[0].sums.items()
    }
    assert measure(SMALL, number=1, seed=4).figures != alone.figures != measure(SMALL, number=2, seed=3).figures


@pytest.mark.unabridged
def test_processes_change_nothing() -> None:
    one, two = (run_study(replications=30, seed=3, cells=[SMALL], processes=number)[0] for number in (1, 2))

    assert {name: figures.tolist() for name, figures in one.figures.items()} == {
        name: figures.tolist() for name, figures in two.figures.items()
    }


def test_what_is_planted_is_found() -> None:
    """Enough of a difference for a few replications: strict and lenient raters, two to a candidate."""
    lenient = Cell(1.0, 2, 60, related=False, samples=False, divided=False)

    found = run_study(replications=12, seed=1, cells=[lenient])[0]

    for method in found.methods:
        assert found.gain(method).value > 0.1
        assert found.rmse(method).value < 0.6 * found.rmse("raw").value
        assert 0.8 < found.mean(f"{method} covered").value < 0.97
        assert 0.8 < found.mean(f"{method} ranked").value < 0.97
        assert effective_weights([found], method) == pytest.approx(SHARE, abs=0.1)


def result_of(one: Cell, **figures: float) -> Result:
    """Two replications a hair apart, so that the Monte-Carlo error is known: .001."""
    near = {name.replace("_", " "): np.array([value - 0.001, value + 0.001]) for name, value in figures.items()}
    levels: dict[str, FloatArray] = {}
    return Result(one, ("m",), {"raw recall": np.array([0.5, 0.5]), **near}, levels)


def test_targets_are_judged_where_leniency_can_be_told_apart() -> None:
    good = result_of(SMALL, m_recall=0.56, m_covered=0.9, m_ranked=0.91)
    loss = result_of(Cell(0.5, 3, 60, True, True, False), m_recall=0.48, m_covered=0.869, m_ranked=0.95)
    beyond = result_of(Cell(0.5, 2, 60, True, False, False), m_recall=0.1, m_covered=0.5, m_ranked=0.5)

    verdicts = targets.judge([good, loss, beyond], "m")

    assert [(one.cell, one.met, one.near) for one in verdicts] == [
        (SMALL, True, False), (SMALL, True, False), (SMALL, True, False), (SMALL, True, False),
        (loss.cell, False, False), (loss.cell, False, True), (loss.cell, False, False),
    ]  # fmt: skip
    assert mean_of(np.array([1.0, 3.0])).error == pytest.approx(1.0)


def test_a_table_is_aligned_and_the_same_in_markdown() -> None:
    table = Table("Some", ("a", "long one"), (("1.25", "2"), ("3", "4")))

    assert table.text().splitlines() == [
        "Some",
        "",
        "   a  long one",
        "--------------",
        "1.25         2",
        "   3         4",
    ]
    assert table.markdown().splitlines()[2:] == ["| a | long one |", "| ---: | ---: |", "| 1.25 | 2 |", "| 3 | 4 |"]


def headings(found: Sequence[Table]) -> list[str]:
    return [table.title for table in found]


def test_the_study_prints_its_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = [SMALL, Cell(0.5, 2, 60, True, False, False), Cell(0.5, 4, 60, False, True, True)]
    path = tmp_path / "study.md"

    asked = ["--replications", "2", "--seed", "7", "--processes", "1", "--markdown", str(path), "--kept", str(tmp_path)]
    main(asked, cells, repeated=())

    printed = capsys.readouterr().out
    found = tables(run_study(replications=2, seed=7, cells=cells))
    assert all(table.text() in printed for table in found)
    written = path.read_text()
    assert all(table.markdown() in written for table in found)
    assert len(headings(found)) == len(set(headings(found))) >= 9
    assert "2 replications of 3 cells, seed 7" in printed
