import re
from dataclasses import replace

import numpy as np

from candidates.scoring import RatingSheet, Scale, fingerprint
from tests.candidates.scoring.sheets import FIVE, random_sheet, reordered, sheet_of

SHEET = sheet_of([("a", "x", [3, np.nan]), ("b", "x", [0, 4])])
SCALE = Scale([1, 2], 0, 5, floors=[None, 2], bar={"role": 3})


def test_is_the_same_for_the_same_input() -> None:
    first = fingerprint(SHEET, SCALE)

    assert re.fullmatch("[0-9a-f]{64}", first)
    assert fingerprint(reordered(SHEET, [1, 0]), SCALE) == first
    assert fingerprint(SHEET, Scale(np.array([2.0, 4.0]), 0.0, 5.0, floors=[np.nan, 2.0], bar={"role": 3.0})) == first
    negative_zero = sheet_of([("a", "x", [3, -np.nan]), ("b", "x", [-0.0, 4])])
    assert fingerprint(negative_zero, SCALE) == first
    as_numbers = RatingSheet(np.array([1, 2]), [1, 1], [0, 0], SHEET.ratings)
    as_text = RatingSheet(["1", "2"], ["1", "1"], ["0", "0"], SHEET.ratings)
    assert fingerprint(as_numbers, SCALE) == fingerprint(as_text, SCALE)


def test_differs_when_anything_differs() -> None:
    variants = [
        (SHEET, SCALE, None),
        (sheet_of([("a", "x", [3, np.nan]), ("b", "x", [1, 4])]), SCALE, None),
        (sheet_of([("a", "x", [np.nan, 3]), ("b", "x", [0, 4])]), SCALE, None),
        (sheet_of([("a", "y", [3, np.nan]), ("b", "x", [0, 4])]), SCALE, None),
        (sheet_of([("a", "x", [3, np.nan]), ("c", "x", [0, 4])]), SCALE, None),
        (sheet_of([("a", "x", [3, np.nan]), ("b", "x", [0, 4])], role="other"), SCALE, None),
        (sheet_of([("a", "x", [3, np.nan])] * 2 + [("b", "x", [0, 4])]), SCALE, None),
        (SHEET, replace(SCALE, weights=[1, 3]), None),
        (SHEET, replace(SCALE, highest=6), None),
        (SHEET, replace(SCALE, lowest=-1), None),
        (SHEET, replace(SCALE, floors=[None, 3]), None),
        (SHEET, replace(SCALE, bar=4), None),
        (SHEET, SCALE, SHEET),
    ]

    assert len({fingerprint(*variant) for variant in variants}) == len(variants)


def test_a_bar_of_another_pool_changes_nothing() -> None:
    assert fingerprint(SHEET, SCALE) == fingerprint(SHEET, replace(SCALE, bar={"role": 3, "elsewhere": 4}))


def test_is_quick_enough_for_every_submission() -> None:
    sheet = random_sheet(1, n_candidates=300)

    assert fingerprint(sheet, FIVE) == fingerprint(reordered(sheet, range(899, -1, -1)), FIVE)
