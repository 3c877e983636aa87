"""Dimensions and levels of a draft, written one at a time."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from rubrics.models import CalibrationSample, Dimension, RubricVersion, SampleReference
from rubrics.queries.parts import anchor_part, dimension_part, scale_part, weights_part
from rubrics.queries.rubrics import version_spec
from rubrics.services.dimensions import (
    add_dimension,
    describe_dimension,
    free_key,
    move_dimension,
    remove_dimension,
    set_scale,
    write_anchor,
)
from rubrics.services.locks import AlreadyPublished, PartChanged
from rubrics.services.rubrics import set_weights, start_rubric
from rubrics.services.scopes import fingerprint
from screening.accounts.errors import Refused
from tests.factories.accounts import RecruiterFactory
from tests.factories.rubrics import draft_version, published_version

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
OWNERSHIP = "production-ownership"
pytestmark = pytest.mark.django_db


def keys(version: RubricVersion) -> list[str]:
    return [dimension.key for dimension in version.dimensions.all()]


def one(version: RubricVersion, key: str = OWNERSHIP) -> Dimension:
    found: Dimension = version.dimensions.get(key=key)
    return found


def anchor(version: RubricVersion, value: int = 3, key: str = OWNERSHIP) -> str:
    return str(anchor_part(one(version, key), value)["anchor"])


def test_an_empty_draft_is_filled_dimension_by_dimension() -> None:
    draft = start_rubric(title="Staff engineer", by=RecruiterFactory())
    for name in ("Judgment", "Ownership"):
        add_dimension(version=draft, name=name)
    assert keys(draft) == ["judgment", "ownership"]
    assert [level.name for level in one(draft, "ownership").levels.all()] == [
        "no evidence",
        "generic",
        "working",
        "senior",
        "raises others",
    ]
    with pytest.raises(Refused, match="“judgment” already"):
        add_dimension(version=draft, name="judgment")


def test_a_new_dimension_calls_its_levels_as_the_others_do() -> None:
    draft = draft_version(lowest=0, highest=2, evidence_from=None)
    dimension = add_dimension(version=draft, name="Calm")
    assert [level.name for level in dimension.levels.all()] == ["level 0", "level 1", "level 2"]


@pytest.mark.parametrize(
    ("name", "taken", "key"),
    [
        ("Production ownership", set(), "production-ownership"),
        ("Production ownership", {"production-ownership", "production-ownership-2"}, "production-ownership-3"),
        ("جودة الحكم", set(), "dimension"),
        ("—", {"dimension"}, "dimension-2"),
        ("snake_case _", set(), "snake-case"),
        ("x" * 200, set(), "x" * 56),
    ],
)
def test_a_key_is_made_of_the_name(name: str, taken: set[str], key: str) -> None:
    assert free_key(name, taken, stem="dimension") == key


def test_anchors_are_written_cell_by_cell() -> None:
    draft = draft_version()
    write_anchor(version=draft, key=OWNERSHIP, value=3, content={"anchor": "Kept it alive."})
    assert anchor(draft) == "Kept it alive."
    one(draft).levels.filter(value=2).delete()
    write_anchor(version=draft, key=OWNERSHIP, value=2, content={"anchor": "Watched it."})
    assert one(draft).levels.get(value=2).name == "level 2", "called as in the other dimensions"
    with pytest.raises(Refused, match="levels are 1 to 5"):
        write_anchor(version=draft, key=OWNERSHIP, value=6, content={"anchor": "x"})
    with pytest.raises(Refused, match="somebody removed it"):
        write_anchor(version=draft, key="gone", value=3, content={"anchor": "x"})


def test_nobody_writes_over_words_they_have_not_seen() -> None:
    draft = draft_version()
    seen = fingerprint(anchor_part(one(draft), 3))
    write_anchor(version=draft, key=OWNERSHIP, value=3, content={"anchor": "First."}, seen=seen)
    with pytest.raises(PartChanged) as conflict:
        write_anchor(version=draft, key=OWNERSHIP, value=3, content={"anchor": "Second."}, seen=seen)
    assert conflict.value.saved == {"anchor": "First."}
    assert anchor(draft) == "First."
    write_anchor(version=draft, key=OWNERSHIP, value=3, content={"anchor": "First."}, seen=seen)  # the same words
    elsewhere = fingerprint(anchor_part(one(draft), 4))
    write_anchor(version=draft, key=OWNERSHIP, value=4, content={"anchor": "Beside it."}, seen=elsewhere)
    again = fingerprint(conflict.value.saved)
    write_anchor(version=draft, key=OWNERSHIP, value=3, content={"anchor": "Second."}, seen=again)
    assert (anchor(draft, 3), anchor(draft, 4)) == ("Second.", "Beside it.")


def test_weights_keep_to_the_same_rule() -> None:
    draft = draft_version(dimensions=2)
    seen = fingerprint(weights_part(draft))
    one(draft)
    draft.dimensions.filter(key=OWNERSHIP).update(weight=2)
    weights = dict.fromkeys(keys(draft), one(draft).weight)
    with pytest.raises(PartChanged):
        set_weights(version=draft, weights=weights, reason="", seen=seen)


def test_a_dimension_is_described_and_keeps_its_key() -> None:
    draft = draft_version()
    content = dimension_part(one(draft)) | {"name": "Owning it", "floor": 4, "strong": "Dates."}
    describe_dimension(version=draft, key=OWNERSHIP, content=content)
    assert dimension_part(one(draft)) == content
    with pytest.raises(Refused, match="levels 1 to 5"):
        describe_dimension(version=draft, key=OWNERSHIP, content=content | {"floor": 9})


def test_dimensions_pass_their_neighbours_and_go() -> None:
    draft = draft_version()
    first, second, third = keys(draft)
    move_dimension(version=draft, key=third, past=second)
    assert keys(draft) == [first, third, second]
    sample = CalibrationSample.objects.create(
        question=draft.questions.get(key="q1"), key="s", title="s", answer="I did."
    )
    SampleReference.objects.create(sample=sample, dimension=one(draft, second), level=3)
    remove_dimension(version=draft, key=second)
    assert keys(draft) == [first, third]
    assert [list(question.dimensions.all()) for question in draft.questions.filter(key="q1")] == [[]]
    assert list(sample.references.all()) == []
    assert [dimension.position for dimension in draft.dimensions.all()] == [0, 1]


def test_the_range_of_levels_is_shared_and_loses_no_words_by_accident() -> None:
    draft = draft_version()
    wider = scale_part(draft) | {"highest": 6}
    wider["names"] = wider["names"] | {"6": "beyond", "1": "none"}
    set_scale(version=draft, content=wider)
    assert list(RubricVersion.objects.get(pk=draft.pk).level_values) == [1, 2, 3, 4, 5, 6]
    assert {d.levels.get(value=6).name for d in draft.dimensions.all()} == {"beyond"}
    draft.refresh_from_db()
    narrower = scale_part(draft) | {"lowest": 3, "evidence_from": 4}
    narrower["names"] = {value: name for value, name in narrower["names"].items() if int(value) >= 3}
    draft.dimensions.filter(key=OWNERSHIP).update(floor=2)
    with pytest.raises(Refused, match="Production ownership 1, Production ownership 2"):
        set_scale(version=draft, content=narrower)
    assert anchor(draft, 1) == "Production ownership at 1."
    set_scale(version=draft, content=narrower, drop=True)
    assert version_spec(RubricVersion.objects.get(pk=draft.pk)).dimensions[0].levels[0].value == 3
    assert one(draft).floor is None


@pytest.mark.parametrize(
    ("change", "words"),
    [({"lowest": 5}, "above the lowest"), ({"evidence_from": 7}, "one of the levels 1 to 5")],
)
def test_levels_that_cannot_be(change: dict[str, int], words: str) -> None:
    draft = draft_version()
    with pytest.raises(Refused, match=words):
        set_scale(version=draft, content=scale_part(draft) | change)


WRITING: list[Callable[[RubricVersion], object]] = [
    lambda version: add_dimension(version=version, name="x"),
    lambda version: describe_dimension(version=version, key=OWNERSHIP, content={"name": "x", "floor": None}),
    lambda version: write_anchor(version=version, key=OWNERSHIP, value=3, content={"anchor": "x"}),
    lambda version: set_scale(version=version, content=scale_part(version)),
    lambda version: move_dimension(version=version, key=OWNERSHIP, past="observability"),
    lambda version: remove_dimension(version=version, key=OWNERSHIP),
]


@pytest.mark.parametrize("write", WRITING)
def test_a_published_version_refuses_every_edit(write: Callable[[RubricVersion], object]) -> None:
    version = published_version()
    before = version_spec(version)
    with pytest.raises(AlreadyPublished):
        write(version)
    assert version_spec(RubricVersion.objects.get(pk=version.pk)) == before
