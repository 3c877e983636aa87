import dataclasses
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rubrics.enums import VersionStatus
from rubrics.gates.base import GateRefused
from rubrics.models import Rubric, RubricVersion
from rubrics.queries.rubrics import version_spec
from rubrics.services.locks import AlreadyPublished
from rubrics.services.rubrics import (
    declare_equivalent,
    describe_draft,
    load_rubric,
    pool_key_of,
    publish_version,
    replace_draft,
    set_weights,
    start_draft,
)
from rubrics.spec import (
    DimensionSpec,
    KitSpec,
    LevelSpec,
    QuestionSpec,
    ReferenceSpec,
    RubricSpec,
    SampleSpec,
    SignalSpec,
    read,
)
from screening.accounts.errors import Refused
from tests.factories.accounts import RecruiterFactory
from tests.factories.rubrics import draft_version, published_version

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SHIPPED = Path(__file__).resolve().parents[3] / "rubrics" / "shipped"
FILES = sorted(SHIPPED.glob("*.yaml"))
AI = read((SHIPPED / "senior-ai-engineer.yaml").read_bytes())

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_rubric_is_loaded_whole_and_may_be_published(path: Path) -> None:
    spec = read(path.read_bytes())
    version = load_rubric(spec=spec, by=None)
    assert version_spec(version) == spec
    published = publish_version(version=version, by=RecruiterFactory(), now=NOW)
    assert published.status == VersionStatus.PUBLISHED
    assert version_spec(RubricVersion.objects.get(pk=version.pk)) == spec


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
names = texts.filter(str.strip)


@st.composite
def specs(draw: st.DrawFn) -> RubricSpec:
    """Any draft at all: levels without anchors, questions that inform nothing, samples without references."""
    lowest = draw(st.integers(-3, 3))
    highest = lowest + draw(st.integers(1, 4))
    value = st.integers(lowest, highest)
    keys = draw(st.lists(st.sampled_from(["a", "b", "c-d"]), unique=True))
    dimensions = tuple(
        DimensionSpec(
            key=key,
            name=draw(names),
            description=draw(texts),
            strong=draw(texts),
            weak=draw(texts),
            weight=draw(st.decimals(0, 999, places=3)),
            floor=draw(st.none() | value),
            levels=tuple(LevelSpec(v, draw(texts), draw(texts)) for v in sorted(draw(st.sets(value)))),
        )
        for key in keys
    )
    questions = tuple(draw(question(key, keys)) for key in draw(st.sampled_from([[], ["q1"], ["q2", "q1"]])))
    asked = [q.key for q in questions]
    kits = st.builds(KitSpec, key=st.just("k"), name=names, questions=some_of(asked))
    return RubricSpec(
        slug="any",
        title=draw(names),
        summary=draw(texts),
        lowest=lowest,
        highest=highest,
        evidence_from=draw(st.none() | value),
        weights_reason=draw(texts),
        dimensions=dimensions,
        questions=questions,
        kits=tuple(draw(st.lists(kits, max_size=1))),
        samples=tuple(
            SampleSpec(
                "s",
                q.key,
                draw(names),
                draw(texts),
                {key: ReferenceSpec(draw(value), draw(texts)) for key in q.dimensions},
            )
            for q in questions
            if draw(st.booleans())
        ),
    )


def some_of(keys: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(keys), unique=True).map(tuple) if keys else st.just(())


@st.composite
def question(draw: st.DrawFn, key: str, dimensions: list[str]) -> QuestionSpec:
    informs = draw(some_of(dimensions))
    signals = st.builds(
        SignalSpec, dimension=st.sampled_from(informs or ("-",)), kind=st.sampled_from(["strong", "weak"]), text=names
    )
    return QuestionSpec(
        key=key,
        prompt=draw(texts),
        minutes=draw(st.integers(1, 480)),
        core=draw(st.booleans()),
        dimensions=informs,
        probes=tuple(draw(st.lists(texts, max_size=2))),
        signals=tuple(draw(st.lists(signals, max_size=3))) if informs else (),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=specs(), second=specs())
def test_loading_replaces_the_draft_and_exporting_gives_it_back(first: RubricSpec, second: RubricSpec) -> None:
    one = load_rubric(spec=first, by=None)
    assert version_spec(one) == first
    two = load_rubric(spec=second, by=None)
    assert two.pk == one.pk
    assert version_spec(two) == second
    assert Rubric.objects.get(slug="any").title == second.title


def test_loading_beside_a_published_version_makes_the_next_draft() -> None:
    by = RecruiterFactory()
    first = publish_version(version=load_rubric(spec=AI, by=by), by=by, now=NOW)
    second = load_rubric(spec=dataclasses.replace(AI, summary="Other words"), by=by)
    assert (second.number, second.status, second.created_by) == (2, VersionStatus.DRAFT, by)
    assert version_spec(RubricVersion.objects.get(pk=first.pk)).summary == AI.summary


