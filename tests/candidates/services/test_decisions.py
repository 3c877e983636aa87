import pytest
from django.db import DatabaseError, connection, transaction

from candidates.enums import Outcome, ShortlistState
from candidates.models import Application, Decision, ShortlistEntry
from candidates.services.decisions import decide
from candidates.services.shortlists import withdraw_shortlist
from rubrics.enums import StageKind
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Refused
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import ShortlistEntryFactory
from tests.factories.shortlists import LATER, evaluated, presented

pytestmark = pytest.mark.django_db


def stage(entry: ShortlistEntry) -> str:
    return Application.objects.select_related("stage").get(pk=entry.application_id).stage.kind


def test_the_client_decides_once_everybody_who_must_has_evaluated() -> None:
    shortlist, [entry], [hana, olek] = presented(1, reviewers=2)
    evaluated([entry], hana)
    with pytest.raises(GateRefused) as refused:
        decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=hana, now=LATER)
    assert [item.code for item in refused.value.missing] == [f"review:{olek.pk}"]
    evaluated([entry], olek)

    decision = decide(entry=entry, outcome=Outcome.HIRE, why=" Runs it already. ", by=hana, now=LATER)

    assert (decision.decided_by, decision.recorded_by, decision.decider_name) == (hana, None, hana.name)
    assert (decision.why, stage(entry)) == ("Runs it already.", StageKind.OFFER)
    assert decision.snapshot is not None
    shortlist.refresh_from_db()
    assert (shortlist.state, shortlist.closed_at) == (ShortlistState.DECIDED, LATER)


def test_a_shortlist_is_decided_when_everybody_on_it_is() -> None:
    shortlist, [first, second], [user] = presented(2)
    evaluated([first, second], user)

    decide(entry=first, outcome=Outcome.REJECT, why="No.", by=user, now=LATER)
    shortlist.refresh_from_db()
    assert shortlist.state == ShortlistState.PRESENTED
    decide(entry=second, outcome=Outcome.REJECT, why="No.", by=user, now=LATER)

    shortlist.refresh_from_db()
    assert (shortlist.state, stage(first)) == (ShortlistState.DECIDED, StageKind.REJECTED)


def test_staff_record_whose_decision_it_is_and_where_they_heard_it() -> None:
    _, [entry], [user] = presented(1)
    recruiter = RecruiterFactory()
    evaluated([entry], user)
    for who, where in (("", "in a call"), ("Hana Novak", " ")):
        with pytest.raises(Refused, match="who at the client decided"):
            decide(
                entry=entry,
                outcome=Outcome.HIRE,
                why="Yes.",
                by=recruiter,
                now=LATER,
                decider_name=who,
                where_given=where,
            )

    decision = decide(
        entry=entry,
        outcome=Outcome.HIRE,
        why="Yes.",
        by=recruiter,
        now=LATER,
        decider_name="Hana Novak",
        where_given="in a call",
    )

    assert (decision.decided_by, decision.recorded_by, decision.decider_name, decision.where_given) == (
        None,
        recruiter,
        "Hana Novak",
        "in a call",
    )


def test_a_decision_needs_a_reason() -> None:
    _, [entry], [user] = presented(1)
    evaluated([entry], user)

    with pytest.raises(Refused, match="needs a reason"):
        decide(entry=entry, outcome=Outcome.REJECT, why="  ", by=user, now=LATER)


def test_without_consent_nothing_is_decided() -> None:
    _, [entry], [user] = presented(1)
    evaluated([entry], user)
    entry.application.candidate.consents.update(withdrawn_at=LATER)

    with pytest.raises(GateRefused, match="no valid consent"):
        decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=user, now=LATER)


def test_a_declined_offer_leads_to_a_later_decision_and_the_newest_counts() -> None:
    _, [entry], [user] = presented(1)
    evaluated([entry], user)
    decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=user, now=LATER)

    decide(entry=entry, outcome=Outcome.REJECT, why="They declined our offer.", by=user, now=LATER)

    assert [decision.outcome for decision in entry.decisions.all()] == [Outcome.REJECT, Outcome.HIRE]
    assert stage(entry) == StageKind.REJECTED


def test_nothing_is_decided_before_presenting_or_after_withdrawing_even_with_an_older_copy_in_hand() -> None:
    with pytest.raises(GateRefused, match="not been presented"):
        decide(entry=ShortlistEntryFactory(), outcome=Outcome.HIRE, why="Yes.", by=RecruiterFactory(), now=LATER)

    shortlist, [entry], [user] = presented(1)
    evaluated([entry], user)
    withdraw_shortlist(shortlist=shortlist, reason="Changed.", by=shortlist.created_by, now=LATER)
    assert entry.shortlist.is_with_client  # as somebody read it before

    with pytest.raises(GateRefused, match="not been presented"):
        decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=user, now=LATER)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE candidates_decision SET outcome = 'reject'",
        "UPDATE candidates_decision SET why = 'x'",
        "DELETE FROM candidates_decision",
        "TRUNCATE candidates_decision CASCADE",
    ],
)
def test_the_database_keeps_a_decision_as_it_was_given(sql: str) -> None:
    _, [entry], [user] = presented(1)
    evaluated([entry], user)
    decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=user, now=LATER)

    with (
        pytest.raises(DatabaseError, match=r"refused|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Decision.objects.get().outcome == Outcome.HIRE
