"""After the decision: an offer and its answer, a later decision, feedback that a person reads and sends."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from candidates.enums import OfferAnswer, Outcome
from candidates.models import Engagement, Feedback, Offer, ShortlistEntry
from candidates.services.decisions import decide
from candidates.services.engagements import start_engagement
from candidates.services.feedback import send_feedback
from candidates.services.offers import answer_offer, make_offer
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.asking import as_
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.shortlists import LATER, evaluated, presented

pytestmark = pytest.mark.django_db
START = date(2027, 1, 4)


def decided(outcome: Outcome, why: str = "Too little of their own to show.") -> tuple[ShortlistEntry, User]:
    _, [entry], [user] = presented(1)
    evaluated([entry], user)
    decide(entry=entry, outcome=outcome, why=why, by=user, now=LATER)
    entry.refresh_from_db()
    return entry, user


def url(name: str, entry: ShortlistEntry) -> str:
    return reverse(f"candidates:{name}", args=[entry.pk])


def test_an_offer_is_made_answered_and_its_day_is_the_start() -> None:
    entry, user = decided(Outcome.HIRE)
    client = as_(user)
    assert "1 opening: 0 hired, 1 with an offer" in client.get(url("entry", entry)).content.decode()

    assert client.post(url("offer_make", entry), {"starts_on": "soon"}).status_code == 422
    assert client.post(url("offer_answer", entry), {"answer": "accepted"}).status_code == 422
    assert client.post(url("offer_make", entry), {"starts_on": "2027-01-04", "terms": "Four days."}).status_code == 302
    for reader in (user, RecruiterFactory()):
        assert "Four days." in as_(reader).get(url("entry", entry)).content.decode()
    assert client.post(url("offer_answer", entry), {"answer": "accepted"}).status_code == 302
    assert client.post(url("offer_make", entry), {"starts_on": "2027-02-01"}).status_code == 422

    starting = client.get(reverse("candidates:engagement_start", args=[entry.application_id])).content.decode()
    assert 'value="2027-01-04"' in starting
    manager = HiringManagerFactory()
    entry.shortlist.role.team.create(user=manager)
    assert "Four days." not in as_(manager).get(url("entry", entry)).content.decode()


def test_a_declined_offer_leads_to_a_later_decision() -> None:
    entry, user = decided(Outcome.HIRE)
    make_offer(entry=entry, starts_on=START, terms="", by=user, now=LATER)
    with pytest.raises(Refused, match="Say why"):
        answer_offer(entry=entry, answer=OfferAnswer.DECLINED, reason=" ", by=user, now=LATER)
    client = as_(user)
    assert client.post(url("offer_answer", entry), {"answer": "declined", "reason": "Moves abroad."}).status_code == 302

    with pytest.raises(Refused, match="declined the offer"):
        start_engagement(application=entry.application, started_on=START, by=user, now=LATER)
    words = client.get(url("entry", entry)).content.decode()
    assert "Moves abroad." in words
    assert "needs a later decision" in words
    assert "1 opening: 0 hired, 0 with an offer, 1 left" in words
    assert client.post(url("entry_decide", entry), {"outcome": "reject", "why": "Declined."}).status_code == 302
    words = client.get(url("entry", entry)).content.decode()
    assert "0 with an offer, 1 left" in words
    with pytest.raises(Refused, match="none that counts"):
        make_offer(entry=entry, starts_on=START, terms="", by=user, now=LATER)
    decide(entry=entry, outcome=Outcome.HIRE, why="They came back.", by=user, now=timezone.now())
    start_engagement(application=entry.application, started_on=START, by=user, now=LATER)
    assert Engagement.objects.count() == Offer.objects.count() == 1


def test_feedback_is_drafted_read_edited_and_sent_by_a_person() -> None:
    entry, _ = decided(Outcome.REJECT)
    candidate = entry.application.candidate
    candidate.email = "ada@example.com"
    candidate.save()
    recruiter = RecruiterFactory()
    client, page = as_(recruiter), url("entry_feedback", entry)
    sent = Delivery.objects.filter(event="candidate.feedback")

    drafted = client.get(page).content.decode()
    assert "Too little of their own to show." in drafted
    assert client.post(page, {"text": "We liked your calm.", "save": ""}).status_code == 302
    assert "We liked your calm." in client.get(page).content.decode()
    unread = client.post(page, {"text": "We liked it.", "send": ""})
    assert unread.status_code == 422
    assert "We liked it." in unread.content.decode()
    assert client.post(page, {"text": " ", "has_read": "on", "send": ""}).status_code == 422
    assert not sent.exists()

    assert client.post(page, {"text": "We liked your calm, really.", "has_read": "on", "send": ""}).status_code == 302
    [mail] = sent
    assert mail.recipient == "ada@example.com"
    assert "We liked your calm, really." in mail.text
    assert Feedback.objects.get().sent_by == recruiter
    assert client.post(page, {"text": "Again.", "has_read": "on", "send": ""}).status_code == 422
    assert sent.count() == 1
    assert "Feedback sent" in client.get(url("entry", entry)).content.decode()


def test_nobody_else_writes_it_and_nothing_is_written_without_a_rejection() -> None:
    entry, user = decided(Outcome.REJECT)
    manager = HiringManagerFactory()
    entry.shortlist.role.team.create(user=manager)
    for other in (user, manager, ReviewerFactory()):
        assert as_(other).get(url("entry_feedback", entry)).status_code == 404
        assert as_(other).post(url("entry_feedback", entry), {"text": "x"}).status_code == 404
    decide(entry=entry, outcome=Outcome.HIRE, why="Thought again.", by=user, now=timezone.now())
    recruiter = RecruiterFactory()
    assert as_(recruiter).get(url("entry_feedback", entry)).status_code == 404
    with pytest.raises(Refused, match="none that counts"):
        send_feedback(entry=entry, text="x", has_read=True, by=recruiter, now=LATER)
    assert not Feedback.objects.exists()
    for name in ("offer_make", "offer_answer"):
        assert as_(manager).post(url(name, entry)).status_code == 404
        assert as_(ReviewerFactory()).post(url(name, entry)).status_code == 404
