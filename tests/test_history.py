"""Who changed what stays on record, and what must never change is refused by the database itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Model
from django.urls import reverse
from pghistory.models import Event

from candidates.models import (
    Application,
    ClientAnswer,
    ClientQuestion,
    ClientReview,
    Decision,
    Erasure,
    Evidence,
    Feedback,
    Note,
    Offer,
    OpinionSeen,
    Rating,
    Score,
    Scorecard,
    ScoreSnapshot,
    ScoringRun,
    ShortlistEntry,
    ShortlistOpening,
    SignalHeard,
)
from rubrics.enums import StageKind
from rubrics.models import CalibrationSample, DraftComment, PlannedInterview
from screening.accounts.models import Client, User
from tests.asking import as_
from tests.callers import program
from tests.factories.accounts import AdministratorFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, ScorecardFactory, submitted_scorecard
from tests.factories.drafts import whole_draft
from tests.factories.samples import rated
from tests.factories.shortlists import evaluated, presented
from tests.installation import install

pytestmark = pytest.mark.django_db
OURS = ("accounts", "jobs", "rubrics", "candidates")
WITHOUT_HISTORY = {
    "accounts.DigestDay": "its own record",
    "accounts.ApiToken": "a key, whose use and end are its own record",
    "jobs.Job": "work in progress",
    "jobs.Delivery": "its own record",
    "candidates.StageChange": "is history",
    "candidates.BulkAction": "its own record",
    "candidates.BulkItem": "its own record",
    "candidates.CandidateMail": "never changes",
    "candidates.Mention": "its own record",
    "candidates.Decision": "never changes",
    "candidates.DebriefAnswer": "never changes",
    "candidates.DebriefOutcome": "never changes",
    "candidates.ClientQuestion": "never changes",
    "candidates.ClientAnswer": "never changes",
    "candidates.ShortlistOpening": "its own record",
    "candidates.Erasure": "never changes",
    "candidates.OpinionSeen": "never changes",
    "candidates.LikelyDuplicate": "computed",
    "candidates.ScoreSnapshot": "never changes",
    "candidates.ScoringRun": "computed",
    "candidates.Score": "the current figures, overwritten",
    "rubrics.ScopeApproval": "never changes",
    "candidates.Rating": "content of a scorecard: free while a draft, sealed afterwards",
    "candidates.Evidence": "the same",
    "candidates.SignalHeard": "the same",
    "candidates.QuestionNote": "the same",
    "candidates.PrivateNote": "its author's alone",
    "candidates.ClientRating": "content of an evaluation: free while a draft, sealed afterwards",
    "candidates.ImportRow": "a row of a file on its way in, deleted with it",
    "candidates.EngagementRating": "the same, of a review at work",
}


def tables() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS and not model._meta.proxy]


def events() -> list[type[Event]]:
    return [model for model in tables() if issubclass(model, Event)]


def events_of(model: type[Model]) -> models.QuerySet[Any]:
    [found] = [event for event in events() if event.__dict__["pgh_tracked_model"] is model]
    return found._default_manager.order_by("pgh_id")


def test_everything_people_edit_has_a_history() -> None:
    tracked = {event.__dict__["pgh_tracked_model"]._meta.label for event in events()}
    known = {model._meta.label for model in tables() if not issubclass(model, Event)}
    assert known - tracked == set(WITHOUT_HISTORY), "say why it has none, or keep one"


@dataclass
class Act:
    """Something done through a page or the API, and the row of history it leaves."""

    model: type[Model]
    action: str
    label: str
    do: Callable[[User, dict[str, Any]], Any]


def _post(url: str, key: str, **data: Any) -> Callable[[User, dict[str, Any]], Any]:
    return lambda user, known: as_(user).post(reverse(url, kwargs=known[key]), data)


def _move_by_api(user: User, known: dict[str, Any]) -> Any:
    application = Application.objects.get(pk=known["application"]["pk"])
    stage = application.role.stages.get(kind=StageKind.CONTACTED)
    data = {"stage": stage.pk, "seen_stage": application.stage_id}
    return program(user).post(f"/api/v1/applications/{application.pk}/move/", data, content_type="application/json")


ACTS = [
    Act(Note, "candidates:note_add", "insert", _post("candidates:note_add", "candidate", text="Calm.")),
    Act(Client, "accounts:client", "update", _post("accounts:client", "client", name="Renamed")),
    Act(User, "accounts:deactivate", "update", _post("accounts:deactivate", "accounts:person")),
    Act(
        apps.get_model("rubrics", "Role"),
        "rubrics:role_status",
        "update",
        _post("rubrics:role_status", "rubrics:role_status"),
    ),
    Act(
        apps.get_model("candidates", "CandidateTag"),
        "candidates:tag_remove",
        "delete",
        _post("candidates:tag_remove", "candidates:tag_remove"),
    ),
    Act(Application, "application-move", "update", _move_by_api),
]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.action)
def test_a_request_leaves_who_which_request_and_which_action(act: Act) -> None:
    known = install().arguments
    known["client"] = known["accounts:client"]
    user = AdministratorFactory()
    before = events_of(act.model).count()
    answer = act.do(user, known)
    assert answer.status_code in {200, 302}, answer.content
    row = list(events_of(act.model))[before:][-1]
    assert row.pgh_label == act.label
    assert row.pgh_context["action"] == act.action
    assert len(row.pgh_context["request"]) == 36
    assert row.pgh_context["actor"] == user.pk


def test_the_rows_of_one_request_share_its_id_and_two_requests_do_not() -> None:
    application, user = ApplicationFactory(), RecruiterFactory()
    for _ in range(2):
        as_(user).post(reverse("candidates:note_add", args=[application.candidate_id]), {"text": "Calm."})
    first, second = events_of(Note)
    assert first.pgh_context["request"] != second.pgh_context["request"]
    assert first.pgh_context_id != second.pgh_context_id


def test_reading_leaves_no_history() -> None:
    application = ApplicationFactory()
    before = sum(event._default_manager.count() for event in events())
    assert (
        as_(RecruiterFactory()).get(reverse("candidates:candidate", args=[application.candidate_id])).status_code == 200
    )
    assert sum(event._default_manager.count() for event in events()) <= before + 2, "who asked signed in, and no more"


def test_a_scorecards_history_begins_when_it_is_sealed() -> None:
    card = ScorecardFactory()
    caller = program(card.interviewer)
    draft = whole_draft(card, [4, 3, 4])
    data = {
        "revision": 0,
        "ratings": [{"dimension": rating.dimension, "level": rating.level} for rating in draft.ratings],
        "evidence": [
            {"dimension": item.dimension, "incident": item.incident, "happened": item.happened}
            for item in draft.evidence
        ],
        "private_note": "Mine alone.",
        "recommendation": "yes",
    }
    address = f"/api/v1/scorecards/{card.pk}/"
    assert caller.put(f"{address}draft/", data, content_type="application/json").status_code == 200
    assert not events_of(Scorecard).filter(pgh_obj=card.pk).exists()
    assert caller.post(f"{address}submit/", {}, content_type="application/json").status_code == 200
    [row] = events_of(Scorecard).filter(pgh_obj=card.pk)
    assert (row.state, row.pgh_context["action"]) == ("submitted", "scorecard-submit")
    everything = [str(list(event._default_manager.values())) for event in events()]
    assert not [rows for rows in everything if "Mine alone." in rows]


def test_an_evaluations_history_begins_when_it_is_committed() -> None:
    _, entries, (client,) = presented(1)
    draft = ClientReview.objects.create(entry=entries[0], reviewer=client, comment="Not sure yet.", saved_at=NOW)
    ClientReview.objects.filter(pk=draft.pk).update(comment="Perhaps.")
    assert not events_of(ClientReview).exists()
    evaluated(entries, client)
    assert [row.comment for row in events_of(ClientReview)] == ["Convincing on the night shift."]


# What never changes, by the columns that may: an approval, and what a later equivalent version makes of an earlier one.
MAY_CHANGE = {
    "rubrics_gateoverride": {"approved_by_id", "approved_at", "declined_by_id", "declined_at"},
    "rubrics_rubricversion": {"pool_key", "equivalent_to_id"},
    "candidates_scorecard": {"correction_approved_by_id", "correction_approved_at"},
    "candidates_debriefquestion": {"resolved_by_id", "resolved_at"},
    "candidates_shortlistopening": {"last_at"},
    "candidates_shortlistversion": {"superseded_at"},
    "candidates_meeting": {
        "state", "reason", "starts_at", "ends_at", "place", "sequence", "candidate_sequence", "changed_at", "changed_by_id",
    },
    "candidates_candidatemail": {"candidate_id", "moved_from_id"},  # a merge moves it
}  # fmt: skip
SEALED = {
    "rubrics_rubricversion": "status = 'published'",
    "candidates_scorecard": "state = 'submitted'",
    "candidates_clientreview": "committed_at IS NOT NULL",
    "candidates_engagementreview": "submitted_at IS NOT NULL",
    "candidates_feedback": "sent_at IS NOT NULL",
    "candidates_shortlistversion": "presented_at IS NOT NULL",
}
REFUSALS = ("is refused", "permission denied")
ANOTHER_VALUE = {
    "integer": "{c} + 1", "bigint": "{c} + 1", "smallint": "{c} + 1", "double precision": "{c} + 1", "numeric": "{c} + 1",
    "boolean": "NOT {c}", "text": "{c} || 'x'", "character varying": "CASE {c} WHEN 'x' THEN 'y' ELSE 'x' END",
    "timestamp with time zone": "{c} + interval '1 day'", "date": "{c} + 1", "jsonb": "'{{\"x\": 1}}'::jsonb",
    "ARRAY": "array_append({c}, NULL)", "uuid": "gen_random_uuid()",
}  # fmt: skip


def never_changing() -> list[type[Model]]:
    return [
        model
        for model in tables()
        if any(trigger.name == "content_never_changes" for trigger in getattr(model._meta, "triggers", []))
    ]


def sealed_with_parent() -> list[type[Model]]:
    return [
        model
        for model in tables()
        if any(trigger.name == "sealed_with_parent" for trigger in getattr(model._meta, "triggers", []))
    ]


def sql(statement: str, *values: object) -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values or None)  # type: ignore[arg-type]  # what psycopg takes
        return list(cursor.fetchall()) if cursor.description else []


def refusal_of(statement: str) -> str:
    """The words of the database; empty when it did as it was told."""
    try:
        with transaction.atomic():
            sql(statement)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


def everything_that_stays() -> None:
    """At least one row in every table that never changes, made by the application as it is used."""
    found = install()
    application = Application.objects.get(pk=found.arguments["application"]["pk"])
    by = found.people["r"]
    run = ScoringRun.objects.first()
    assert run
    score = Score.objects.values(
        "subject", "score", "sd", "lower", "upper", "raw_mean", "n_raters", "completeness", "rankable", "component"
    )[0]
    ScoreSnapshot.objects.create(application=application, run=run, cited_by="shortlist", created_at=NOW, **score)
    OpinionSeen.objects.create(user=by, application=application, first_seen_at=NOW)
    Erasure.objects.create(candidate_id=7, erased_by=by, reason="asked", erased_at=NOW)
    sample = CalibrationSample.objects.get(pk=found.arguments["sample"]["pk"])
    rated(sample, by, 3)
    DraftComment.objects.create(version=sample.question.version, about="draft", text="Why?", author=by, written_at=NOW)
    PlannedInterview.objects.create(role=application.role, kit_key="whole", interviewers=1)
    entry = ShortlistEntry.objects.get(pk=found.arguments["entry"]["pk"])
    question = ClientQuestion.objects.get(pk=found.arguments["candidates:client_question_answer"]["pk"])
    ClientAnswer.objects.create(question=question, by=by, text="The night shift was.", at=NOW)
    ShortlistOpening.objects.create(
        shortlist=entry.shortlist, entry=entry, what="entry", user=found.people["c"], first_at=NOW, last_at=NOW
    )
    opinion = ClientReview.objects.create(entry=entry, reviewer=found.people["c"], saved_at=NOW, basis="evidence")
    opinion.verdict, opinion.committed_at = "hold", NOW
    opinion.save()
    review = apps.get_model("candidates", "EngagementReview").objects.create(
        engagement_id=found.arguments["engagement"]["pk"], day=30, due_on=NOW.date(), reviewer=found.people["c"]
    )
    review.submitted_at = NOW
    review.save()
    against = Decision.objects.get(entry=found.arguments["candidates:entry_feedback"]["pk"])
    Feedback.objects.create(decision=against, text="Calm.", written_by=by, saved_at=NOW, sent_by=by, sent_at=NOW)
    Offer.objects.create(decision=against, starts_on=NOW.date(), recorded_by=by, made_at=NOW)


def test_every_column_of_what_is_kept_is_held_by_the_database() -> None:
    everything_that_stays()
    wrong = []
    for model in never_changing():
        table, key = model._meta.db_table, model._meta.pk.column
        where = SEALED.get(table, "true")
        [(row,)] = sql(f"SELECT max({key}) FROM {table} WHERE {where}")
        assert row is not None, f"{table}: make one first, or this proves nothing"
        assert sql("SELECT current_user")[0][0] == "screening_app"
        columns = sql("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", table)
        for column, kind in columns:
            quoted = f'"{column}"'
            change = f"coalesce({ANOTHER_VALUE[kind].format(c=quoted)}, {_something(kind)})"
            if column in MAY_CHANGE.get(table, set()):
                continue
            said = refusal_of(f"UPDATE {table} SET {quoted} = {change} WHERE {key} = {row}")
            if not any(words in said for words in REFUSALS):
                wrong.append(f"UPDATE {table}.{column}: {said or 'done'}")
        said = refusal_of(f"DELETE FROM {table} WHERE {key} = {row}")
        if not any(words in said for words in REFUSALS):
            wrong.append(f"DELETE {table}: {said or 'done'}")
    assert wrong == []


def _something(kind: str) -> str:
    given = {
        "boolean": "true", "text": "'x'", "character varying": "'x'", "timestamp with time zone": "now()",
        "date": "current_date", "jsonb": "'{}'::jsonb", "ARRAY": "NULL", "uuid": "gen_random_uuid()",
    }  # fmt: skip
    return given.get(kind, "1")


def test_what_may_still_change_is_no_content() -> None:
    everything_that_stays()
    card = Scorecard.objects.submitted().first()
    assert card
    assert not refusal_of(f"UPDATE candidates_scorecard SET correction_approved_at = NULL WHERE id = {card.pk}")
    draft = ScorecardFactory()
    assert not refusal_of(f"UPDATE candidates_scorecard SET comment = 'x' WHERE id = {draft.pk}"), "drafts are free"


@pytest.mark.parametrize("model", tables(), ids=lambda model: model._meta.db_table)
def test_no_table_is_truncated(model: type[Model]) -> None:
    for more in ("", " CASCADE"):
        said = refusal_of(f"TRUNCATE {model._meta.db_table}{more}")
        assert any(words in said for words in REFUSALS)


@pytest.mark.parametrize("model", [Rating, Evidence, SignalHeard], ids=lambda model: model._meta.db_table)
def test_nothing_is_added_to_what_is_sealed(model: type[Model]) -> None:
    card = submitted_scorecard(ApplicationFactory(), [4, 3, None])
    draft = ScorecardFactory(interview=card.interview)
    question = card.interview.kit.questions.all()[0]
    signal, dimension = question.signals.all()[0], question.dimensions.all()[0]
    values = {
        Rating: f"(scorecard_id, dimension_id, not_assessed, not_assessed_reason) VALUES (%s, {dimension.pk}, true, 'x')",
        Evidence: f"(scorecard_id, dimension_id, position, incident, happened, action, outcome) "
        f"VALUES (%s, {dimension.pk}, 5, 'x', '', '', '')",
        SignalHeard: f"(scorecard_id, signal_id) VALUES (%s, {signal.pk})",
    }[model]
    table = model._meta.db_table
    assert not refusal_of(f"INSERT INTO {table} {values}" % draft.pk)
    assert "is refused" in refusal_of(f"INSERT INTO {table} {values}" % card.pk)


def test_what_is_sealed_does_not_leave_its_scorecard() -> None:
    card = submitted_scorecard(ApplicationFactory(), [4, 3, 5])
    draft = ScorecardFactory(interview=card.interview)
    for model in sealed_with_parent():
        fields = {field.column for field in model._meta.concrete_fields}
        if "scorecard_id" in fields and model is not SignalHeard and model._default_manager.exists():
            table = model._meta.db_table
            where = f"WHERE scorecard_id = {card.pk}"
            for statement in (f"UPDATE {table} SET scorecard_id = {draft.pk} {where}", f"DELETE FROM {table} {where}"):
                assert "is refused" in refusal_of(statement), statement


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE candidates_scorecard DISABLE TRIGGER ALL",
        "ALTER TABLE candidates_decision RENAME TO x",
        "DROP TABLE candidates_stagechange",
        "SET session_replication_role = replica",
        "DROP FUNCTION pgtrigger_{never_deleted} CASCADE",
        "CREATE TABLE public.copied (x int)",
    ],
)
def test_the_application_cannot_take_the_guard_away(statement: str) -> None:
    [(function,)] = sql("SELECT tgfoid::regproc FROM pg_trigger WHERE tgname LIKE 'pgtrigger_never_deleted%' LIMIT 1")
    said = refusal_of(statement.replace("pgtrigger_{never_deleted}", function))
    assert "must be owner" in said or "permission denied" in said


def test_a_guard_that_is_asked_to_look_away_does_not() -> None:
    card = submitted_scorecard(ApplicationFactory(), [4, 3, 5])
    names = ",".join(f"candidates_scorecard:{trigger.name}" for trigger in Scorecard._meta.triggers)  # type: ignore[attr-defined]  # pgtrigger's
    for asked in (f"{{{names}}}", "{all}"):
        with transaction.atomic():
            sql("SELECT set_config('pgtrigger.ignore', %s, true)", asked)
            assert "is refused" in refusal_of(f"UPDATE candidates_scorecard SET comment = 'x' WHERE id = {card.pk}")
