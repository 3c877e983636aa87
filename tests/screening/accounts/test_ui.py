from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.urls import reverse
from django.utils import timezone

from screening.accounts.templatetags import ui

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def rendered(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.fixture
def bangkok() -> object:
    with timezone.override(ZoneInfo("Asia/Bangkok")), time_machine.travel(NOON, tick=False):
        yield


@pytest.mark.parametrize(("share", "text"), [(0.0, "<1"), (1.0, ">99"), (0.5, "50")])
def test_what_never_or_always_came_is_not_certain(share: float, text: str) -> None:
    assert ui.chance(share) == f"{text}\N{NO-BREAK SPACE}%"
    assert ui.chance(None) == "–"


def test_an_address_breaks_at_its_at() -> None:
    assert rendered("{{ it|breakable }}", it="a<b@people.example") == "a&lt;b@<wbr>people.example"
    assert rendered("{{ it|breakable }}", it="<nowhere>") == "&lt;nowhere&gt;"


def test_icon_is_drawn_into_the_page_and_is_decoration() -> None:
    text = rendered('{% icon "check" %}')
    assert text.startswith('<svg class="icon ')
    assert 'aria-hidden="true"' in text
    assert "<path" in text
    assert "style=" not in text


def test_icon_with_a_meaning_says_it_escaped() -> None:
    text = rendered("{% icon 'check' label=words %}", words='a "b" <c>')
    assert 'role="img" aria-label="a &quot;b&quot; &lt;c&gt;"' in text
    assert "aria-hidden" not in text


def test_icon_that_does_not_exist_fails_loudly() -> None:
    with pytest.raises(FileNotFoundError):
        ui.icon("no-such-icon")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Miyuki Sato", "MS"),
        ("Ana Maria de Souza", "AS"),
        ("Prince", "P"),
        ("  li  wei ", "LW"),
        ("ليلى حداد", "لح"),
        ("(Bob) Smith", "S"),
        ("", "?"),
        ("– –", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


@pytest.mark.parametrize(
    ("value", "step"),
    [(1, 0), (5, 16), (3, 8), (3.5, 10), (3.9, 12), (1.1, 0), (1.13, 1), (0, 0), (9, 16)],
)
def test_heat_is_the_position_on_the_scale_in_sixteenths(value: float, step: int) -> None:
    assert ui.heat(value, 1, 5) == f"heat heat-{step}"


def test_heat_on_another_scale() -> None:
    assert ui.heat(0, 0, 3) == "heat heat-0"
    assert ui.heat(1.5, 0, 3) == "heat heat-8"


def test_a_heat_cell_says_its_level_or_that_there_is_none() -> None:
    assert '<span class="heat heat-10">3.5</span>' in ui.heat_cell(3.5, 1, 5)
    assert '<span class="heat heat-10">3.4</span>' in ui.heat_cell(3.41, 1, 5), "the same shade, another level"
    assert "not assessed" in ui.heat_cell(None, 1, 5)


def test_heat_of_nothing_is_not_the_lowest() -> None:
    assert ui.heat(None, 1, 5) == "heat heat-none"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.934, "93\N{NO-BREAK SPACE}%"),
        (0, "0\N{NO-BREAK SPACE}%"),
        (1, "100\N{NO-BREAK SPACE}%"),
        (0.004, "<1\N{NO-BREAK SPACE}%"),
        (0.996, ">99\N{NO-BREAK SPACE}%"),
        (0.0051, "1\N{NO-BREAK SPACE}%"),
        (None, "–"),
    ],
)
def test_percent_never_claims_certainty(share: float | None, text: str) -> None:
    assert ui.percent(share) == text


def test_figures() -> None:
    assert ui.figure(3.956) == "3.96"
    assert ui.figure(3.956, 1) == "4.0"
    assert ui.figure(4) == "4"
    assert ui.figure(-0.5, 1) == "−0.5"
    assert ui.figure(None) == "–"
    assert ui.signed(0.123) == "+0.12"
    assert ui.signed(-0.123) == "−0.12"
    assert ui.signed(None) == "–"
    assert ui.signed(-0.004) == ui.signed(0.0) == "0.00"
    assert ui.plus_minus(0.494) == "±0.49"
    assert ui.plus_minus(None) == "–"


@pytest.mark.usefixtures("bangkok")
def test_local_time_names_the_zone() -> None:
    text = ui.local_time(NOON)
    assert '<time datetime="2026-11-23T19:00:00+07:00" title="Monday 23 November 2026, 19:00 Bangkok">' in text
    assert ">23 Nov, 19:00 Bangkok</time>" in text


