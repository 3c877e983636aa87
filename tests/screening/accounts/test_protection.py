"""What the database refuses, it refuses also to somebody who asks it to look away."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories.candidates import ApplicationFactory, submitted_scorecard

pytestmark = pytest.mark.django_db


def test_a_session_cannot_switch_the_triggers_off() -> None:
    card = submitted_scorecard(ApplicationFactory(), [4, 3, 4])
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(tgname) FROM pg_trigger WHERE tgrelid = 'candidates_scorecard'::regclass")
        names = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s::text[]::text, true)", [names])
        with pytest.raises(IntegrityError, match="a submitted scorecard never changes"), transaction.atomic():
            cursor.execute("UPDATE candidates_scorecard SET comment = 'rewritten' WHERE id = %s", [card.pk])
