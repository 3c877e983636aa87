import pytest

from candidates.models import Application
from candidates.queries.applications import card_of, viewer_of
from rubrics.enums import StageKind
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory

pytestmark = pytest.mark.django_db


def test_a_card_moved_once_more_in_the_meantime_is_where_it_stands_now() -> None:
    application = ApplicationFactory(kind=StageKind.SOURCED)
    there = application.role.stages.get(kind=StageKind.CONTACTED)
    Application.objects.filter(pk=application.pk).update(stage=there)

    viewer = viewer_of(RecruiterFactory(), application.role, NOW)
    card = card_of(viewer, application, application.role.stages.all())

    assert application.stage.kind == StageKind.SOURCED
    assert card.stage == there
