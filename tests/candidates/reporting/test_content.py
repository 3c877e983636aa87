import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from candidates.reporting import (
    CandidateData,
    DimensionEstimate,
    EstimateData,
    ReportData,
    ScaleData,
    fingerprint,
    without_panel,
)
from candidates.reporting.content import canonical, content


def renamed(report: ReportData, *names: str) -> ReportData:
    candidates = tuple(
        replace(report.candidates[0], name=name, position=place) for place, name in enumerate(names, start=1)
    )
    return replace(report, candidates=candidates)


def with_total(report: ReportData, total: EstimateData) -> ReportData:
    first = report.candidates[0]
    assert first.panel
    return replace(report, candidates=(replace(first, panel=replace(first.panel, total=total)),))


def names(report: ReportData) -> list[str]:
    return [candidate["name"] for candidate in content(report)["candidates"]]


def test_after_the_evaluation_candidates_stand_by_position(report: ReportData) -> None:
    shuffled = replace(report, candidates=report.candidates[::-1])
    assert names(shuffled) == ["Zoë Okafor", "Ali Brandt"]
    assert [candidate["position"] for candidate in content(shuffled)["candidates"]] == [1, 2]


def test_before_it_they_stand_in_the_alphabet_whatever_their_accents(report: ReportData) -> None:
    assert names(without_panel(renamed(report, "Øyvind", "zoe", "Émile", "Fatima"))) == [
        "Émile", "Fatima", "zoe", "Øyvind",
    ]  # fmt: skip


def test_before_it_neither_position_nor_bar_nor_spread_nor_override_is_told(report: ReportData) -> None:
    told = content(without_panel(report))
    assert told["bar"] is None
    assert told["method"]["spread"] is None
    assert {candidate["position"] for candidate in told["candidates"]} == {None}
    assert "Embargoed" not in canonical(told)
    assert "January" not in canonical(told)


def test_an_interval_is_clipped_to_the_scale_and_placed_on_it(report: ReportData) -> None:
    told = content(with_total(report, EstimateData(score=4.8, lower=4.2, upper=5.4)))
    assert told["candidates"][0]["panel"]["total"] == {
        "score": "4.80", "range": "4.20–5.00", "at": 0.95, "from": 0.8, "to": 1.0,
    }  # fmt: skip


def test_a_scale_from_zero_is_placed_by_its_own_ends(report: ReportData) -> None:
    scale = ScaleData(lowest=0, highest=3, level_names=("none", "some", "good", "very good"))
    told = content(replace(with_total(report, EstimateData(score=1.5, lower=-0.2, upper=2.4)), scale=scale))
    assert [level["at"] for level in told["levels"]] == [0.0, 0.3333, 0.6667, 1.0]
    assert told["candidates"][0]["panel"]["total"]["at"] == 0.5
    assert told["candidates"][0]["panel"]["total"]["range"] == "0.00–2.40"


def test_weights_are_told_as_shares(report: ReportData) -> None:
    assert [dimension["share"] for dimension in content(report)["dimensions"]] == ["67 %", "33 %"]


def test_a_dimension_not_assessed_is_told_apart_from_one_without_incident(report: ReportData) -> None:
    ali = content(report)["candidates"][1]
    assert [(group["dimension"], group["assessed"]) for group in ali["evidence"]] == [
        ("Production ownership", True),
        ("Mentoring", False),
    ]


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("a\x00b\x07c", "abc"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("\ufeffstart\ttab ", "start tab"),
        ("pay\u202egnp.exe", "paygnp.exe"),
        ("half \ud83d pair", "half  pair"),
        ("e\u0301", "é"),
        ("👩🏽\u200d💻 क्\u200cष", "👩🏽\u200d💻 क्\u200cष"),
    ],
)
def test_only_what_is_text_reaches_the_page(report: ReportData, written: str, set_as: str) -> None:
    assert content(replace(report, client=written))["client"] == set_as


def test_the_fingerprint_is_a_sha256_of_stable_content(report: ReportData) -> None:
    first = fingerprint(report)
    assert len(bytes.fromhex(first)) == 32
    assert fingerprint(replace(report, candidates=report.candidates[::-1])) == first


def test_the_date_on_the_cover_makes_no_other_report(report: ReportData) -> None:
    assert fingerprint(replace(report, dated=date(2027, 1, 1))) == fingerprint(report)


def test_noise_of_computation_makes_no_other_report(report: ReportData) -> None:
    exact = EstimateData(score=3.97, lower=3.47, upper=4.47)
    noisy = EstimateData(score=3.97 + 1e-12, lower=3.47 - 1e-12, upper=4.47)
    assert fingerprint(with_total(report, noisy)) == fingerprint(with_total(report, exact))


def first_changed(**changes: object) -> Callable[[ReportData], ReportData]:
    def change(report: ReportData) -> ReportData:
        values = vars(report.candidates[0]) | changes
        return replace(report, candidates=(CandidateData(**values), *report.candidates[1:]))

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda report: replace(report, title="Another"),
        lambda report: replace(report, client="Another"),
        lambda report: replace(report, number=3),
        lambda report: replace(report, scope=()),
        lambda report: replace(report, bar=3.25),
        lambda report: replace(report, method=replace(report.method, scorecards=275)),
        without_panel,
        lambda report: with_total(report, EstimateData(score=3.98, lower=3.47, upper=4.47)),
        first_changed(name="Z. O."),
        first_changed(summary="Another."),
        first_changed(evidence=()),
        first_changed(flags=("Another",)),
        first_changed(overlap="4 h"),
    ],
)
def test_whatever_the_page_says_is_in_the_fingerprint(
    report: ReportData, change: Callable[[ReportData], ReportData]
) -> None:
    assert fingerprint(change(report)) != fingerprint(report)


def test_a_figure_that_is_no_number_is_refused(report: ReportData) -> None:
    with pytest.raises(ValueError, match="JSON"):
        fingerprint(with_total(report, EstimateData(score=float("nan"), lower=3, upper=4)))


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'
    assert json.loads(canonical({"a": [None]})) == {"a": [None]}


def test_a_dimension_without_an_estimate_is_absent_from_the_profile(report: ReportData) -> None:
    first = report.candidates[0]
    assert first.panel
    only = DimensionEstimate(dimension="mentoring", estimate=EstimateData(score=2.04, lower=1.2, upper=2.9))
    thin = replace(first, panel=replace(first.panel, dimensions=(only,)))
    told = content(replace(report, candidates=(thin,)))["candidates"][0]["panel"]["dimensions"]
    assert set(told) == {"mentoring"}
    assert told["mentoring"]["score"] == "2.0"
