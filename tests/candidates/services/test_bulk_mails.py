"""A letter to many: to each once, also when the worker dies, and to nobody who may not be written to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from candidates.enums import BulkKind, BulkOutcome
from candidates.gates.bulk import preview_of, reachable
from candidates.models import Application, BulkAction, BulkItem, Candidate, CandidateMail
from candidates.services import bulk as service
from candidates.services.bulk import HAS_LEFT, WORDS_GONE, keep_words, next_chunk, plan_bulk, start_bulk, undo_bulk
from candidates.services.consents import withdraw_consent
from candidates.services.erasures import erase_candidate
from candidates.services.mails import Words
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.enums import DeliveryState
from screening.jobs.models import Delivery
from screening.jobs.services.deliveries import deliver
from tests.candidates.services.test_bulk import work
from tests.factories.accounts import AdministratorFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, InterviewFactory, ScorecardFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
WORDS = Words("{{ role_title }}", "Hello {{ candidate_first_name }}")


@pytest.fixture
def role() -> Role:
    found: Role = RoleFactory()
    return found


@pytest.fixture
def by() -> User:
    found: User = RecruiterFactory()
    return found


def letter(role: Role, by: User) -> BulkAction:
    action = plan_bulk(
        role=role,
        kind=BulkKind.MAIL,
        to_stage=None,
        applications=Application.objects.visible_to(by).of_role(role),
        query="view=table",
        by=by,
        now=NOW,
    )
    return keep_words(action=action, words=WORDS, by=by)


def people(role: Role, number: int) -> list[Application]:
    return [ApplicationFactory(role=role, candidate__name=f"Nok{n} Ariyawat") for n in range(number)]


def test_each_gets_their_own_and_whoever_may_not_be_written_to_is_named(role: Role, by: User) -> None:
    first, second = people(role, 2)
    silent = ApplicationFactory(role=role, candidate__name="No Address")
    Candidate.objects.filter(pk=silent.candidate_id).update(email="")
    left = ApplicationFactory(role=role)
    withdraw_consent(candidate=left.candidate, now=timezone.now())
    owed = ApplicationFactory(role=role)
    ScorecardFactory(interview=InterviewFactory(application=owed), interviewer=by)
    Application.objects.filter(pk=owed.pk).update(stage=role.stages.get(kind="contacted"))
    action = letter(role, by)
    seen = preview_of(action, now=timezone.now())
    assert (seen.total, seen.doing, [one.number for one in seen.refused]) == (5, 2, [1, 1, 1])
    assert list(reachable(action, now=timezone.now())) == [first, second]
    start_bulk(action=action, by=by, now=timezone.now())
    assert work(action) == {BulkOutcome.DONE: 2, BulkOutcome.REFUSED: 3}
    assert {one.why for one in action.items.filter(outcome="refused")} == {one.why for one in seen.refused}
    sent = {mail.delivery.recipient: mail.delivery.text.strip() for mail in CandidateMail.objects.all()}
    assert sent == {first.candidate.email: "Hello Nok0", second.candidate.email: "Hello Nok1"}


def test_without_words_nothing_starts_and_afterwards_they_stand(role: Role, by: User) -> None:
    people(role, 1)
    action = letter(role, by)
    BulkAction.objects.filter(pk=action.pk).update(text="")
    with pytest.raises(Refused, match="Write the letter first"):
        start_bulk(action=action, by=by, now=NOW)
    with pytest.raises(Refused, match="is none of the variables"):
        keep_words(action=action, words=Words("Hi", "{{ score }}"), by=by)
    keep_words(action=action, words=WORDS, by=by)
    start_bulk(action=action, by=by, now=NOW)
    work(action)
    with pytest.raises(Refused, match="on their way"):
        keep_words(action=action, words=Words("Other", "words"), by=by)


def test_a_worker_that_dies_leaves_whole_chunks_and_nobody_is_written_to_twice(
    role: Role, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(role, 5)
    monkeypatch.setattr(service, "CHUNK", 2)
    action = letter(role, by)
    start_bulk(action=action, by=by, now=timezone.now())
    action.refresh_from_db()
    assert next_chunk(action=action, now=timezone.now()) == 2
    monkeypatch.setattr(BulkItem.objects, "bulk_update", _killed)
    with pytest.raises(KeyboardInterrupt):
        next_chunk(action=action, now=timezone.now())
    assert CandidateMail.objects.count() == 2, "half a chunk is none"
    monkeypatch.undo()
    assert work(action) == {BulkOutcome.DONE: 5}
    assert CandidateMail.objects.count() == Delivery.objects.values("recipient").distinct().count() == 5


def _killed(*_args: object, **_more: object) -> None:
    raise KeyboardInterrupt


def test_what_has_not_left_is_taken_back(role: Role, by: User) -> None:
    people(role, 2)
    action = letter(role, by)
    start_bulk(action=action, by=by, now=timezone.now())
    work(action)
    gone = Delivery.objects.earliest("pk")
    deliver(delivery_id=gone.pk, now=timezone.now() + timedelta(minutes=1))
    undo_bulk(action=action, by=by, now=timezone.now())
    assert work(action) == {BulkOutcome.UNDONE: 1, BulkOutcome.KEPT: 1}
    assert action.items.get(outcome=BulkOutcome.KEPT).why == HAS_LEFT
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT, DeliveryState.CANCELLED}


def test_nobody_is_sent_words_that_an_erasure_took(role: Role, by: User) -> None:
    one, _other = people(role, 2)
    action = letter(role, by)
    start_bulk(action=action, by=by, now=timezone.now())
    erase_candidate(candidate=one.candidate, reason="asked", by=AdministratorFactory())
    assert work(action) == {BulkOutcome.REFUSED: 2}
    assert set(action.items.values_list("why", flat=True)) == {WORDS_GONE}
    assert (action.subject, action.text) == ("", "")
    assert not CandidateMail.objects.exists()
