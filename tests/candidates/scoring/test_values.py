from math import isnan, nan

import numpy as np
import pytest

from candidates.scoring import RatingSheet, Scale, Variances


def test_a_sheet_takes_lists_and_arrays_alike() -> None:
    sheet = RatingSheet(np.array([3, 3]), ["x", "y"], (1, 1), np.array([[1, np.nan], [2, 3]]))

    assert sheet.candidates == (3, 3)
    assert type(sheet.candidates[0]) is int
    assert sheet.raters == ("x", "y")
    assert sheet.ratings.dtype == np.float64


def test_an_empty_sheet_is_one() -> None:
    assert RatingSheet([], [], [], np.array([])).ratings.shape == (0, 0)


@pytest.mark.parametrize("part", ["candidates", "raters", "roles"])
def test_a_sheet_has_an_id_for_every_row(part: str) -> None:
    ids = {"candidates": ["a", "b"], "raters": ["x", "y"], "roles": ["1", "1"]}
    ids[part] = ids[part][:1]

    with pytest.raises(ValueError, match=f"{part}: 1 ids for 2 rows"):
        RatingSheet(ids["candidates"], ids["raters"], ids["roles"], np.ones((2, 3)))


def test_a_sheet_has_rows_and_columns() -> None:
    with pytest.raises(ValueError, match="expected rows and columns, got 1 dimension"):
        RatingSheet(["a"], ["x"], [1], np.array([3.0]))


def test_a_candidate_belongs_to_one_role() -> None:
    with pytest.raises(ValueError, match="row 2: candidate 'a' is in role 2 and in 1"):
        RatingSheet(["a", "b", "a"], ["x", "x", "y"], [1, 2, 2], np.ones((3, 1)))


def test_a_scale_knows_shares_floors_and_bars() -> None:
    scale = Scale(weights=np.array([2, 1, 1]), lowest=0, highest=3, floors=[2, None, nan], bar={"a": 1.5})

    assert scale.weights == (2, 1, 1)
    assert scale.share == pytest.approx([0.5, 0.25, 0.25])
    assert scale.floor_levels[0] == 2
    assert np.isnan(scale.floor_levels[1:]).all()
    assert scale.unit == 0.75
    assert scale.bar_of("a") == 1.5
    assert isnan(scale.bar_of("b"))
    assert isnan(Scale([1], 1, 5).bar_of("a"))
    assert Scale([1], 1, 5, bar=3).bar_of("a") == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": []}, "weights: at least one dimension"),
        ({"weights": [1, 0]}, "weights: column 1 is 0.0; a weight is above 0"),
        ({"weights": [nan]}, "weights: column 0 is nan"),
        ({"weights": [1], "lowest": 5}, "the lowest level, 5, must be below the highest, 5"),
        ({"weights": [1], "highest": nan}, "must be below the highest, nan"),
        ({"weights": [1], "floors": [1, 2]}, "floors: 2 for 1 dimensions"),
        ({"weights": [1, 1], "floors": [None, 6]}, "floors: column 1 is 6.0, outside 1-5"),
        ({"weights": [1], "floors": [0]}, "floors: column 0 is 0.0, outside 1-5"),
    ],
)
def test_a_scale_names_what_is_wrong(arguments: dict[str, list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Scale(**{"lowest": 1, "highest": 5, **arguments})  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(("name", "value"), [("candidate", -1), ("rater", nan), ("error", 0), ("error", float("inf"))])
def test_standard_deviations_are_not_below_zero(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"variances: {name} is {value}"):
        Variances(**{"candidate": 0, "rater": 0, "error": 1, name: value})
