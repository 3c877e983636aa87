"""What the database itself refuses to the role that the program runs as, raw SQL included."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from rubrics.models import GateOverride, RubricVersion, ScopeApproval
from tests.factories.accounts import RecruiterFactory
from tests.factories.rubrics import RoleFactory, draft_version, published_version

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db

OF_VERSION = "(SELECT id FROM rubrics_{} WHERE version_id = %(v)s ORDER BY id LIMIT 1)"
DIMENSION, QUESTION, KIT = (OF_VERSION.format(table) for table in ("dimension", "question", "kit"))
CHANGES = {
    "version": ["UPDATE rubrics_rubricversion SET summary = 'x' WHERE id = %(v)s"],
    "status": ["UPDATE rubrics_rubricversion SET status = 'draft' WHERE id = %(v)s"],
    "dimension": [
        "UPDATE rubrics_dimension SET weight = 9 WHERE version_id = %(v)s",
        "DELETE FROM rubrics_dimension WHERE version_id = %(v)s",
        "INSERT INTO rubrics_dimension (version_id, key, name, description, strong, weak, weight, position) VALUES (%(v)s, 'new', 'New', '', '', '', 1, 99)",
    ],
    "level": [
        f"UPDATE rubrics_level SET anchor = 'x' WHERE dimension_id = {DIMENSION}",
        f"DELETE FROM rubrics_level WHERE dimension_id = {DIMENSION}",
        f"INSERT INTO rubrics_level (dimension_id, value, name, anchor) VALUES ({DIMENSION}, 99, 'x', 'x')",
    ],
    "question": [
        "UPDATE rubrics_question SET prompt = 'x' WHERE version_id = %(v)s",
        "DELETE FROM rubrics_question WHERE version_id = %(v)s",
        (
            "INSERT INTO rubrics_question (version_id, key, prompt, probes, minutes, core, position) "
            "VALUES (%(v)s, 'new', 'x', '{}', 5, false, 99)"
        ),
        (
            "INSERT INTO rubrics_calibrationsample (question_id, key, title, answer) "
            "SELECT id, 'new', 'x', 'y' FROM rubrics_question WHERE version_id = %(v)s"
        ),
    ],
    "questiondimension": [
        f"DELETE FROM rubrics_questiondimension WHERE question_id = {QUESTION}",
        f"UPDATE rubrics_questiondimension SET dimension_id = dimension_id + 1 WHERE question_id = {QUESTION}",
    ],
    "signal": [
        f"UPDATE rubrics_signal SET text = 'x' WHERE question_id = {QUESTION}",
        f"DELETE FROM rubrics_signal WHERE question_id = {QUESTION}",
        f"INSERT INTO rubrics_signal (question_id, dimension_id, kind, text, position) VALUES ({QUESTION}, {DIMENSION}, 'weak', 'x', 9)",
    ],
    "kit": [
        "UPDATE rubrics_kit SET name = 'x' WHERE version_id = %(v)s",
        "DELETE FROM rubrics_kit WHERE version_id = %(v)s",
        "INSERT INTO rubrics_kit (version_id, key, name, position) VALUES (%(v)s, 'new', 'x', 9)",
    ],
    "kitquestion": [
        f"DELETE FROM rubrics_kitquestion WHERE kit_id = {KIT}",
        f"UPDATE rubrics_kitquestion SET position = position + 50 WHERE kit_id = {KIT}",
    ],
}
STATEMENTS = [statement for statements in CHANGES.values() for statement in statements]
# What a draft does not allow alone either: a parent goes after its children.
NOT_ALONE = ("DELETE FROM rubrics_dimension ", "DELETE FROM rubrics_question ", "DELETE FROM rubrics_kit ")


def attempt(statement: str, **values: int | None) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_published_version_refuses_what_a_draft_allows(statement: str) -> None:
    if not statement.startswith(NOT_ALONE):
        assert attempt(statement, v=draft_version().pk) > 0
    published = published_version()
    with pytest.raises(DatabaseError, match="a published version never changes"):
        attempt(statement, v=published.pk)


def test_content_is_not_moved_out_of_a_published_version() -> None:
    draft, published = draft_version(), published_version()
    with pytest.raises(DatabaseError, match="never changes"):
        attempt("UPDATE rubrics_question SET version_id = %(d)s WHERE version_id = %(v)s", d=draft.pk, v=published.pk)


def test_only_the_pool_of_a_published_version_may_still_be_named() -> None:
    version = published_version()
    assert attempt("UPDATE rubrics_rubricversion SET pool_key = 'shared' WHERE id = %(v)s", v=version.pk) == 1
    assert RubricVersion.objects.get(pk=version.pk).pool_key == "shared"


@pytest.mark.parametrize(
    "table",
    [
        "rubricversion",
        "dimension",
        "level",
        "question",
        "signal",
        "kit",
        "gateoverride",
        "scopeapproval",
        "role",
        "scope",
    ],
)
def test_nothing_is_truncated(table: str) -> None:
    with pytest.raises(DatabaseError):
        attempt(f"TRUNCATE rubrics_{table} CASCADE")


def test_an_approval_of_a_scope_stays() -> None:
    approval = ScopeApproval.objects.get(role=RoleFactory())
    for statement in ("UPDATE rubrics_scopeapproval SET approver_name = 'x'", "DELETE FROM rubrics_scopeapproval"):
        with pytest.raises(DatabaseError):
            attempt(f"{statement} WHERE id = %(pk)s", pk=approval.pk)


@pytest.fixture
def override() -> GateOverride:
    role = RoleFactory()
    return GateOverride.objects.create(
        gate="open_role",
        role=role,
        subject=role.pk,
        waives=["a"],
        reason="x",
        asked_by=RecruiterFactory(),
        asked_at=NOW,
    )


def test_an_override_keeps_its_words_and_its_one_answer(override: GateOverride) -> None:
    for change in ("reason = 'y'", "waives = '{b}'", "subject = 7"):
        with pytest.raises(DatabaseError, match="stays on record"):
            attempt(f"UPDATE rubrics_gateoverride SET {change} WHERE id = %(pk)s", pk=override.pk)
    answer = "UPDATE rubrics_gateoverride SET approved_by_id = %(by)s, approved_at = now() WHERE id = %(pk)s"
    with pytest.raises(DatabaseError, match="override_needs_second_person"):
        attempt(answer, pk=override.pk, by=override.asked_by_id)
    assert attempt(answer, pk=override.pk, by=RecruiterFactory().pk) == 1
    with pytest.raises(DatabaseError):
        attempt(answer, pk=override.pk, by=RecruiterFactory().pk)
    with pytest.raises(DatabaseError, match="stays on record"):
        attempt("DELETE FROM rubrics_gateoverride WHERE id = %(pk)s", pk=override.pk)
