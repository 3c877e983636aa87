import numpy as np
import pytest

from candidates.scoring import RatingSheet, check_assignment, score_panel
from candidates.scoring.assignment import AssignmentCheck
from candidates.scoring.panel_2 import MOST_RATERS
from tests.candidates.scoring.sheets import FIVE, random_sheet, sheet_of
from tests.study.designs import SCALE, Cell, interview, read_samples
from tests.study.truth import draw_truth


def planted(seed: int, *, related: bool, samples: bool = False, leniency_sd: float = 0.5) -> AssignmentCheck:
    cell = Cell(
        leniency_sd=leniency_sd, per_candidate=3, candidates=60, related=related, samples=samples, divided=False
    )
    generator = np.random.default_rng([8, seed])
    truth = draw_truth(generator, candidates=60, raters=12, leniency_sd=leniency_sd)
    sheet = interview(generator, cell, truth)
    extra = read_samples(generator, truth) if samples else None
    found = check_assignment(score_panel(sheet, SCALE, samples=extra), sheet, SCALE, extra)
    assert found is not None
    return found


def share_related(*, related: bool, leniency_sd: float = 0.5) -> float:
    return float(np.mean([planted(seed, related=related, leniency_sd=leniency_sd).is_related for seed in range(24)]))


@pytest.mark.parametrize("leniency_sd", [0.0, 1.0])
def test_random_assignment_is_rarely_taken_for_related(leniency_sd: float) -> None:
    """Of 24 pools at one chance in twenty, more than 4 are too many (once in two hundred tries)."""
    assert share_related(related=False, leniency_sd=leniency_sd) <= 4 / 24


@pytest.mark.parametrize("leniency_sd", [0.0, 1.0])
def test_related_assignment_is_found_however_strict_people_are(leniency_sd: float) -> None:
    assert share_related(related=True, leniency_sd=leniency_sd) > 0.4


def test_it_says_who_met_the_able() -> None:
    """Seniority in the study runs with the raters' numbers."""
    found = [planted(seed, related=True) for seed in range(10)]

    met = np.mean([check.met[np.argsort(np.array(check.raters))] for check in found], axis=0)

    assert met[:4].mean() < -0.1 < 0.1 < met[-4:].mean()


def test_leniency_alone_is_no_relation() -> None:
    """One rater two levels above the others on the same candidates: nobody met abler ones."""
    levels = np.random.default_rng(3).integers(2, 4, (40, 3))
    rows = [(f"c{number}", f"r{(number + turn) % 4}", number, turn) for number in range(40) for turn in range(3)]
    sheet = sheet_of([(c, r, [levels[n, t] + 2 * (r == "r0")] * 5) for c, r, n, t in rows])

    found = check_assignment(score_panel(sheet, FIVE), sheet, FIVE)

    assert found is not None
    assert not found.is_related
    assert np.abs(found.met).max() < 0.3


def test_figures_are_those_of_the_formulas_written_out() -> None:
    sheet = random_sheet(4, n_candidates=30, n_raters=5, per_candidate=2, gaps=0.0)
    found = check_assignment(score_panel(sheet, FIVE), sheet, FIVE)
    assert found is not None

    people, raters = list(dict.fromkeys(sheet.candidates)), list(dict.fromkeys(sheet.raters))
    outcome = (sheet.ratings - sheet.ratings.mean(axis=0)) @ FIVE.share
    person = np.array([[name == one for one in people] for name in sheet.candidates], dtype=float)
    rater = np.array([[name == one for one in raters] for name in sheet.raters], dtype=float)
    both = np.linalg.lstsq(np.hstack([rater, person]), outcome, rcond=None)[0]
    shares = person.T @ rater / 2
    corrected = person.T @ outcome / 2 - shares @ both[:5]
    sums = shares.T @ (corrected - corrected.mean())
    assert found.met == pytest.approx(sums / shares.sum(axis=0))


def test_roles_of_different_ability_are_no_relation() -> None:
    """Interviewers of a role whose candidates are all better met better candidates, and no harm is done."""
    first, second = random_sheet(1, n_candidates=30), random_sheet(2, n_candidates=30)
    sheet = RatingSheet(
        (*first.candidates, *(f"other {name}" for name in second.candidates)),
        (*first.raters, *second.raters),
        (*first.roles, *("other" for _ in second.roles)),
        np.vstack([first.ratings, np.minimum(second.ratings + 2, 5)]),
    )

    found = check_assignment(score_panel(sheet, FIVE), sheet, FIVE)

    assert found is not None
    assert not found.is_related


@pytest.mark.parametrize(
    "sheet",
    [
        sheet_of([("a", "x", [4] * 5), ("b", "x", [3] * 5)]),
        sheet_of([("a", "x", [4] * 5), ("b", "y", [3] * 5)]),
        sheet_of([("a", "x", [3] * 5), ("a", "y", [3] * 5)]),
        sheet_of([("a", "x", [np.nan] * 5), ("a", "y", [np.nan] * 5)]),
        RatingSheet([], [], [], np.zeros((0, 5))),
    ],
    ids=["one rater", "nobody in common", "one candidate", "nothing assessed", "nothing"],
)
def test_too_little_to_compare_is_no_answer(sheet: RatingSheet) -> None:
    assert check_assignment(score_panel(sheet, FIVE), sheet, FIVE) is None


def test_equal_levels_are_no_relation() -> None:
    sheet = random_sheet(1, n_candidates=30)
    flat = RatingSheet(sheet.candidates, sheet.raters, sheet.roles, np.full_like(sheet.ratings, 3))

    found = check_assignment(score_panel(flat, FIVE), flat, FIVE)

    assert found is not None
    assert found.p_value == 1
    assert found.met.tolist() == [0] * 5


def test_a_very_large_panel_is_left_alone() -> None:
    rows = [(f"c{number}", f"r{number}", [3] * 5) for number in range(MOST_RATERS + 1)]
    rows += [(f"c{number}", f"r{number + 1}", [3] * 5) for number in range(MOST_RATERS)]
    sheet = sheet_of(rows)

    assert check_assignment(score_panel(sheet, FIVE), sheet, FIVE) is None