@pytest.mark.usefixtures("bangkok")
def test_local_time_of_another_year_shows_it() -> None:
    assert ">31 Dec 2025, 06:30 Bangkok</time>" in ui.local_time(datetime(2025, 12, 30, 23, 30, tzinfo=UTC))
    assert ">31 Dec 2025</time>" in ui.local_day(datetime(2025, 12, 30, 23, 30, tzinfo=UTC))


@pytest.mark.usefixtures("bangkok")
def test_local_day_and_clock() -> None:
    assert ">23 Nov</time>" in ui.local_day(NOON)
    assert ">19:00</time>" in ui.local_clock(NOON)
    assert ui.local_zone() == "Bangkok"


def test_utc_is_called_utc() -> None:
    assert ui.local_zone() == "UTC"


def test_zone_of_several_words() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        assert ui.local_zone() == "New York"


def test_no_time_is_a_dash() -> None:
    assert {ui.local_time(None), ui.local_day(None), ui.local_clock(None), ui.days_since(None)} == {"–"}


@pytest.mark.parametrize(
    ("waited", "text"),
    [(timedelta(days=3, hours=23), "3 d"), (timedelta(hours=5), "5 h"), (timedelta(minutes=2), "0 h")],
)
@pytest.mark.usefixtures("bangkok")
def test_days_since(waited: timedelta, text: str) -> None:
    assert ui.days_since(NOON - waited) == text


def test_tone() -> None:
    assert [ui.tone(state) for state in ("hired", "presented", "draft", "rejected", "closed", "")] == [
        "good",
        "info",
        "warn",
        "bad",
        "neutral",
        "neutral",
    ]


def test_no_state_has_two_tones() -> None:
    assert sum(len(states) for states in ui.TONES.values()) == len(ui.TONE_OF)


def test_capture_renders_once_for_two_places_and_keeps_escaping() -> None:
    text = rendered("{% capture as title %} {{ name }} {% endcapture %}[{{ title }}][{{ title }}]", name="A & B")
    assert text == "[A &amp; B][A &amp; B]"


def test_capture_needs_a_name() -> None:
    with pytest.raises((ValueError, TemplateSyntaxError)):
        rendered("{% capture %}x{% endcapture %}")


def test_item() -> None:
    assert rendered("{{ levels|item:key }}", levels={7: "seven"}, key=7) == "seven"
    assert ui.item({}, 1) is None


def test_undo_url() -> None:
    assert ui.undo_url("undo /applications/4/undo/") == "/applications/4/undo/"
    assert ui.undo_url("undo /a/ success") == "/a/"
    assert ui.undo_url("success") == ""
    assert ui.undo_url("") == ""


def test_sentence_case_keeps_what_is_escaped() -> None:
    assert rendered("{{ words|sentence_case }}", words="Two-Factor Authentication") == "Two-factor authentication"
    assert rendered("{{ words|sentence_case }}", words="All <B>s") == "All &lt;b&gt;s"
    assert ui.sentence_case("Your IP Address") == "Your IP address"
    assert ui.sentence_case("") == ""


@pytest.mark.parametrize(
    ("count", "noun", "words"),
    [
        (1, "people", "person"),
        ("1", "people", "person"),
        (1, "roles", "role"),
        (2, "roles", "roles"),
        (0, "people", "people"),
    ],
)
def test_a_noun_agrees_with_its_number(count: int | str, noun: str, words: str) -> None:
    assert rendered("{{ noun|of:count }}", noun=noun, count=count) == words


@pytest.mark.parametrize("number", [0, 7, 10_203])
def test_an_address_by_number_is_that_of_its_name(number: int) -> None:
    address = rendered('{% numbered_url "candidates:move" number %}', number=number)
    assert address == reverse("candidates:move", args=[number])


def test_attributes_of_a_control_are_all_but_its_class() -> None:
    attrs = {"class": "wide", "required": True, "disabled": False, "data-of": '"a" & <b>'}
    assert ui.attributes(attrs) == ' data-of="&quot;a&quot; &amp; &lt;b&gt;" required'


def test_the_options_of_a_choice_are_written_out() -> None:
    choices = [("", "Any"), (1, "Åsa <i>"), ("G & H", [(2, "Two"), (3, "Three")])]
    html = forms.Select(choices=choices).render("who", 2, {"id": "who", "disabled": True})
    assert html.startswith('<select name="who" class="form-select" id="who" disabled')
    assert '<option value="">Any</option><option value="1">Åsa &lt;i&gt;</option>' in html
    assert (
        '<optgroup label="G &amp; H"><option value="2" selected>Two</option><option value="3">Three</option></optgroup>'
        in html
    )


@pytest.mark.parametrize(("places", "words"), [(1, "the best"), (3, "among the best 3")])
def test_one_place_is_for_the_best(places: int, words: str) -> None:
    assert rendered("{{ places|among_best }}", places=places) == words
