"""What the database itself refuses, to the role the program runs as, whatever the program tries."""

import pytest
from django.db import DatabaseError, connection, transaction

from candidates.models import Evidence, Scorecard, SignalHeard
from candidates.models.scorecards import QuestionNote
from rubrics.models import Signal
from tests.factories.candidates import ApplicationFactory, ScorecardFactory, dimensions_of, submit_levels

pytestmark = pytest.mark.django_db

CONTENT = ("rating", "evidence", "signalheard", "questionnote")
CHANGES = {
    "rating": "level = 1",
    "evidence": "incident = 'another'",
    "signalheard": "signal_id = signal_id + 1",
    "questionnote": "text = 'another'",
}


@pytest.fixture
def draft() -> Scorecard:
    return ScorecardFactory()


@pytest.fixture
def sealed(draft: Scorecard) -> Scorecard:
    question = draft.interview.kit.questions.first()
    signal = Signal.objects.filter(question=question).first()
    assert question is not None
    assert signal is not None
    SignalHeard.objects.create(scorecard=draft, signal=signal)
    QuestionNote.objects.create(scorecard=draft, question=question, text="said so")
    return submit_levels(draft, [4, 4, 4])


@pytest.fixture(autouse=True)
def _as_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("screening_app",)


def run(sql: str, *values: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def refused(sql: str, *values: int) -> None:
    with pytest.raises(DatabaseError, match=r"is refused|permission denied"):
        run(sql, *values)


@pytest.mark.parametrize(
    "change",
    [
        "comment = 'other'",
        "recommendation = 'no'",
        "state = 'draft'",
        "independent = false",
        "interviewer_id = interviewer_id",
        "submitted_at = now()",
        "revision = 9",
    ],
)
def test_a_sealed_scorecard_stays(sealed: Scorecard, change: str) -> None:
    sql = f"UPDATE candidates_scorecard SET {change} WHERE id = %s"
    if change == "interviewer_id = interviewer_id":
        assert run(sql, sealed.pk) == 1, "nothing changes, nothing is refused"
        return
    refused(sql, sealed.pk)


def test_a_sealed_scorecard_is_not_deleted(sealed: Scorecard) -> None:
    refused("DELETE FROM candidates_scorecard WHERE id = %s", sealed.pk)


def test_only_the_approval_of_a_correction_is_added(sealed: Scorecard) -> None:
    by = sealed.interviewer_id
    with pytest.raises(DatabaseError, match="scorecard_only_corrections_approved"):
        run("UPDATE candidates_scorecard SET correction_approved_by_id = %s WHERE id = %s", by, sealed.pk)


@pytest.mark.parametrize("table", CONTENT)
def test_what_is_in_it_stays(sealed: Scorecard, table: str) -> None:
    name = f"candidates_{table}"
    where = "WHERE scorecard_id = %s"
    refused(f"UPDATE {name} SET {CHANGES[table]} {where}", sealed.pk)
    refused(f"DELETE FROM {name} {where}", sealed.pk)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name} {where}", [sealed.pk])
        assert cursor.fetchone()[0] >= 1


@pytest.mark.parametrize("table", ["scorecard", *CONTENT, "privatenote"])
def test_nothing_is_truncated(sealed: Scorecard, table: str) -> None:
    refused(f"TRUNCATE candidates_{table} CASCADE")


def test_nothing_is_added_afterwards(sealed: Scorecard) -> None:
    dimension = dimensions_of(sealed.interview)[0].pk
    refused(
        "INSERT INTO candidates_evidence (scorecard_id, dimension_id, position, incident, happened, action, outcome) "
        "VALUES (%s, %s, 9, 'x', '2025', '', '')",
        sealed.pk,
        dimension,
    )
    other = Signal.objects.filter(question__kits=sealed.interview.kit).last()
    assert other is not None
    refused("INSERT INTO candidates_signalheard (scorecard_id, signal_id) VALUES (%s, %s)", sealed.pk, other.pk)
    question = sealed.interview.kit.questions.last()
    assert question is not None
    refused(
        "INSERT INTO candidates_questionnote (scorecard_id, question_id, text) VALUES (%s, %s, 'x')",
        sealed.pk,
        question.pk,
    )


@pytest.mark.parametrize("table", CONTENT)
def test_nothing_is_moved_out(sealed: Scorecard, table: str) -> None:
    draft = ScorecardFactory(interview=sealed.interview)
    where = "SET scorecard_id = %s WHERE scorecard_id = %s"
    refused(f"UPDATE candidates_{table} {where}", draft.pk, sealed.pk)


def test_nothing_is_moved_in(sealed: Scorecard) -> None:
    draft = ScorecardFactory(interview=sealed.interview)
    evidence = Evidence.objects.create(scorecard=draft, dimension=dimensions_of(draft.interview)[0], incident="late")
    refused("UPDATE candidates_evidence SET scorecard_id = %s WHERE id = %s", sealed.pk, evidence.pk)


def test_a_draft_stays_open(draft: Scorecard) -> None:
    dimension = dimensions_of(draft.interview)[0].pk
    run(
        "INSERT INTO candidates_rating (scorecard_id, dimension_id, level, not_assessed, not_assessed_reason) "
        "VALUES (%s, %s, 3, false, '')",
        draft.pk,
        dimension,
    )
    assert run("UPDATE candidates_rating SET level = 2 WHERE scorecard_id = %s", draft.pk) == 1
    assert run("DELETE FROM candidates_rating WHERE scorecard_id = %s", draft.pk) == 1
    assert run("UPDATE candidates_scorecard SET comment = 'x' WHERE id = %s", draft.pk) == 1


def test_history_begins_at_submission_and_is_kept(sealed: Scorecard) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM candidates_scorecardevent WHERE pgh_obj_id = %s", [sealed.pk])
        assert cursor.fetchall() == [("submitted",)]
    refused("DELETE FROM candidates_scorecardevent")
    refused("UPDATE candidates_scorecardevent SET comment = ''")


def test_opinions_seen_are_kept(sealed: Scorecard) -> None:
    application = ApplicationFactory()
    run(
        "INSERT INTO candidates_opinionseen (user_id, application_id, first_seen_at) VALUES (%s, %s, now())",
        sealed.interviewer_id,
        application.pk,
    )
    refused("DELETE FROM candidates_opinionseen")
    refused("UPDATE candidates_opinionseen SET first_seen_at = now()")
