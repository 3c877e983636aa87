"""How far people get, drawn; and numbers that lead to the people behind them."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from candidates.queries.funnels import Funnel, Row, Share
from screening.accounts.templatetags.ui import NOTHING, UNBROKEN, percent

register = template.Library()

WIDTH, NAMES, NUMBERS, ROW, BAR = 480, 132, 56, 30, 20
LONGEST_NAME = 18
DAYS_IN_WHOLE = 10


@register.filter
def grouped(number: int) -> str:
    return f"{number:,}"


@register.filter
def span(days: float | None) -> str:
    """How long something took: in hours within a day, with a tenth within ten days."""
    if days is None:
        return NOTHING
    if days < 1:
        return f"{round(days * 24)}{UNBROKEN}h"
    return f"{days:.0f}{UNBROKEN}d" if days >= DAYS_IN_WHOLE else f"{days:.1f}{UNBROKEN}d"


@register.filter
def of_source(address: str, source: str) -> str:
    return f"{address}&{urlencode({'source': source})}"


@register.simple_tag
def behind(address: str, group: str, of: str, number: int | str) -> SafeString:
    """A number that leads to the people it counts; nobody is behind a zero."""
    if number == 0:
        return format_html("{}", 0)
    words = grouped(number) if isinstance(number, int) else number
    asked = urlencode({"group": group, "of": of} if of else {"group": group})
    return format_html('<a class="behind" href="{}&{}">{}</a>', address, asked, words)


@register.simple_tag
def share_behind(address: str, of: str, share: Share) -> SafeString:
    """A share with the two numbers it is of; of few with its interval, of very few the numbers alone."""
    numbers = format_html(
        "{} of {}", behind(address, "passed", of, share.passed), behind(address, "reached", of, share.reached)
    )
    if share.value is None:
        return format_html('<span class="sub">{}</span>', numbers)
    if not share.is_few:
        return format_html('<strong>{}</strong><div class="sub small">{}</div>', percent(share.value), numbers)
    lower, upper = (f"{one:.0%}".replace("%", "") for one in share.interval)
    return format_html(
        '<span class="few">{}</span><div class="sub small">{}<br>{} to {}{}%</div>',
        percent(share.value), numbers, lower, upper, UNBROKEN,
    )  # fmt: skip


@register.inclusion_tag("components/funnel_plot.html")
def funnel_plot(funnel: Funnel) -> dict[str, Any]:
    """A bar for each stage: of those who reached it, who went on, was rejected there and withdrew there."""
    most = max((row.reached for row in funnel.rows), default=0) or 1
    wide = WIDTH - NAMES - NUMBERS
    return {
        "bars": [_bar(place, row, wide / most) for place, row in enumerate(funnel.rows)],
        "words": "; ".join(f"{row.step.name}: {row.reached:,}" for row in funnel.rows),
        "width": WIDTH,
        "height": ROW * len(funnel.rows),
        "names": NAMES - 8,
        "bar": BAR,
    }


def _bar(place: int, row: Row, unit: float) -> dict[str, Any]:
    went_on = row.reached if row.is_last else row.passed
    parts, x = [], float(NAMES)
    for kind, number in (("on", went_on), ("out", row.rejected), ("left", row.withdrawn)):
        if number and not (row.is_last and kind != "on"):
            parts.append({"kind": kind, "x": round(x, 1), "width": round(number * unit, 1)})
            x += number * unit
    name = row.step.name
    return {
        "name": name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…",
        "parts": parts,
        "number": grouped(row.reached),
        "end": round(x + 6, 1),
        "top": place * ROW + (ROW - BAR) / 2,
        "base": place * ROW + ROW / 2 + 4,
    }
