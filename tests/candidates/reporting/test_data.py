from dataclasses import replace

import pytest

from candidates.reporting import GapData, ReportData, ScaleData, without_panel


def test_before_the_clients_own_evaluation_nothing_of_the_panel_is_accepted(report: ReportData) -> None:
    with pytest.raises(ValueError, match="nothing of the panel"):
        replace(report, rendering="before")


def test_one_candidate_with_a_panel_is_enough_to_refuse(report: ReportData) -> None:
    sealed = without_panel(report)
    with pytest.raises(ValueError, match="nothing of the panel"):
        replace(sealed, candidates=(sealed.candidates[0], report.candidates[1]))


def test_without_panel_leaves_the_rest_as_it_was(report: ReportData) -> None:
    sealed = without_panel(report)
    assert sealed.rendering == "before"
    assert sealed.method.spread is None
    assert [candidate.panel for candidate in sealed.candidates] == [None, None]
    assert [candidate.evidence for candidate in sealed.candidates] == [c.evidence for c in report.candidates]


def test_a_dimension_nobody_declared_is_named(report: ReportData) -> None:
    stray = replace(report.candidates[0], gaps=(GapData(dimension="charm", text=""),))
    with pytest.raises(ValueError, match="charm"):
        replace(report, candidates=(stray,))


def test_every_level_needs_a_name() -> None:
    with pytest.raises(ValueError, match="name"):
        ScaleData(lowest=0, highest=3, level_names=("a", "b", "c"))


def test_a_scale_has_at_least_two_levels() -> None:
    with pytest.raises(ValueError, match="above"):
        ScaleData(lowest=2, highest=2, level_names=("only",))
