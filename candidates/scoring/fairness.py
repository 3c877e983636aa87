"""Whether groups are selected, or score high, at different rates."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from math import nan, sqrt
from typing import TypeVar

import numpy as np
from scipy.stats import fisher_exact

from candidates.scoring.values import FloatArray, Floats, without_infinity

Group = TypeVar("Group", bound=Hashable)

FEW_PEOPLE = 30
FEW_EXPECTED = 5


@dataclass(frozen=True)
class Impact:
    """One group against the one with the highest rate.

    `ratio`: rate over the highest rate, NaN when nobody anywhere was selected or the group is empty. `flagged`: below
    four fifths, compared in whole numbers. `p_fisher`: two-sided; `z`: pooled, negative when the group fares worse.
    `too_few` to conclude: fewer than 30 people in the group, or an expected cell under 5. `flips_with_one_more`: one
    decision the other way in this group would change the flag. `left_out`: too small a share of everybody to be compared.
    """

    rate: float
    ratio: float
    flagged: bool
    p_fisher: float
    z: float
    too_few: bool
    flips_with_one_more: bool
    left_out: bool


def impact_ratios(groups: Mapping[Group, tuple[int, int]], *, smallest_share: float = 0.0) -> dict[Group, Impact]:
    """`groups`: {group: (selected, total)}, whole numbers. `smallest_share`: groups below it (.02, say) are not compared.

    Four-fifths rule and its tests: Uniform Guidelines on Employee Selection Procedures (1978), 29 CFR 1607.4 D; Morris &
    Lobsenz (2000). ValueError names a group whose numbers are impossible.
    """
    for name, (selected, total) in groups.items():
        if not 0 <= selected <= total:
            raise ValueError(f"group {name!r}: {selected} selected of {total}")
    everybody = sum(total for _, total in groups.values())
    compared = {name: pair for name, pair in groups.items() if pair[1] > 0 and pair[1] >= smallest_share * everybody}
    return {name: _impact(name, pair, compared) for name, pair in groups.items()}


def _impact(name: Group, pair: tuple[int, int], compared: Mapping[Group, tuple[int, int]]) -> Impact:
    selected, total = pair
    plain = Impact(
        rate=selected / total if total else nan,
        ratio=nan,
        flagged=False,
        p_fisher=nan,
        z=nan,
        too_few=True,
        flips_with_one_more=False,
        left_out=name not in compared,
    )
    if plain.left_out:
        return plain
    best_selected, best_total = _best(compared)
    flagged = _below_four_fifths(pair, (best_selected, best_total))
    if best_selected == 0:
        return replace(plain, p_fisher=1.0, z=0.0)
    everybody, chosen = total + best_total, selected + best_selected
    spread = chosen / everybody * (1 - chosen / everybody) * (1 / total + 1 / best_total)
    expected = min(chosen, everybody - chosen) * min(total, best_total) / everybody
    table = [[selected, total - selected], [best_selected, best_total - best_selected]]
    return replace(
        plain,
        ratio=selected * best_total / (total * best_selected),
        flagged=flagged,
        p_fisher=float(fisher_exact(table).pvalue),
        z=(selected / total - best_selected / best_total) / sqrt(spread) if spread > 0 else 0.0,
        too_few=total < FEW_PEOPLE or expected < FEW_EXPECTED,
        flips_with_one_more=_flips(name, pair, compared, flagged=flagged),
    )


def _best(groups: Mapping[Group, tuple[int, int]]) -> tuple[int, int]:
    """The group with the highest rate; of several, the largest."""
    return max(groups.values(), key=lambda pair: (pair[0] / pair[1], pair[1]))


def _below_four_fifths(pair: tuple[int, int], best: tuple[int, int]) -> bool:
    return 5 * pair[0] * best[1] < 4 * pair[1] * best[0]


def _flips(name: Group, pair: tuple[int, int], compared: Mapping[Group, tuple[int, int]], *, flagged: bool) -> bool:
    # A flagged group has somebody left to select, an unflagged one beside selected others has somebody selected.
    changed = (pair[0] + 1 if flagged else pair[0] - 1, pair[1])
    return _below_four_fifths(changed, _best({**compared, name: changed})) != flagged


@dataclass(frozen=True)
class ScoringRate:
    """The share of a group that scores above everybody's median, and that share over the highest one. NaN without scores."""

    rate: float
    ratio: float


def scoring_rate_ratios(groups: Mapping[Group, Floats]) -> dict[Group, ScoringRate]:
    """`groups`: {group: scores}, NaN = none. New York City's rules for automated employment decision tools (2023), § 5-301."""
    scores = {name: _present(name, given) for name, given in groups.items()}
    everybody = np.concatenate([*scores.values(), np.zeros(0)])
    median = np.median(everybody) if len(everybody) else nan
    rates = {name: float((own > median).mean()) if len(own) else nan for name, own in scores.items()}
    highest = max((rate for rate in rates.values() if rate > 0), default=nan)
    return {name: ScoringRate(rate=rate, ratio=rate / highest) for name, rate in rates.items()}


def _present(name: Hashable, scores: Floats) -> FloatArray:
    own = without_infinity(f"group {name!r}", scores)
    return own[~np.isnan(own)]