def test_a_draft_starts_as_a_copy_and_only_one_at_a_time() -> None:
    by = RecruiterFactory()
    first = publish_version(version=load_rubric(spec=AI, by=by), by=by, now=NOW)
    draft = start_draft(version=first, by=by)
    assert version_spec(draft) == AI
    with pytest.raises(Refused, match="Version 2 is a draft already"):
        start_draft(version=first, by=by)


def test_a_file_of_another_rubric_does_not_replace_a_draft() -> None:
    draft = load_rubric(spec=AI, by=None)
    other = dataclasses.replace(AI, slug="something-else", summary="wrong")
    with pytest.raises(Refused, match="something-else"):
        replace_draft(version=draft, spec=other)
    assert version_spec(draft) == AI


def test_the_draft_says_what_was_written_on_its_page() -> None:
    draft = load_rubric(spec=AI, by=None)
    describe_draft(version=draft, title="Staff AI Engineer", summary="Short.")
    set_weights(version=draft, weights={"mentoring": Decimal(2)}, reason="They lead.")
    spec = version_spec(RubricVersion.objects.get(pk=draft.pk))
    assert (spec.title, spec.summary, spec.weights_reason) == ("Staff AI Engineer", "Short.", "They lead.")
    assert {d.key: d.weight for d in spec.dimensions}["mentoring"] == 2


def test_a_weight_below_zero_changes_nothing() -> None:
    draft = draft_version()
    with pytest.raises(Refused, match="Observability"):
        set_weights(
            version=draft, weights={"production-ownership": Decimal(2), "observability": Decimal(-1)}, reason="x"
        )
    assert {d.weight for d in draft.dimensions.all()} == {1}


def test_an_incomplete_draft_is_not_published() -> None:
    draft = draft_version(dimensions=1)
    with pytest.raises(GateRefused) as refusal:
        publish_version(version=draft, by=RecruiterFactory(), now=NOW)
    assert [item.code for item in refusal.value.missing] == ["dimensions"]
    draft.refresh_from_db()
    assert draft.status == VersionStatus.DRAFT


@pytest.mark.parametrize("action", ["replace", "describe", "weights", "equivalent", "publish"])
def test_a_published_version_is_not_edited(action: str) -> None:
    version = published_version()
    spec = version_spec(version)
    with pytest.raises(AlreadyPublished):
        {
            "replace": lambda: replace_draft(version=version, spec=spec),
            "describe": lambda: describe_draft(version=version, title="x", summary="x"),
            "weights": lambda: set_weights(version=version, weights={}, reason="x"),
            "equivalent": lambda: declare_equivalent(version=version, predecessor=None),
            "publish": lambda: publish_version(version=version, by=RecruiterFactory(), now=NOW),
        }[action]()


def test_the_pool_key_tells_levels_apart_and_nothing_else() -> None:
    key = pool_key_of(load_rubric(spec=AI, by=None))
    reordered = dataclasses.replace(
        AI, dimensions=tuple(reversed(AI.dimensions)), summary="Other.", questions=AI.questions[:3], kits=(), samples=()
    )
    assert pool_key_of(load_rubric(spec=reordered, by=None)) == key
    first, *rest = AI.dimensions
    reworded = dataclasses.replace(
        first, levels=(dataclasses.replace(first.levels[0], anchor="Else."), *first.levels[1:])
    )
    assert pool_key_of(load_rubric(spec=dataclasses.replace(AI, dimensions=(reworded, *rest)), by=None)) != key


def test_a_version_that_changes_wording_only_shares_its_predecessors_pool() -> None:
    by = RecruiterFactory()
    first = publish_version(version=load_rubric(spec=AI, by=by), by=by, now=NOW)
    second = start_draft(version=first, by=by)
    second.dimensions.all()[0].levels.filter(value=3).update(anchor="The same, put better.")
    declare_equivalent(version=second, predecessor=first)
    assert publish_version(version=second, by=by, now=NOW).pool_key == first.pool_key
    third = start_draft(version=second, by=by)
    third.dimensions.all()[0].levels.filter(value=3).update(anchor="Another thing.")
    assert publish_version(version=third, by=by, now=NOW).pool_key != first.pool_key


def test_other_dimensions_are_not_wording() -> None:
    by = RecruiterFactory()
    first = publish_version(version=load_rubric(spec=AI, by=by), by=by, now=NOW)
    second = start_draft(version=first, by=by)
    declare_equivalent(version=second, predecessor=first)
    second.dimensions.filter(key="mentoring").update(key="coaching")
    with pytest.raises(GateRefused, match="all but wording"):
        publish_version(version=second, by=by, now=NOW)
    with pytest.raises(Refused, match="More than wording"):
        declare_equivalent(version=second, predecessor=first)
    declare_equivalent(version=second, predecessor=None)
    assert publish_version(version=second, by=by, now=NOW).pool_key != first.pool_key
