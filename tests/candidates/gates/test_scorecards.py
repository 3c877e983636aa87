import re
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from candidates.enums import InterviewState, ScorecardOrigin
from candidates.gates.scorecards import DATED, dimensions_covered, missing_to_submit
from candidates.models import Evidence, Interview, Rating, Scorecard
from rubrics.models import Kit
from tests.abridged import UNABRIDGED
from tests.factories.candidates import ApplicationFactory, InterviewFactory, ScorecardFactory, dimensions_of
from tests.factories.rubrics import RoleFactory, published_version

pytestmark = pytest.mark.django_db

WHOLE = [3, 3, 3]


def rate(scorecard: Scorecard, levels: Sequence[int | None], *, reason: str = "no time") -> None:
    for dimension, level in zip(dimensions_of(scorecard.interview), levels, strict=True):
        Rating.objects.create(
            scorecard=scorecard,
            dimension=dimension,
            level=level,
            not_assessed=level is None,
            not_assessed_reason=reason if level is None else "",
        )


def tell(scorecard: Scorecard, *, incident: str = "Precision fell", happened: str = "2025-03", which: int = 0) -> None:
    dimension = dimensions_of(scorecard.interview)[which]
    Evidence.objects.create(scorecard=scorecard, dimension=dimension, incident=incident, happened=happened)


def codes(scorecard: Scorecard) -> list[str]:
    return [item.code for item in missing_to_submit(Scorecard.objects.get(pk=scorecard.pk))]


def test_every_dimension_is_named_while_it_is_open() -> None:
    assert codes(ScorecardFactory()) == [
        "rating:production-ownership",
        "rating:architectural-judgment",
        "rating:observability",
    ]


def test_only_what_the_kit_covers_is_asked() -> None:
    application = ApplicationFactory()
    short = Kit.objects.get(version=application.role.rubric_version, key="short")
    scorecard = ScorecardFactory(interview=InterviewFactory(application=application, kit=short))
    assert len(codes(scorecard)) == 2
    assert [one.name for one in dimensions_covered(scorecard)] == ["Production ownership", "Architectural judgment"]


def test_the_recommendation_is_asked_last() -> None:
    scorecard = ScorecardFactory()
    rate(scorecard, WHOLE)
    assert codes(scorecard) == ["recommendation"]
    scorecard.recommendation = "no"
    scorecard.save()
    assert codes(scorecard) == []


def test_not_assessed_needs_why() -> None:
    scorecard = ScorecardFactory(recommendation="yes")
    rate(scorecard, [None, 3, None], reason="  ")
    assert codes(scorecard) == ["reason:production-ownership", "reason:observability"]


@pytest.mark.parametrize(
    ("incident", "happened", "missing"),
    [
        (None, "", "evidence"),
        ("   ", "2025", "evidence"),
        ("Precision fell", "", "evidence_date"),
        ("Precision fell", "in spring", "evidence_date"),
        ("Precision fell", "2025-13", "evidence_date"),
        ("Precision fell", " 2025 ", None),
        ("Precision fell", "2025-03", None),
        ("Precision fell", "2025-03-14", None),
    ],
)
def test_a_high_level_rests_on_a_dated_incident(incident: str | None, happened: str, missing: str | None) -> None:
    scorecard = ScorecardFactory(recommendation="yes")
    rate(scorecard, [4, 3, 3])
    if incident is not None:
        tell(scorecard, incident=incident, happened=happened)
    assert codes(scorecard) == ([f"{missing}:production-ownership"] if missing else [])


def test_evidence_on_another_dimension_does_not_help() -> None:
    scorecard = ScorecardFactory(recommendation="yes")
    rate(scorecard, [4, 3, 3])
    tell(scorecard, which=1)
    assert codes(scorecard) == ["evidence:production-ownership"]


def test_one_dated_incident_among_several_is_enough() -> None:
    scorecard = ScorecardFactory(recommendation="yes")
    rate(scorecard, [5, 3, 3])
    tell(scorecard, happened="long ago")
    tell(scorecard, happened="2024")
    assert codes(scorecard) == []


def test_a_rubric_may_ask_for_no_evidence() -> None:
    role = RoleFactory(rubric_version=published_version(lowest=0, highest=3, evidence_from=None))
    application = ApplicationFactory(role=role)
    scorecard = ScorecardFactory(interview=InterviewFactory(application=application), recommendation="yes")
    rate(scorecard, [3, 0, 3])
    assert codes(scorecard) == []


def test_imported_scorecards_need_neither_evidence_nor_recommendation() -> None:
    scorecard = ScorecardFactory(origin=ScorecardOrigin.IMPORTED)
    rate(scorecard, [5, 5, 5])
    assert codes(scorecard) == []


@pytest.mark.parametrize("state", [InterviewState.CANCELLED, InterviewState.NO_SHOW])
def test_nothing_is_sealed_for_a_conversation_that_did_not_happen(state: InterviewState) -> None:
    scorecard = ScorecardFactory(interview=InterviewFactory(state=state), recommendation="yes")
    rate(scorecard, WHOLE)
    assert codes(scorecard) == ["interview"]


def test_the_words_name_the_dimension_and_what_to_do() -> None:
    scorecard = ScorecardFactory()
    rate(scorecard, [4, 3, None], reason="")
    texts = [item.text for item in missing_to_submit(scorecard)]
    assert texts == [
        "Production ownership: a level of 4 needs evidence. What happened?",
        "Observability: say why it was not assessed.",
    ]


LEVEL = st.sampled_from([None, "na", "na!", 1, 2, 3, 4, 5])
HAPPENED = st.sampled_from(["", "2025", "2025-03", "spring", "2025-99"])


@pytest.fixture
def interview() -> Interview:
    made: Interview = InterviewFactory()
    return made


@settings(
    max_examples=200 if UNABRIDGED else 20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # its scorecards are of different people
)
@given(
    levels=st.tuples(LEVEL, LEVEL, LEVEL),
    told=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["", "It fell"]), HAPPENED), max_size=4),
    recommendation=st.sampled_from(["", "yes"]),
)
def test_the_gate_opens_exactly_for_complete_scorecards(
    interview: Interview, levels: tuple[object, ...], told: list[tuple[int, str, str]], recommendation: str
) -> None:
    """The rule once more, said the other way round: complete means done, explained, evidenced and recommended."""
    scorecard = ScorecardFactory(interview=interview, recommendation=recommendation)
    dimensions = dimensions_of(interview)
    for dimension, level in zip(dimensions, levels, strict=True):
        number = level if isinstance(level, int) else None
        Rating.objects.create(
            scorecard=scorecard,
            dimension=dimension,
            level=number,
            not_assessed=level in {"na", "na!"},
            not_assessed_reason="no time" if level == "na" else "",
        )
    for which, incident, happened in told:
        tell(scorecard, incident=incident, happened=happened, which=which)

    def is_complete(which: int) -> bool:
        level = levels[which]
        if not isinstance(level, int):
            return level == "na"
        dates = [happened for place, incident, happened in told if place == which and incident]
        return level < 4 or any(re.fullmatch(r"2025(-03)?", date) for date in dates)

    complete = all(is_complete(which) for which in range(3))
    assert (codes(scorecard) == []) == (complete and recommendation == "yes")


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_any_day_month_or_year_of_our_time_is_a_date(day: date) -> None:
    for text in (f"{day:%Y-%m-%d}", f"{day:%Y-%m}", f"{day:%Y}"):
        assert DATED.fullmatch(text)
