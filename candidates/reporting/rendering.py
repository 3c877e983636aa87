"""From a report's values to its PDF."""

import logging
from functools import cache
from pathlib import Path
from typing import Final, Literal

import typst

from candidates.reporting.content import TEMPLATES, canonical, content, fingerprint
from candidates.reporting.data import ReportData

logger = logging.getLogger(__name__)

FONTS: Final = Path(__file__).resolve().parents[2] / "node_modules" / "@expo-google-fonts"

# One folder a weight; Noto Sans also covers Greek, Cyrillic, Vietnamese and Devanagari, its SC sister
# Chinese and Japanese.
SCRIPTS: Final = (
    "thai", "arabic", "hebrew", "sc", "armenian", "bengali", "ethiopic", "georgian", "gujarati", "gurmukhi", "kannada",
    "khmer", "lao", "malayalam", "myanmar", "sinhala", "tamil", "telugu", "symbols",
)  # fmt: skip
WEIGHTS: Final = {
    "noto-sans": ("400Regular", "600SemiBold"),
    **{f"noto-sans-{script}": ("400Regular", "600SemiBold") for script in SCRIPTS},
    "nanum-gothic": ("400Regular", "700Bold"),
    "noto-emoji": ("400Regular", "600SemiBold"),
    "noto-sans-math": ("400Regular",),
    "noto-sans-symbols-2": ("400Regular",),
}


class FontsMissing(RuntimeError):
    """A report without its fonts would be a page of empty boxes."""


def render(report: ReportData, *, fonts: Path = FONTS) -> bytes:
    """The report as PDF/UA-1; the same bytes for the same report, template and fonts.

    A text with a character none of the fonts has cannot be promised to read aloud correctly, so the
    PDF is then tagged all the same but does not claim the standard.
    """
    try:
        return _compile(report, fonts=fonts, standard="ua-1")
    except typst.TypstError as error:
        if "could not be displayed" not in error.message and "disallowed codepoint" not in error.message:
            raise
        logger.warning("report %s holds a character no font has: not tagged as PDF/UA", fingerprint(report))
        return _compile(report, fonts=fonts, standard=None)


def _compile(report: ReportData, *, fonts: Path, standard: Literal["ua-1"] | None) -> bytes:
    values = content(report) | {"fingerprint": fingerprint(report), "dated": _date(report)}
    compiler = typst.Compiler(
        TEMPLATES / "report.typ",
        root=TEMPLATES,
        font_paths=_fonts(fonts),
        ignore_system_fonts=True,
        sys_inputs={"report": canonical(values)},
    )
    pdf = compiler.compile(format="pdf", pdf_standards=standard)
    assert isinstance(pdf, bytes)
    return pdf


def _date(report: ReportData) -> dict[str, int]:
    return {"year": report.dated.year, "month": report.dated.month, "day": report.dated.day}


@cache
def _fonts(directory: Path) -> typst.Fonts:
    folders = [directory / family / weight for family, weights in WEIGHTS.items() for weight in weights]
    missing = [str(folder) for folder in folders if not folder.is_dir()]
    if missing:
        raise FontsMissing(f"Run `npm ci`: the fonts of the report are not there ({', '.join(missing)}).")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
