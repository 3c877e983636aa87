import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates.scoring import agreement, weighted_kappa
from candidates.scoring.agreement import _kappa_of, _sums

PAIR = st.tuples(st.integers(1, 5), st.integers(1, 5))


@given(st.lists(PAIR, min_size=2, max_size=40))
def test_kappa_from_sums_is_kappa_from_the_table(pairs: list[tuple[int, int]]) -> None:
    levels = np.array(pairs, dtype=float)
    expected = weighted_kappa(levels[:, 0], levels[:, 1], weights="quadratic")
    np.testing.assert_allclose(_kappa_of(np.array([_sums(levels)]))[0], expected, atol=1e-9, equal_nan=True)


def test_below_ten_people_nothing_is_said_however_many_pairs() -> None:
    assert agreement([[(3, 3), (4, 4), (2, 5)]] * 9) is None
    assert agreement([[(3, 3)]] * 9 + [[]]) is None
    found = agreement([[(3, 3), (4, 5)]] * 10)
    assert found is not None
    assert (found.people, found.pairs, found.difference) == (10, 20, 0.5)


def test_the_same_levels_agree_and_the_opposite_ones_do_not() -> None:
    alike = agreement([[(level, level)] for level in (1, 2, 3, 4, 5) * 3])
    opposed = agreement([[(level, 6 - level)] for level in (1, 2, 3, 4, 5) * 3])
    assert alike is not None
    assert opposed is not None
    assert (alike.kappa, alike.lower, alike.upper) == (1, 1, 1)
    assert opposed.kappa == pytest.approx(-1)
    assert opposed.upper < 0
    constant = agreement([[(3, 3)]] * 12)
    assert constant is not None
    assert np.isnan(constant.kappa)


def test_the_interval_is_wider_with_fewer_people_and_always_the_same() -> None:
    drawn = np.random.default_rng(5)
    ours = drawn.integers(1, 6, 160)
    people = [[(float(one), float(np.clip(one + drawn.integers(-1, 2), 1, 5)))] for one in ours]
    many, few = agreement(people), agreement(people[:20])
    assert many is not None
    assert few is not None
    assert many.lower < many.kappa < many.upper
    assert few.upper - few.lower > many.upper - many.lower
    assert agreement(people) == many


def test_what_is_found_on_one_person_belongs_together() -> None:
    drawn = np.random.default_rng(6)
    ours = drawn.integers(1, 6, 30)
    once = [[(float(one), float(np.clip(one + drawn.integers(-2, 3), 1, 5)))] for one in ours]
    five_times = [pairs * 5 for pairs in once]
    first, second = agreement(once), agreement(five_times)
    assert first is not None
    assert second is not None
    assert second.upper - second.lower == pytest.approx(first.upper - first.lower)


def test_a_level_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="a level is a number"):
        agreement([[(3, float("nan"))]] * 10)
