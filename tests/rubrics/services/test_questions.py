"""Questions of a draft, their probes and signals, written one at a time."""

from collections.abc import Callable

import pytest

from rubrics.models import CalibrationSample, Question, RubricVersion
from rubrics.queries.parts import question_part, signals_part
from rubrics.queries.rubrics import version_spec
from rubrics.services.locks import AlreadyPublished, PartChanged
from rubrics.services.questions import add_question, move_question, remove_question, write_question, write_signals
from rubrics.services.scopes import fingerprint
from screening.accounts.errors import Refused
from tests.factories.rubrics import draft_version, published_version

OWNERSHIP, JUDGMENT = "production-ownership", "architectural-judgment"
CONTENT = {"prompt": "What broke?", "minutes": 20, "core": True, "probes": ["When?", "Who noticed?"]}
pytestmark = pytest.mark.django_db


def one(version: RubricVersion, key: str = "q0") -> Question:
    found: Question = version.questions.get(key=key)
    return found


def test_a_question_is_added_beneath_a_dimension() -> None:
    draft = draft_version()
    question = add_question(version=draft, prompt="Tell me about a night it failed.", dimension=JUDGMENT)
    assert question.key == "tell-me-about-a"
    assert add_question(version=draft, prompt="Tell me about a day.", dimension=JUDGMENT).key == "tell-me-about-a-2"
    assert [q.key for q in draft.questions.all()] == ["q0", "q1", "q2", "tell-me-about-a", "tell-me-about-a-2"]
    assert [d.key for d in question.dimensions.all()] == [JUDGMENT]


def test_a_question_says_what_was_written_and_drops_signals_of_what_it_no_longer_informs() -> None:
    draft = draft_version()
    content = CONTENT | {"dimensions": [JUDGMENT, OWNERSHIP]}
    write_question(version=draft, key="q0", content=content)
    assert question_part(one(draft)) == content
    assert one(draft).signals.count() == 2
    write_question(version=draft, key="q0", content=CONTENT | {"dimensions": [JUDGMENT]})
    assert one(draft).signals.count() == 0
    with pytest.raises(Refused, match="no longer informs"):
        write_signals(version=draft, key="q0", dimension=OWNERSHIP, content={"strong": ["x"], "weak": []})


def test_signals_of_one_dimension_leave_the_others_alone() -> None:
    draft = draft_version()
    write_question(version=draft, key="q0", content=CONTENT | {"dimensions": [JUDGMENT, OWNERSHIP]})
    content = {"strong": ["Names a date", "Names a cost"], "weak": ["Says we"]}
    write_signals(version=draft, key="q0", dimension=JUDGMENT, content=content)
    judgment = draft.dimensions.get(key=JUDGMENT)
    assert signals_part(one(draft), judgment) == content
    said = version_spec(draft).questions[0].signals
    assert [(signal.dimension, signal.text) for signal in said] == [
        (OWNERSHIP, "strong sign of Production ownership"),
        (OWNERSHIP, "weak sign of Production ownership"),
        (JUDGMENT, "Names a date"),
        (JUDGMENT, "Names a cost"),
        (JUDGMENT, "Says we"),
    ]


def test_nobody_writes_over_words_they_have_not_seen() -> None:
    draft = draft_version()
    seen = fingerprint(question_part(one(draft)))
    first = CONTENT | {"dimensions": [OWNERSHIP]}
    write_question(version=draft, key="q0", content=first, seen=seen)
    with pytest.raises(PartChanged) as conflict:
        write_question(version=draft, key="q0", content=first | {"prompt": "Mine."}, seen=seen)
    assert conflict.value.saved == first
    ownership = draft.dimensions.get(key=OWNERSHIP)
    seen = fingerprint(signals_part(one(draft), ownership))
    one(draft).signals.all().delete()
    with pytest.raises(PartChanged):
        write_signals(version=draft, key="q0", dimension=OWNERSHIP, content={"strong": ["x"], "weak": []}, seen=seen)


def test_questions_pass_their_neighbours_and_go_with_their_samples() -> None:
    draft = draft_version()
    move_question(version=draft, key="q2", past="q1")
    assert [q.key for q in draft.questions.all()] == ["q0", "q2", "q1"]
    CalibrationSample.objects.create(question=one(draft, "q2"), key="s", title="s", answer="I did.")
    remove_question(version=draft, key="q2")
    assert [q.key for q in draft.questions.all()] == ["q0", "q1"]
    assert [question.key for question in draft.kits.get(key="whole").questions.order_by("key")] == ["q0", "q1"]
    with pytest.raises(Refused, match="somebody removed it"):
        remove_question(version=draft, key="q2")


WRITING: list[Callable[[RubricVersion], object]] = [
    lambda version: add_question(version=version, prompt="x", dimension=OWNERSHIP),
    lambda version: write_question(version=version, key="q0", content=CONTENT | {"dimensions": []}),
    lambda version: write_signals(version=version, key="q0", dimension=OWNERSHIP, content={"strong": [], "weak": []}),
    lambda version: move_question(version=version, key="q0", past="q1"),
    lambda version: remove_question(version=version, key="q0"),
]


@pytest.mark.parametrize("write", WRITING)
def test_a_published_version_refuses_every_edit(write: Callable[[RubricVersion], object]) -> None:
    version = published_version()
    before = version_spec(version)
    with pytest.raises(AlreadyPublished):
        write(version)
    assert version_spec(RubricVersion.objects.get(pk=version.pk)) == before
