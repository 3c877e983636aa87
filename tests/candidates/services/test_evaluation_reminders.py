from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from candidates.models import Shortlist
from candidates.services.evaluation_reminders import remind_by_hand, remind_reviewers
from candidates.services.shortlists import release_reviewer, withdraw_shortlist
from screening.accounts.errors import Refused
from screening.jobs.models import Delivery
from tests.factories.shortlists import LATER, evaluated, presented

pytestmark = pytest.mark.django_db


def sent() -> list[str]:
    return list(Delivery.objects.filter(event="shortlist.reminder").order_by("pk").values_list("recipient", flat=True))


def after(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


def test_who_has_not_evaluated_all_is_reminded_on_the_third_and_the_seventh_day() -> None:
    _, entries, [slow, done, halfway] = presented(2, reviewers=3)
    evaluated(entries, done)
    evaluated(entries[:1], halfway)

    numbers = [remind_reviewers(now=after(days)) for days in (2.9, 3.1, 3.2, 7.1, 8)]

    assert numbers == [0, 2, 0, 2, 0]
    assert sorted(set(sent())) == sorted([slow.email, halfway.email])
    assert remind_reviewers(now=after(30)) == 0


def test_a_reminder_overtaken_is_not_sent() -> None:
    presented()

    assert remind_reviewers(now=after(7.5)) == 1
    assert remind_reviewers(now=after(7.6)) == 0


def test_nobody_is_reminded_who_is_released_or_of_what_was_withdrawn() -> None:
    shortlist, _, [absent, _] = presented(reviewers=2)
    reviewer = shortlist.reviewers.get(user=absent)
    release_reviewer(reviewer=reviewer, reason="On leave", by=shortlist.created_by, now=LATER)
    gone, *_ = presented()
    withdraw_shortlist(shortlist=gone, reason="Filled.", by=gone.created_by, now=LATER)

    assert remind_reviewers(now=after(3.5)) == 1
    assert absent.email not in sent()
    with pytest.raises(Refused, match="Nobody waits"):
        remind_by_hand(reviewer=reviewer, now=after(3.5))


def test_by_hand_once_a_day_and_not_whom_nobody_waits_for() -> None:
    shortlist, entries, [user] = presented()
    reviewer = Shortlist.objects.get(pk=shortlist.pk).reviewers.get()

    remind_by_hand(reviewer=reviewer, now=after(1))
    with pytest.raises(Refused, match="within the last day"):
        remind_by_hand(reviewer=reviewer, now=after(1.5))
    remind_by_hand(reviewer=reviewer, now=after(2.1))
    evaluated(entries, user)
    with pytest.raises(Refused, match="Nobody waits"):
        remind_by_hand(reviewer=reviewer, now=after(5))

    assert sent() == [user.email, user.email]
