import io
import logging
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from candidates.reporting import EstimateData, FontsMissing, ReportData, fingerprint, render, without_panel

MARKUP = '#let x = 1 *bold* _it_ $x^2$ `raw` <label> @ref \\ "q" [c] {d} // e /* f */ = H -- ~'
ARABIC = "مرحبا"
THAI = "พบการเสื่อมของแบบจำลองก่อนฝ่ายการเงิน"
ALPHABETS = [
    "অনন্যা চট্টোপাধ্যায়, கார்த்திக், శ్రీనివాస్, પ્રિયા, ಕಾವ್ಯ, ലക്ഷ്മി, ਗੁਰਪ੍ਰੀਤ, නිමල්",
    "សុខា, ສົມພອນ, မောင်မောင်, გიორგი, Արմեն, አበበ",
    "⟨x⟩ ⌈p⌉ \u223c ⟶ ↦ \U0001d465 ✗ ✘ ☐ ☒ ➜ ►",
]
SCRIPTS = ["负责理赔分类模型", "渡邊さん", "한국어", "🚀 👩🏽\u200d💻 ✅", "Nguyễn Øyvind Žižek Иван Σ"]


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in reader(pdf).pages)


def root(pdf: bytes) -> Any:
    return reader(pdf).trailer["/Root"].get_object()


def claims_ua(pdf: bytes) -> bool:
    return b"pdfuaid" in root(pdf)["/Metadata"].get_object().get_data()


def summarised(report: ReportData, summary: str) -> ReportData:
    return replace(report, candidates=(replace(report.candidates[0], summary=summary),))


def many(report: ReportData, count: int) -> ReportData:
    first = report.candidates[0]
    return replace(
        report, candidates=tuple(replace(first, name=f"Person {place}", position=place) for place in range(count))
    )


def test_same_report_same_bytes(report: ReportData) -> None:
    assert render(report) == render(replace(report, candidates=report.candidates[::-1]))


def test_same_bytes_in_another_process_time_zone_and_folder(report: ReportData, tmp_path: Path) -> None:
    program = (
        "import pickle, sys; from candidates.reporting import render;"
        "sys.stdout.buffer.write(render(pickle.load(sys.stdin.buffer)))"
    )
    elsewhere = os.environ | {
        "PYTHONPATH": str(Path(__file__).resolve().parents[3]), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo",
    }  # fmt: skip
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-c", program], input=pickle.dumps(report), capture_output=True, check=True,
        cwd=tmp_path, env=elsewhere,
    )  # fmt: skip
    assert done.stdout == render(report)


def test_what_the_panel_thinks_changes_no_byte_before_the_evaluation(report: ReportData) -> None:
    zoe, ali = report.candidates
    assert zoe.panel
    other = replace(zoe.panel, total=EstimateData(score=1.2, lower=1, upper=2), raw_mean=1.3, interviewers=9)
    changed = replace(
        report, bar=2.0, candidates=(replace(ali, position=1), replace(zoe, position=2, panel=other)),
    )  # fmt: skip
    assert render(changed) != render(report)
    assert render(without_panel(changed)) == render(without_panel(report))


def test_before_the_evaluation_no_score_level_or_waiver_is_anywhere_in_the_pdf(report: ReportData) -> None:
    pdf = render(without_panel(report))
    said = text(pdf) + str(reader(pdf).metadata) + root(pdf)["/Metadata"].get_object().get_data().decode()
    after = text(render(report))
    for told in ("3.97", "4.08", "3.47–4.47", "Embargoed work", "Below the floor", "Available in January"):
        assert told in after
        assert told not in said
    assert "Your own levels" in said


def test_it_can_be_read_aloud(report: ReportData) -> None:
    pdf = render(report)
    assert claims_ua(pdf)
    assert root(pdf)["/MarkInfo"]["/Marked"].value
    assert root(pdf)["/Lang"] == "en"
    metadata = reader(pdf).metadata
    assert metadata
    assert metadata.title == "Senior AI Engineer · The people we would ask you to meet"
    assert fingerprint(report) in str(metadata.get("/Keywords"))


def test_every_page_has_its_number_and_the_fingerprint(report: ReportData) -> None:
    pages = reader(render(report)).pages
    for number, page in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in page.extract_text()
        assert fingerprint(report)[:16] in page.extract_text()


