"""Small words of the templates: icons, times in the reader's zone, figures, initials, classes of state and heat."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.forms.utils import flatatt
from django.template.base import NodeList, Parser, Token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

HEAT_STEPS = 16
NOTHING = "–"
SINGULARS = {"people": "person"}
MINUS = "−"
UNBROKEN = "\N{NO-BREAK SPACE}"
FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'
"""Begins every file of the icon package and draws nothing."""

# Which states ask for attention and which are settled; what is not named is neutral.
TONES = {
    "good": ("open", "submitted", "held", "published", "hired", "hire", "done", "sent", "accepted", "decided", "advance",
             "approved", "filled", "scored", "strong_yes", "yes"),
    "info": ("presented", "running", "scheduled", "shortlisted", "with_client", "offer", "answered", "interviewing",
             "arranged"),
    "warn": ("draft", "on_hold", "hold", "queued", "due", "returned", "no_show", "more_evidence",
             "asked"),
    "bad": ("failed", "rejected", "reject", "decline", "strong_no", "no"),
}  # fmt: skip
TONE_OF = {state: tone for tone, states in TONES.items() for state in states}


class CaptureNode(template.Node):
    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: template.Context) -> SafeString:
        context[self.name] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308  # rendered, hence escaped
        return mark_safe("")


@register.tag
def capture(parser: Parser, token: Token) -> CaptureNode:
    """`{% capture as title %}…{% endcapture %}`: lets one block appear in two places, or not at all when empty."""
    _tag, _as, name = token.split_contents()
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(nodelist, name)


@cache
def _drawing(name: str) -> str:
    """The shapes inside an icon's file, which comes from the icon package."""
    text = (Path(settings.TABLER_ICONS) / "outline" / f"{name}.svg").read_text(encoding="utf-8")
    shapes = text[text.index(">", text.index("<svg")) + 1 : text.index("</svg>")].replace(FRAME, "")
    return "".join(line.strip() for line in shapes.splitlines())


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon drawn into the page, in the strokes of `.icon`; decoration unless it has a label."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" {}>{}</svg>',
        css,
        role,
        mark_safe(_drawing(name)),  # noqa: S308  # a file of the icon package, not user text
    )


@cache
def _around_number(name: str) -> tuple[str, str]:
    before, after = reverse(name, args=[0]).rsplit("0", 1)
    return before, after


@register.simple_tag
def numbered_url(name: str, number: int) -> str:
    """`{% url %}` of an address that holds one number, resolved once: a board has hundreds of them."""
    before, after = _around_number(name)
    return f"{before}{number}{after}"


@register.simple_tag
def attributes(attrs: dict[str, Any]) -> SafeString:
    """HTML attributes of a control but its class, which the template writes."""
    return flatatt({name: value for name, value in attrs.items() if name != "class"})


