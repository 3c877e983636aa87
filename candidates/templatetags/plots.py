"""Plots drawn on the server: positions are computed here, colours come from the style sheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()

WIDTH = 320
MARGIN = 10
ROW = 30
LABELLED_ROW = 46


@dataclass(frozen=True)
class Scale:
    """From levels to x positions of a drawing that is WIDTH wide."""

    lowest: float
    highest: float

    def x(self, level: float) -> float:
        """A level beyond the scale is drawn at its end."""
        inside = min(max(level, self.lowest), self.highest)
        return round(MARGIN + (inside - self.lowest) / (self.highest - self.lowest) * (WIDTH - 2 * MARGIN), 1)

    def ticks(self) -> list[dict[str, float]]:
        return [{"x": self.x(level), "level": level} for level in range(int(self.lowest), int(self.highest) + 1)]


@dataclass(frozen=True)
class Mark:
    """One interval with its positions, and the words that say the same.

    As text: a template takes its time to write a number as the reader's language would.
    """

    label: str
    words: str
    score: str
    lower: str
    upper: str
    raw: str | None
    bar: str | None
    y: str


def _words(score: float, lower: float, upper: float, raw: float | None, bar: float | None) -> str:
    text = f"score {score:.2f}, 90\N{NO-BREAK SPACE}% interval {lower:.2f} to {upper:.2f}"
    if raw is not None:
        text += f", plain mean {raw:.2f}"
    if bar is not None:
        text += f", bar {bar:.2f}"
    return text


def _mark(scale: Scale, row: Any, *, label: str, y: int, bar: float | None) -> Mark:
    raw = row.get("raw")
    return Mark(
        label=label,
        words=_words(row["score"], row["lower"], row["upper"], raw, bar),
        score=str(scale.x(row["score"])),
        lower=str(scale.x(row["lower"])),
        upper=str(scale.x(row["upper"])),
        raw=None if raw is None else str(scale.x(raw)),
        bar=None if bar is None else str(scale.x(bar)),
        y=str(y),
    )


@register.inclusion_tag("components/interval_plot.html")
def interval_plot(  # a plot has that many figures, and each is named where it is used
    *,
    label: str,
    score: float,
    lower: float,
    upper: float,
    lowest: float,
    highest: float,
    raw: float | None = None,
    bar: float | None = None,
) -> dict[str, Any]:
    """A score with its interval, the plain mean and the bar, on the scale from the lowest to the highest level."""
    scale = Scale(float(lowest), float(highest))
    row = {"score": float(score), "lower": float(lower), "upper": float(upper), "raw": raw}
    bar = None if bar is None else float(bar)
    return {
        "mark": _mark(scale, row, label=label, y=ROW // 2, bar=bar),
        "grid": _grid(scale),
        "width": str(WIDTH),
        "height": str(ROW),
    }


@cache
def _grid(scale: Scale) -> SafeString:
    """The same behind each row of a column of plots."""
    return render_to_string("components/plot_grid.html", {"ticks": scale.ticks(), "height": ROW})


@register.inclusion_tag("components/interval_axis.html")
def interval_axis(lowest: float, highest: float, bar: float | None = None) -> dict[str, Any]:
    """The numbers above a column of interval plots."""
    scale = Scale(float(lowest), float(highest))
    return {"ticks": scale.ticks(), "bar": None if bar is None else scale.x(float(bar)), "width": WIDTH}


@register.inclusion_tag("components/profile_plot.html")
def profile_plot(rows: Iterable[Any], lowest: float, highest: float, label: str) -> dict[str, Any]:
    """One interval a dimension. A row is a mapping: name, score, lower, upper; raw and floor where there are any.

    A row whose score is None stands there as not assessed.
    """
    scale = Scale(float(lowest), float(highest))
    lines: Sequence[dict[str, Any]] = [
        {
            "name": row["name"],
            "y": (top := index * LABELLED_ROW) + 14,
            "top": top,
            "mark": None
            if row.get("score") is None
            else _mark(scale, row, label=row["name"], y=top + 30, bar=row.get("floor")),
        }
        for index, row in enumerate(rows)
    ]
    height = len(lines) * LABELLED_ROW + 18
    return {
        "label": label,
        "lines": lines,
        "ticks": scale.ticks(),
        "width": WIDTH,
        "height": height,
        "foot": height - 5,
    }


@register.simple_tag
def range_words(lower: float, upper: float, *, lowest: float, highest: float, digits: int = 2) -> str:
    """A range in the words of the report: no level lies beyond the scale, so no range says so."""
    return f"{max(lower, lowest):.{digits}f}–{min(upper, highest):.{digits}f}"
