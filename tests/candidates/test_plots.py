import re
from typing import Any

import pytest
from django.template import Context, Template

from candidates.templatetags.plots import MARGIN, WIDTH, Scale


def rendered(source: str, **context: Any) -> str:
    return Template("{% load plots %}" + source).render(Context(context))


def interval(**changes: Any) -> str:
    figures: dict[str, Any] = {"score": 3.0, "lower": 2.0, "upper": 4.0, "raw": 5.0, "bar": 1.0, "name": "N. A."}
    return rendered(
        "{% interval_plot label=name score=score lower=lower upper=upper raw=raw bar=bar lowest=1 highest=5 %}",
        **(figures | changes),
    )


def attributes(svg: str, css_class: str) -> dict[str, str]:
    """Of the one shape with this class."""
    (tag,) = re.findall(rf'<\w+ class="{css_class}"[^>]*>', svg)
    return dict(re.findall(r'([\w-]+)="([^"]*)"', tag))


@pytest.mark.parametrize(
    ("level", "x"), [(1, MARGIN), (5, WIDTH - MARGIN), (3, WIDTH / 2), (0, MARGIN), (9, WIDTH - MARGIN)]
)
def test_scale_runs_between_the_margins_and_ends_there(level: float, x: float) -> None:
    assert Scale(1, 5).x(level) == x


def test_ticks_are_the_levels() -> None:
    assert [tick["level"] for tick in Scale(0, 3).ticks()] == [0, 1, 2, 3]


def test_marks_stand_where_the_figures_say() -> None:
    svg = interval()
    line = attributes(svg, "plot-interval")
    assert (float(line["x1"]), float(line["x2"])) == (85.0, 235.0)
    assert float(attributes(svg, "plot-score")["cx"]) == 160.0
    assert float(attributes(svg, "plot-raw")["cx"]) == 310.0
    assert float(attributes(svg, "plot-bar")["x1"]) == 10.0


def test_plot_says_its_numbers_in_words() -> None:
    words = "N. A.: score 3.00, 90\N{NO-BREAK SPACE}% interval 2.00 to 4.00, plain mean 5.00, bar 1.00"
    svg = interval()
    assert f"<title>{words}</title>" in svg
    assert f'aria-label="{words}"' in svg
    assert "<desc>" in svg


def test_plot_leaves_out_what_there_is_not() -> None:
    svg = interval(raw=None, bar=None)
    assert "plot-raw" not in svg
    assert "plot-bar" not in svg
    assert "plain mean" not in svg.split("<desc>")[0]


def test_plot_needs_no_inline_style_and_escapes_names() -> None:
    svg = interval(name="<script>alert(1)</script>")
    assert "style" not in svg
    assert "<script" not in svg


def test_interval_beyond_the_scale_ends_at_it() -> None:
    line = attributes(interval(lower=0.2, upper=5.7), "plot-interval")
    assert (float(line["x1"]), float(line["x2"])) == (MARGIN, WIDTH - MARGIN)


def test_axis_shows_the_levels() -> None:
    assert re.findall(r">(\d)</text>", rendered("{% interval_axis 0 3 %}")) == ["0", "1", "2", "3"]


def test_profile_has_a_line_for_each_dimension_and_says_what_was_not_assessed() -> None:
    rows = [
        {"name": "Ownership", "score": 4.0, "lower": 3.5, "upper": 4.5, "raw": 4.1, "floor": 3.0},
        {"name": "Mentoring", "score": None},
    ]
    svg = rendered('{% profile_plot rows 1 5 "Levels" %}', rows=rows)
    assert svg.count("plot-score") == 1
    assert svg.count("plot-bar") == 1
    assert ">not assessed</text>" in svg
    assert (
        "Ownership: score 4.00, 90\N{NO-BREAK SPACE}% interval 3.50 to 4.50, plain mean 4.10, bar 3.00. Mentoring: not assessed."
        in svg
    )


def test_profile_of_nothing_is_still_a_picture() -> None:
    assert "<svg" in rendered('{% profile_plot rows 1 5 "Levels" %}', rows=[])
