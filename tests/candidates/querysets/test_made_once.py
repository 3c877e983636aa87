"""A statement made once finds what its query set would find now, for its reader, whatever is asked for in it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Q, QuerySet, Value

from candidates.models import Application, Candidate
from candidates.querysets.made_once import rows_of
from candidates.querysets.seal import closed_once, rows_for
from candidates.querysets.words import says
from rubrics.enums import Duty, StageKind
from rubrics.models import RoleMember
from screening.accounts.models import User
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    ScorecardFactory,
)

pytestmark = pytest.mark.django_db


def called(user: User, words: Sequence[str], *, most: int = 9) -> QuerySet[Candidate, Any]:
    found = Candidate.objects.visible_to(user).filter(says("name_words", words))
    return found.order_by("name").values_list("name", flat=True)[:most]


def listed(user: User) -> QuerySet[Application, Any]:
    return Application.objects.visible_to(user).order_by("pk").values_list("pk")


def moved(pks: Sequence[int], since: datetime) -> QuerySet[Application, Any]:
    return Application.objects.filter(pk__in=pks, stage_since__lt=since).order_by("pk").values_list("pk", "stage_since")


def names(user: User, *words: str, most: int = 9) -> list[str]:
    with closed_once(user):
        found = [name for (name,) in rows_for(user, called, list(words), most=most)]
        assert found == list(called(user, words, most=most))
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ma",), ["Marta Ek", "Otto Ma"]),
        (("mart",), ["Marta Ek"]),
        (("otto",), ["Otto Lind", "Otto Ma"]),
        (("otto", "ma"), ["Otto Ma"]),
        (("ma", "otto"), ["Otto Ma"]),
        (("100%",), []),
        (("' OR",), []),
        (("\ue100x", "\ue101x\ue0ff"), []),
    ],
)
def test_the_words_take_the_place_of_what_they_were_made_of(words: tuple[str, ...], expected: list[str]) -> None:
    for name in ("Otto Lind", "Otto Ma", "Marta Ek"):
        CandidateFactory(name=name)
    reader = RecruiterFactory()

    assert names(reader, *words) == expected
    assert names(reader, *words, most=1) == expected[:1]


def test_numbers_and_moments_do_too() -> None:
    early, late = (ApplicationFactory(stage_since=NOW - timedelta(days=days)) for days in (9, 1))

    for pks in ([early.pk, late.pk], [late.pk, early.pk], [late.pk], []):
        for since in (NOW, NOW - timedelta(days=5)):
            assert rows_of(moved, pks, since) == rows_of(moved, pks, since, by_key=True) == list(moved(pks, since))


def marked(this: int, ignored: int, since: datetime, *, kind: str) -> QuerySet[Application, Any]:
    """What is fixed is shown, with a percent sign, and decides; one value is asked for twice, one not at all."""
    either = Application.objects.filter(Q(pk=this) | Q(moved_from=this), stage_since__lt=since, stage__kind=kind)
    return either.values_list("pk", Value(True), Value(7), Value("100% $1"))


def test_what_is_fixed_stays_what_it_is_where_a_statement_is_planned() -> None:
    application = ApplicationFactory(kind=StageKind.SCORED, stage_since=NOW)

    for since, found in ((NOW, []), (NOW + timedelta(1), [(application.pk, True, 7, "100% $1")])):
        for kind, seen in ((StageKind.SCORED, found), (StageKind.OFFER, [])):
            asked = (application.pk, 5, since)
            assert rows_of(marked, *asked, kind=kind) == rows_of(marked, *asked, kind=kind, by_key=True) == seen


def test_whoever_may_see_less_than_a_moment_ago_finds_less() -> None:
    member, recruiter = HiringManagerFactory(), RecruiterFactory()
    application = ApplicationFactory(kind=StageKind.SCORED, candidate__name="Otto Ma")
    membership = RoleMember.objects.create(role=application.role, user=member, duty=Duty.OBSERVER)

    def seen(user: User) -> tuple[list[str], list[tuple[int]]]:
        with closed_once(user):
            return names(user, "otto"), rows_for(user, listed)

    assert seen(member) == seen(recruiter) == (["Otto Ma"], [(application.pk,)])
    membership.delete()
    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=recruiter)
    assert seen(member) == ([], [])
    assert seen(recruiter) == (["Otto Ma"], [])
