"""The client's home: their roles and where each search stands, in counts that tell nothing of the panel's opinion."""

import pytest

from candidates.enums import OfferAnswer, Outcome
from candidates.queries.client_home import searches
from candidates.services.decisions import decide
from candidates.services.offers import answer_offer, make_offer
from rubrics.enums import RoleStatus, StageKind
from tests.asking import as_, statements
from tests.factories.accounts import ReviewerFactory
from tests.factories.candidates import ApplicationFactory
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import LATER, evaluated, presented

pytestmark = pytest.mark.django_db


def test_each_search_in_counts_and_only_their_own() -> None:
    reviewer = ReviewerFactory()
    role = RoleFactory(client=reviewer.client, title="Claims Engineer", openings=2)
    RoleFactory(title="Somebody else’s")
    RoleFactory(client=reviewer.client, title="Long gone", status=RoleStatus.CLOSED)
    for kind in StageKind:
        ApplicationFactory(role=role, kind=kind)

    [search] = searches(reviewer)
    assert search.steps == (("In screening", 3), ("Being assessed", 3), ("With you", 1), ("Offer", 1), ("Hired", 1))
    words = as_(reviewer).get("/").content.decode()
    assert "1 of 2 openings filled" in words
    assert "Somebody else’s" not in words
    assert "Long gone" not in words


def test_whoever_declined_the_offer_is_the_clients_to_decide_on_again_and_no_offer() -> None:
    shortlist, entries, [reviewer] = presented(2)
    evaluated(entries, reviewer)
    for entry, answer in zip(entries, (OfferAnswer.DECLINED, OfferAnswer.ACCEPTED), strict=True):
        decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=reviewer, now=LATER)
        make_offer(entry=entry, starts_on=LATER.date(), terms="", by=reviewer, now=LATER)
        answer_offer(entry=entry, answer=answer, reason="Took another one.", by=reviewer, now=LATER)

    [search] = searches(reviewer)
    assert (search.role, search.steps[2:]) == (shortlist.role, (("With you", 1), ("Offer", 1), ("Hired", 0)))
    decide(entry=entries[0], outcome=Outcome.REJECT, why="They declined.", by=reviewer, now=LATER)
    assert searches(reviewer)[0].steps[2:4] == (("With you", 0), ("Offer", 1))


@pytest.mark.parametrize("kind", [StageKind.INTERVIEWING, StageKind.SCORED, StageKind.SHORTLISTED])
def test_what_the_panel_thinks_changes_no_count(kind: StageKind) -> None:
    reviewer = ReviewerFactory()
    ApplicationFactory(role=RoleFactory(client=reviewer.client), kind=kind)
    assert [number for _, number in searches(reviewer)[0].steps] == [0, 1, 0, 0, 0]


def test_the_home_costs_the_same_with_one_role_and_with_many() -> None:
    reviewer = ReviewerFactory()
    counts = []
    for roles in (1, 6):
        for _ in range(roles):
            ApplicationFactory(role=RoleFactory(client=reviewer.client))
        counts.append(statements(lambda: as_(reviewer).get("/")))
    assert counts[0] == counts[1]
    assert counts[0] <= 12 + 5  # signing in is five


def test_an_empty_home_has_words() -> None:
    assert "No roles yet" in as_(ReviewerFactory()).get("/").content.decode()
