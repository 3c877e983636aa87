"""What is left out, because there is none of it, is never anything that somebody would have been told."""

from collections import Counter

import pytest

from candidates.models import Candidate, Mention, Note
from candidates.queries.duplicates import duplicates_of
from candidates.queries.timeline import Timeline, timeline_of
from candidates.queries.traces import KINDS, traces_of
from candidates.querysets.seal import closed_once
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.abridged import UNABRIDGED
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW, CandidateFactory
from tests.test_visibility import build

pytestmark = pytest.mark.django_db
EVERYTHING = frozenset((*KINDS, "mention"))


def history_of(user: User, candidate: Candidate, traces: frozenset[str]) -> Timeline:
    applications = candidate.applications.opinions_visible_to(user).select_related("role")
    consents = candidate.consents.all() if user.is_staff_of_firm else []
    with closed_once(user):
        return timeline_of(user, candidate, traces, applications=applications, consents=consents)


def told(user: User, candidate: Candidate, traces: frozenset[str]) -> tuple[object, ...]:
    history = history_of(user, candidate, traces)
    same = duplicates_of(user, candidate, traces)
    return Counter(history.events), history.opinions, set(same.likely), same.merged


@pytest.mark.parametrize("seed", range(20 if UNABRIDGED else 1))
def test_a_page_that_asks_only_after_what_there_is_tells_all_there_is(seed: int) -> None:
    world = build(seed)
    for candidate in Candidate.objects.all():
        Delivery.objects.create(event="e", recipient=candidate.email, subject="s", text="t", due_at=NOW)
    for note in Note.objects.all():
        Mention.objects.create(note=note, user=world.inside[1], at=NOW)
    found: set[str] = set()
    for user in world.inside if UNABRIDGED else world.inside[1:4]:
        for candidate in Candidate.objects.visible_to(user):
            with closed_once(user):
                traces = traces_of(user, candidate)
                briefly = told(user, candidate, traces)
            assert briefly == told(user, candidate, EVERYTHING), (user.part, candidate.pk, traces)
            found |= traces
    assert found == EVERYTHING - {"tag"}


def test_a_mention_leaves_a_trace_for_whom_it_asks_alone() -> None:
    user, other, candidate = RecruiterFactory(), RecruiterFactory(), CandidateFactory()
    note = Note.objects.create(candidate=candidate, author=other, text="Look.", created_at=NOW)
    Mention.objects.create(note=note, user=user, at=NOW)
    assert "mention" in traces_of(user, candidate)
    assert "mention" not in traces_of(other, candidate)


def test_of_somebody_new_there_is_nothing_to_ask_after() -> None:
    user, candidate = RecruiterFactory(), CandidateFactory(consented=False)
    assert traces_of(user, candidate) == frozenset()
    assert not history_of(user, candidate, frozenset()).events


def test_letters_to_the_address_of_a_file_that_went_into_another_are_looked_for() -> None:
    user, into = RecruiterFactory(), CandidateFactory(consented=False, email="one@example.org")
    CandidateFactory(consented=False, email="two@example.org", merged_into=into, merged_at=NOW)
    Delivery.objects.create(event="e", recipient="two@example.org", subject="Two", text="t", due_at=NOW)
    [event] = history_of(user, into, traces_of(user, into)).events
    assert event.title.endswith("Two")
