"""What every page's look rests on: contrast of the heat's colours, the budget of styles and scripts, nothing inline."""

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

ROOT = Path(settings.BASE_DIR)
STYLES = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "static" / "css").glob("*.css")))
PAGES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "mail" not in path.parts)
HEAT = re.findall(
    r"\.heat-(\d+) ?\{ ?background: ?light-dark\((#\w{6}), ?(#\w{6})\); ?color: ?light-dark\((#\w{6}), ?(#\w{6})\)",
    STYLES,
)
AA = 4.5
BUDGET = 100_000


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_published() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)


def test_heat_has_a_colour_for_each_sixteenth() -> None:
    assert [int(step) for step, *_colours in HEAT] == list(range(17))


@pytest.mark.parametrize(("step", "light", "dark", "ink_on_light", "ink_on_dark"), HEAT)
def test_heat_can_be_read_in_both_themes(step: str, light: str, dark: str, ink_on_light: str, ink_on_dark: str) -> None:
    assert contrast(light, ink_on_light) >= AA, f"heat-{step}, light"
    assert contrast(dark, ink_on_dark) >= AA, f"heat-{step}, dark"


def test_heat_grows_in_one_direction() -> None:
    light = [luminance(colours[0]) for _step, *colours in HEAT]
    dark = [luminance(colours[1]) for _step, *colours in HEAT]
    assert light == sorted(light, reverse=True)
    assert dark == sorted(dark)


@pytest.mark.parametrize(("name", "surfaces"), [(n, ("#ffffff", "#fafafa", "#262626", "#171717")) for n in (
    "tblr-link-color", "tblr-secondary", "accent", "quiet", "warn", "good", "bad")])  # fmt: skip
def test_words_in_colour_can_be_read_on_every_surface(name: str, surfaces: tuple[str, ...]) -> None:
    found = re.search(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", STYLES)
    assert found
    on_light, on_dark = found.groups()
    assert min(contrast(on_light, surface) for surface in surfaces[:2]) >= AA
    assert min(contrast(on_dark, surface) for surface in surfaces[2:]) >= AA


def test_words_on_soft_grounds_can_be_read() -> None:
    for name in ("good", "warn", "bad", "accent"):
        (text,) = re.findall(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", STYLES)
        (ground,) = re.findall(rf"--{name}-soft: light-dark\((#\w{{6}}), (#\w{{6}})\)", STYLES)
        assert all(contrast(one, other) >= AA for one, other in zip(text, ground, strict=True)), name


def collected() -> dict[str, bytes]:
    """Every style sheet and script as collectstatic takes it, but those of the administration and of the API's docs."""
    files = {}
    for finder in get_finders():
        for name, storage in finder.list([]):
            if name.endswith((".css", ".js")) and not name.startswith(("admin/", "drf_spectacular_sidecar/", "debug")):
                with storage.open(name) as file:
                    files[name] = file.read()
    return files


def test_styles_and_scripts_stay_within_their_budget() -> None:
    sizes = {name: len(brotli.compress(content)) for name, content in collected().items()}
    assert {"tabler.css", "css/screening.css", "sortable.js", "django_htmx/htmx-2.min.js"} <= set(sizes)
    assert sum(sizes.values()) <= BUDGET, sizes


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_page_has_nothing_that_the_content_security_policy_forbids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<[^>]*\sstyle\s*=", text)
    assert "<style" not in text
    assert not re.search(r"<[^>]*\s(on[a-z]+|hx-on[:\w-]*)\s*=", text)
    scripts = re.findall(r"<script\b([^>]*)>", re.sub(r"\{#.*?#\}", "", text))
    assert all("src=" in attributes or "application/json" in attributes for attributes in scripts)