@register.simple_tag
def options(groups: list[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """`widget.optgroups` of a select; not drawn by a loop of the template, as a list of time zones has hundreds."""
    drawn = []
    for name, choices, _ in groups:
        rows = ((one["value"], flatatt(one["attrs"]) if one["attrs"] else "", one["label"]) for one in choices)
        inside = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        drawn.append(format_html('<optgroup label="{}">{}</optgroup>', name, inside) if name else inside)
    return mark_safe("".join(drawn))  # noqa: S308  # each part is escaped


@register.filter
def initials(name: str) -> str:
    """Of the first and the last word of a name: at most two letters."""
    words = [word for word in str(name).split() if word[0].isalnum()] or ["?"]
    return "".join(word[0] for word in dict.fromkeys((words[0], words[-1]))).upper()


@register.filter
def breakable(address: str) -> str:
    """An e-mail address that is broken at its @ before it is broken anywhere else."""
    mailbox, at, host = address.rpartition("@")
    return format_html("{}{}<wbr>{}", mailbox, at, host) if at else address


@register.filter(is_safe=True)
def sentence_case(text: str) -> str:
    """Words of a library that writes Every Word Like This, as we write."""
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in str(text).split(" ")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


@register.filter
def of(noun: str, count: Any) -> str:
    """The noun for so many: `1` takes its singular."""
    return noun if str(count) != "1" else SINGULARS.get(noun, noun.removesuffix("s"))


@register.filter
def tone(state: str) -> str:
    """The colour class of a state: good, info, warn, bad or neutral."""
    return TONE_OF.get(str(state), "neutral")


@register.simple_tag
def heat(value: float | None, lowest: float, highest: float) -> str:
    """The class of a heat cell: where a value lies between the lowest and the highest level, in sixteenths."""
    if value is None:
        return "heat heat-none"
    share = (value - lowest) / (highest - lowest)
    return f"heat heat-{round(min(max(share, 0), 1) * HEAT_STEPS)}"


@register.simple_tag
def heat_cell(value: float | None, lowest: float, highest: float) -> SafeString:
    """A level on the scale as a shaded cell; nothing is not assessed."""
    return _heat_cell(heat(value, lowest, highest), "" if value is None else figure(value, 1))


@cache
def _heat_cell(shade: str, words: str) -> SafeString:
    """A table may have a thousand of them, and there are not many different ones."""
    return render_to_string("components/heat.html", {"shade": shade, "words": words})


@register.filter
def percent(share: float | None) -> str:
    """A share between 0 and 1 in whole percent; what is not quite certain never reads 0 % or 100 %."""
    if share is None:
        return NOTHING
    if 0 < share < 0.005:  # noqa: PLR2004  # would round to 0 %
        return f"<1{UNBROKEN}%"
    if 0.995 <= share < 1:  # noqa: PLR2004  # would round to 100 %
        return f">99{UNBROKEN}%"
    return f"{100 * share:.0f}{UNBROKEN}%"


@register.filter
def chance(share: float | None) -> str:
    """A probability: that no draw or every draw came, or that the arithmetic ended at 0 or 1, is not certainty."""
    return percent(share if share is None else min(max(share, 1e-9), 1 - 1e-9))


@register.filter
def among_best(places: int) -> str:
    """`among the best 3`, and where there is one place `the best`."""
    return "the best" if places == 1 else f"among the best {places}"


@register.filter
def points(share: float | None) -> str:
    """A shift of a share, in points of a hundred."""
    if share is None:
        return NOTHING
    return f"{100 * share:.{0 if share >= 0.1 else 1}f}{UNBROKEN}points"  # noqa: PLR2004  # from ten points on, whole ones


@register.filter
def figure(value: float | None, places: int = 2) -> str:
    """A level or a score; a whole number stays one."""
    if value is None:
        return NOTHING
    text = str(value) if isinstance(value, int) else f"{value:.{places}f}"
    return text.replace("-", MINUS)


@register.filter
def signed(value: float | None, places: int = 2) -> str:
    """A difference, with its sign; what rounds to nothing has none."""
    if value is None:
        return NOTHING
    text = f"{value:+.{places}f}"
    return text.replace("-", MINUS) if text.strip("+-0.") else text[1:]


@register.filter
def plus_minus(half: float | None, places: int = 2) -> str:
    """Half the width of an interval."""
    return NOTHING if half is None else f"±{abs(half):.{places}f}"


def _zone_name(moment: datetime) -> str:
    """The place a reader knows their zone by: Bangkok rather than +07."""
    key = getattr(moment.tzinfo, "key", None) or str(moment.tzname())
    return str(key).rsplit("/", 1)[-1].replace("_", " ")


def _day(moment: datetime) -> str:
    """With its year only when it is another one."""
    this_year = moment.year == timezone.localtime().year
    return f"{moment.day} {moment:%b}" if this_year else f"{moment.day} {moment:%b} {moment.year}"


def _time_tag(moment: datetime, text: str) -> SafeString:
    full = f"{moment:%A} {moment.day} {moment:%B} {moment:%Y, %H:%M} {_zone_name(moment)}"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), full, text)


@register.filter
def local_time(value: datetime | None) -> str:
    """Day and time in the reader's zone, and the zone."""
    if value is None:
        return NOTHING
    moment = timezone.localtime(value)
    return _time_tag(moment, f"{_day(moment)}, {moment:%H:%M} {_zone_name(moment)}")


@register.filter
def local_day(value: datetime | None) -> str:
    if value is None:
        return NOTHING
    moment = timezone.localtime(value)
    return _time_tag(moment, _day(moment))


@register.filter
def local_clock(value: datetime | None) -> str:
    """The time alone, where the page says the day and the zone."""
    if value is None:
        return NOTHING
    moment = timezone.localtime(value)
    return _time_tag(moment, f"{moment:%H:%M}")


@register.simple_tag
def local_zone() -> str:
    return _zone_name(timezone.localtime())


@register.filter
def days_since(value: datetime | None) -> str:
    """How long something waits: 3 d; the first day in hours."""
    if value is None:
        return NOTHING
    waited = timezone.now() - value
    return f"{waited.days} d" if waited.days >= 1 else f"{max(waited.seconds // 3600, 0)} h"


@register.filter
def item(mapping: dict[Any, Any], key: Any) -> Any:
    """A value under a key that is itself a variable."""
    return mapping.get(key)


@register.filter
def undo_url(tags: str) -> str:
    """The address in a message's tags when they read `undo /address/`: the message then offers to undo."""
    word, _space, url = (tags or "").partition(" ")
    return url.split(" ", 1)[0] if word == "undo" else ""
