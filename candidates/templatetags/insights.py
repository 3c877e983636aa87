"""Plots of the insights: how somebody leans, and what more interviewers buy."""

from collections.abc import Sequence
from typing import Any

from django import template

register = template.Library()

WIDTH, HEIGHT, MARGIN, EDGE = 160, 24, 6, 1.0
CURVE_WIDTH, CURVE_HEIGHT, LEFT, BOTTOM, TOP = 420, 220, 34, 28, 10


@register.inclusion_tag("components/lean_plot.html")
def lean_plot(*, label: str, value: float, lower: float, upper: float) -> dict[str, Any]:
    """A leniency with its interval, around the middle; what lies beyond a level is drawn at the edge."""

    def x(level: float) -> float:
        inside = min(max(level, -EDGE), EDGE)
        return round(WIDTH / 2 + inside / EDGE * (WIDTH / 2 - MARGIN), 1)

    words = f"{value:+.2f} levels, 90\N{NO-BREAK SPACE}% interval {lower:+.2f} to {upper:+.2f}".replace("-", "−")
    return {
        "label": label,
        "words": words,
        "value": x(value),
        "lower": x(lower),
        "upper": x(upper),
        "middle": WIDTH / 2,
        "width": WIDTH,
        "height": HEIGHT,
        "y": HEIGHT / 2,
    }


@register.inclusion_tag("components/curve_plot.html")
def curve_plot(rows: Sequence[dict[str, Any]], now: int) -> dict[str, Any]:
    """Reliability against the number of interviewers, before and after correcting for strictness."""
    most = max(row["raters"] for row in rows)

    def point(row: dict[str, Any], name: str) -> dict[str, float]:
        wide, high = CURVE_WIDTH - LEFT - MARGIN, CURVE_HEIGHT - BOTTOM - TOP
        return {
            "x": round(LEFT + (row["raters"] - 1) / (most - 1) * wide, 1),
            "y": round(TOP + (1 - row[name]) * high, 1),
            "raters": row["raters"],
        }

    lines = {name: [point(row, name) for row in rows] for name in ("plain", "adjusted")}
    levels = [{"level": level, "y": point({"raters": 1, "at": level}, "at")["y"]} for level in (0, 0.25, 0.5, 0.75, 1)]
    return {
        "lines": {name: " ".join(f"{one['x']},{one['y']}" for one in points) for name, points in lines.items()},
        "points": lines["adjusted"],
        "now": next((one for one in lines["adjusted"] if one["raters"] == now), None),
        "levels": levels,
        "width": CURVE_WIDTH,
        "height": CURVE_HEIGHT,
        "foot": CURVE_HEIGHT - 8,
        "left": LEFT,
        "right": CURVE_WIDTH - MARGIN,
        "words": "; ".join(f"{row['raters']}: {row['adjusted']:.2f}" for row in rows),
    }
