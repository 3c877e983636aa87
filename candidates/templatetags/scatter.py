"""Two figures of everybody against each other."""

from collections.abc import Iterable
from typing import Any

from django import template

register = template.Library()

SIDE, LEFT, BOTTOM, TOP, MARGIN = 340, 44, 40, 26, 10
STEPS = 4
"""Parts of an axis between whole levels, where a range has too many of them to write each."""


@register.inclusion_tag("components/scatter_plot.html")
def scatter_plot(points: Iterable[tuple[Any, float, float]], lowest: int, highest: int) -> dict[str, Any]:
    """A dot a person: across what the screening said, upwards what the review found, both in levels."""

    def x(level: float) -> float:
        return round(LEFT + (level - lowest) / (highest - lowest) * (SIDE - LEFT - MARGIN), 1)

    def y(level: float) -> float:
        return round(SIDE - BOTTOM - (level - lowest) / (highest - lowest) * (SIDE - BOTTOM - TOP), 1)

    step = max((highest - lowest) // STEPS, 1)
    return {
        "dots": [{"x": x(one), "y": y(two)} for _, one, two in points],
        "ticks": [{"level": level, "x": x(level), "y": y(level)} for level in range(lowest, highest + 1, step)],
        "left": LEFT,
        "right": SIDE - MARGIN,
        "top": TOP,
        "floor": SIDE - BOTTOM,
        "foot": SIDE - BOTTOM + 16,
        "middle": (SIDE + LEFT) / 2,
        "side": SIDE,
    }
