"""A program drafts and submits as its owner would: the same services, the same gate, the same words."""

from typing import Any

import pytest
from django.test import Client as Browser

from candidates.models import PrivateNote, Scorecard
from rubrics.models import RoleMember
from screening.jobs.models import Job
from tests.callers import program
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import ScorecardFactory, dimensions_of, submit_levels

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed() -> Scorecard:
    return ScorecardFactory()


@pytest.fixture
def caller(owed: Scorecard) -> Browser:
    return program(owed.interviewer)


def whole(card: Scorecard, levels: tuple[int, ...] = (4, 3, 5), **changed: Any) -> dict[str, Any]:
    dimensions = dimensions_of(card.interview)
    return {
        "revision": card.revision,
        "ratings": [
            {"dimension": dimension.pk, "level": level} for dimension, level in zip(dimensions, levels, strict=True)
        ],
        "evidence": [
            {"dimension": dimension.pk, "incident": "Precision fell to 0.84", "happened": "2025-03"}
            for dimension in dimensions
        ],
        "recommendation": "yes",
        "comment": "Calm.",
        **changed,
    }


def put(caller: Browser, card: Scorecard, draft: dict[str, Any]) -> Any:
    return caller.put(f"/api/v1/scorecards/{card.pk}/draft/", draft, content_type="application/json")


def submit(caller: Browser, card: Scorecard, **asked: Any) -> Any:
    return caller.post(f"/api/v1/scorecards/{card.pk}/submit/", asked, content_type="application/json")


def test_a_draft_is_kept_as_it_was_sent(owed: Scorecard, caller: Browser) -> None:
    question = owed.interview.kit.questions.first()
    assert question
    signal = question.signals.first()
    assert signal
    draft = whole(
        owed, signals=[signal.pk], notes=[{"question": question.pk, "text": "Slow start."}], private_note="Mine."
    )
    answer = put(caller, owed, draft)
    assert answer.status_code == 200, answer.content
    kept = answer.json()
    assert [rating["level"] for rating in kept["ratings"]] == [4, 3, 5]
    assert {item["incident"] for item in kept["evidence"]} == {"Precision fell to 0.84"}
    assert (kept["revision"], kept["state"], kept["recommendation"]) == (1, "draft", "yes")
    assert kept["signals"] == [signal.pk]
    assert owed.question_notes.get(question=question).text == "Slow start."
    assert PrivateNote.objects.get(scorecard=owed).text == "Mine."
    assert "Mine." not in answer.content.decode(), "a private note is in no answer"


def test_a_save_in_between_is_not_overwritten(owed: Scorecard, caller: Browser) -> None:
    assert put(caller, owed, whole(owed)).status_code == 200
    answer = put(caller, owed, whole(owed, comment="Older."))
    assert answer.status_code == 409
    assert "another window" in answer.json()["detail"]
    assert Scorecard.objects.get(pk=owed.pk).comment == "Calm."


def test_a_level_outside_the_range_is_named_by_its_dimension(owed: Scorecard, caller: Browser) -> None:
    answer = put(caller, owed, whole(owed, levels=(4, 9, 5)))
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Architectural judgment: 9 is not a level. Choose from 1 to 5."
    assert not owed.ratings.exists()


def test_what_the_kit_does_not_cover_is_refused(owed: Scorecard, caller: Browser) -> None:
    other = dimensions_of(ScorecardFactory().interview)[0]
    answer = put(caller, owed, whole(owed, evidence=[{"dimension": other.pk, "incident": "x"}]))
    assert answer.status_code == 422
    assert "does not cover" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ratings", [{"dimension": "x"}]),
        ("ratings", [{"level": 3}]),
        ("ratings", {"level": 3}),
        ("revision", -1),
        ("comment", "\x00"),
        ("notes", [{"question": 1}]),
        ("signals", ["x"]),
    ],
)
def test_what_makes_no_sense_is_named_by_its_field(owed: Scorecard, caller: Browser, field: str, value: Any) -> None:
    answer = put(caller, owed, whole(owed, **{field: value}))
    assert answer.status_code == 400
    assert set(answer.json()) == {field}


def test_both_a_level_and_not_assessed_is_refused(owed: Scorecard, caller: Browser) -> None:
    dimension = dimensions_of(owed.interview)[0]
    answer = put(caller, owed, whole(owed, ratings=[{"dimension": dimension.pk, "level": 3, "not_assessed": True}]))
    assert answer.status_code == 422
    assert dimension.name in answer.json()["detail"]


def test_submitting_meets_the_gate_and_names_what_is_missing(owed: Scorecard, caller: Browser) -> None:
    put(caller, owed, whole(owed, evidence=[], recommendation=""))
    answer = submit(caller, owed)
    assert answer.status_code == 422
    codes = [item["code"] for item in answer.json()["missing"]]
    assert codes == ["evidence:production-ownership", "evidence:observability"]
    assert all(item["text"] in answer.json()["detail"] for item in answer.json()["missing"])
    assert Scorecard.objects.get(pk=owed.pk).is_draft


def test_a_whole_scorecard_is_sealed_and_scored(owed: Scorecard, caller: Browser) -> None:
    put(caller, owed, whole(owed, private_note="Mine."))
    answer = submit(caller, owed, erase_private_note=True)
    assert (answer.status_code, answer.json()["state"]) == (200, "submitted")
    card = Scorecard.objects.get(pk=owed.pk)
    assert card.is_submitted
    assert card.independent
    assert not PrivateNote.objects.exists()
    assert Job.objects.filter(task="candidates.score_pool").count() == 1
    assert put(caller, owed, whole(card)).status_code == 404, "what is sealed takes no draft"
    assert submit(caller, owed).status_code == 404


def test_only_the_interviewer_writes(owed: Scorecard) -> None:
    member = HiringManagerFactory()
    RoleMember.objects.create(role=owed.interview.application.role, user=member)
    for user in (member, HiringManagerFactory(), RecruiterFactory()):
        assert put(program(user), owed, whole(owed)).status_code == 404
        assert submit(program(user), owed).status_code == 404
    assert not owed.ratings.exists()


def test_a_submitted_scorecard_of_others_is_read_and_not_written(owed: Scorecard) -> None:
    submit_levels(owed, [3, 3, 3])
    reader = program(RecruiterFactory())
    assert reader.get(f"/api/v1/scorecards/{owed.pk}/").status_code == 200
    assert put(reader, owed, whole(owed)).status_code == 404


def test_a_token_that_only_reads_writes_nothing(owed: Scorecard) -> None:
    caller = program(owed.interviewer, read_only=True)
    assert caller.get(f"/api/v1/scorecards/{owed.pk}/").status_code == 200
    answer = put(caller, owed, whole(owed))
    assert (answer.status_code, answer.json()["detail"]) == (403, "This token may only read.")
    assert submit(caller, owed).status_code == 403
    assert not owed.ratings.exists()


def test_who_is_called_off_cannot_be_drafted(owed: Scorecard, caller: Browser) -> None:
    owed.interview.state = "cancelled"
    owed.interview.save()
    answer = put(caller, owed, whole(owed))
    assert answer.status_code == 422
    assert "cancelled" in answer.json()["detail"]


@pytest.mark.parametrize("pk", ["x", "-1", "1.5", str(2**70)])
def test_what_is_no_number_names_no_scorecard(caller: Browser, pk: str) -> None:
    for act in ("draft", "submit"):
        ask = caller.put if act == "draft" else caller.post
        assert (
            ask(f"/api/v1/scorecards/{pk}/{act}/", {"revision": 0}, content_type="application/json").status_code == 404
        )