def test_evidence_gaps_and_waivers_are_told(report: ReportData) -> None:
    said = text(render(report))
    for told in (
        "The claims model approved duplicates", "March 2025 · told to Interviewer A", "Rolled back within the hour.",
        "The panel ran out of time.", "Available in January.", "One scorecard was imported.", "Embargoed work",
        "By Ploy Srisuk, approved by M. Weber.", "not enough evidence",
    ):  # fmt: skip
        assert told in said


def test_markup_is_set_as_text_wherever_it_is_written(report: ReportData) -> None:
    zoe = replace(report.candidates[0], name=MARKUP, summary=MARKUP, location=MARKUP, flags=(MARKUP,))
    pdf = render(replace(report, role=MARKUP, client=MARKUP, title=MARKUP, candidates=(zoe,)))
    assert claims_ua(pdf)
    assert text(pdf).replace("\n", " ").count(MARKUP) >= 5


@pytest.mark.parametrize("written", SCRIPTS)
def test_other_scripts_are_set_as_text(report: ReportData, written: str) -> None:
    pdf = render(replace(summarised(report, written), client=written))
    assert claims_ua(pdf)
    assert text(pdf).count(written) >= 2


@pytest.mark.parametrize("written", [ARABIC, THAI, "בדקתי את המערכת", "नमस्ते", *ALPHABETS])
def test_scripts_that_shape_their_letters_find_every_glyph(report: ReportData, written: str) -> None:
    assert claims_ua(render(replace(summarised(report, written), role=written)))


@pytest.mark.parametrize(("written", "right"), [(ARABIC, True), (f"1. ({ARABIC})", True), (f"In {ARABIC}", False)])
def test_the_first_letter_decides_on_which_side_a_paragraph_begins(
    report: ReportData, written: str, *, right: bool
) -> None:
    pages = reader(render(replace(report, title=written))).pages
    places: list[float] = []

    def note(piece: str, page: list[float], line: list[float], _font: Any, _size: float) -> None:
        if any("\u0600" <= letter <= "\u06ff" for letter in piece):
            places.append(page[4] + page[0] * line[4])

    pages[0].extract_text(visitor_text=note)
    assert places
    assert (min(places) > 297) is right


def test_a_character_without_glyph_costs_the_claim_but_not_the_report(
    report: ReportData, caplog: pytest.LogCaptureFixture
) -> None:
    odd = summarised(report, "Secret hieroglyph \U00013000 here")
    with caplog.at_level(logging.WARNING):
        pdf = render(odd)
    assert not claims_ua(pdf)
    assert "hieroglyph" in text(pdf)
    assert render(odd) == pdf
    assert fingerprint(odd) in caplog.text
    assert "Secret" not in caplog.text


@pytest.mark.parametrize("count", [0, 1, 30])
def test_any_number_of_candidates(report: ReportData, count: int) -> None:
    for rendering in (many(report, count), without_panel(many(report, count))):
        pages = reader(render(rendering)).pages
        assert len(pages) >= 4 + count
        assert "The candidates" in pages[3].extract_text()


def test_nothing_filled_in_is_said_in_words(report: ReportData) -> None:
    bare = replace(report.candidates[0], summary="", evidence=(), panel=None)
    said = text(render(replace(report, scope=(), client="", title="", bar=None, candidates=(bare,))))
    for told in ("has not been written down", "No summary was written.", "No incident was written down."):
        assert told in said


def test_a_long_text_goes_on_over_pages_and_loses_nothing(report: ReportData) -> None:
    first = report.candidates[0]
    long = " ".join(f"word{number}" for number in range(3000))
    told = replace(first, evidence=(replace(first.evidence[0], did=long),))
    said = text(render(replace(report, candidates=(told,)))).split()
    assert [word for word in said if word.startswith("word")] == long.split()


def test_a_run_without_a_space_breaks_within_the_page_and_adds_no_character(report: ReportData) -> None:
    address = "https://example.com/" + "abcdefghij" * 30
    pdf = render(summarised(report, address))
    assert claims_ua(pdf)
    said = text(pdf)
    assert address in said.replace("\n", "")
    assert max(len(line) for line in said.splitlines()) < 150
    assert "\u200b" not in said


def test_missing_fonts_are_named_with_the_way_out(report: ReportData, tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match="npm ci"):
        render(report, fonts=tmp_path)
