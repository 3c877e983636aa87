"""The plot of one calibration sample: oneself, the reference and how many others gave each level."""

from collections.abc import Mapping
from typing import Any

from django import template

from candidates.templatetags.plots import WIDTH, Scale

register = template.Library()

LARGEST = 13
"""The radius of a circle for all of the others, in the drawing's units; area goes with number."""


@register.inclusion_tag("components/spread_plot.html")
def spread_plot(
    *, label: str, mine: int, reference: int | None, counts: Mapping[int, int], lowest: int, highest: int
) -> dict[str, Any]:
    scale = Scale(lowest, highest)
    total = sum(counts.values())
    return {
        "label": label,
        "words": _words(mine, reference, counts),
        "width": WIDTH,
        "ticks": scale.ticks(),
        "mine": scale.x(mine),
        "reference": None if reference is None else scale.x(reference),
        "others": [
            {"x": scale.x(level), "r": round(LARGEST * (number / total) ** 0.5, 1), "number": number}
            for level, number in sorted(counts.items())
            if number
        ],
    }


def _words(mine: int, reference: int | None, counts: Mapping[int, int]) -> str:
    words = [f"you gave {mine}"]
    if reference is not None:
        words.append(f"the reference is {reference}")
    words += [f"{number} of the others gave {level}" for level, number in sorted(counts.items()) if number]
    return ", ".join(words)
