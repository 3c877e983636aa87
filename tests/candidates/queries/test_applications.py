import pytest

from candidates.models import Application
from candidates.queries import paging
from candidates.queries.applications import PipelineFilter, board, card_of, table, viewer_of
from rubrics.enums import StageKind
from rubrics.models import Stage
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


def test_a_card_moved_once_more_in_the_meantime_is_where_it_stands_now() -> None:
    application = ApplicationFactory(kind=StageKind.SOURCED)
    there = application.role.stages.get(kind=StageKind.CONTACTED)
    Application.objects.filter(pk=application.pk).update(stage=there)

    viewer = viewer_of(RecruiterFactory(), application.role, NOW)
    card = card_of(viewer, application, application.role.stages.all())

    assert application.stage.kind == StageKind.SOURCED
    assert card.stage == there


def test_the_table_counts_as_exactly_as_the_board_unless_more_than_a_stage_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(paging, "ENOUGH", 2)
    role = RoleFactory()
    for kind in (*[StageKind.SOURCED] * 3, StageKind.CONTACTED):
        ApplicationFactory(role=role, kind=kind, candidate__name="Nok")
    viewer, stages = viewer_of(RecruiterFactory(), role, NOW), list(role.stages.order_by("position"))

    def total(text: str, stage: Stage | None = None) -> str:
        return table(viewer, PipelineFilter(text, stage=stage.pk if stage else None), stages=stages).total

    counts = table(viewer, PipelineFilter(), stages=stages).counts
    assert [counts.get(stage.pk, 0) for stage in stages] == [one.count for one in board(viewer, PipelineFilter())]
    assert [total("", stage) for stage in (None, stages[0], stages[2])] == ["4", "3", "0"]
    assert total("nok") == "2+"
