"""Which mails somebody gets is theirs to say, except those about signing in and about their account."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.accounts.enums import NOTICES, Notice, Part, notices_of
from screening.accounts.models import User
from screening.jobs.enums import DeliveryState
from screening.jobs.models import Delivery
from screening.jobs.services.deliveries import MUTED, Letter, deliver, queue_mails, queue_message
from tests.asking import as_
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.test_history import events_of

pytestmark = pytest.mark.django_db
ADDRESS = "/account/notices/"
EVENT = re.compile(r'event=f?"([a-z_.]+)"')
FAMILY = re.compile(r'event=f"([a-z]+)\.\{(?!name)')
NOBODY_S_CHOICE = ("account.", "candidate.")
"""About one's account, and to candidates, who have none."""


def all_ticked(user: User, but: set[str]) -> dict[str, list[str]]:
    return {
        f"notices_{number}": [notice.value for notice in notices if notice not in but]
        for number, (_, notices) in enumerate(notices_of(user.part))
    }


def state_of(event: str, to: User) -> str:
    return queue_message(event=event, to=to, subject="News", text="Hi").state


@pytest.mark.parametrize("part", [RecruiterFactory, HiringManagerFactory, ReviewerFactory])
def test_what_is_unticked_is_not_sent_and_all_else_is(part: type[RecruiterFactory]) -> None:
    user, other = part(), part()
    first = notices_of(user.part)[-1][1][0]

    answer = as_(user).post(ADDRESS, all_ticked(user, {first}))

    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    user.refresh_from_db()
    assert user.muted == [first]
    for notice in Notice:
        expected = DeliveryState.CANCELLED if notice == first else DeliveryState.DUE
        assert state_of(notice, user) == expected, notice
        assert state_of(notice, other) == DeliveryState.DUE, notice
    assert events_of(User).filter(pgh_obj=user.pk).latest("pgh_id").muted == [first]
    page = as_(user).get("/account/").content.decode()
    boxes = [box for box in re.findall(r"<input[^>]*>", page) if 'name="notices_' in box]
    ticked = [box.partition('value="')[2].partition('"')[0] for box in boxes if " checked" in box]
    assert set(ticked) == {one for _, notices in notices_of(user.part) for one in notices} - {first}


def test_the_outbox_says_why_and_it_is_never_sent_nor_asked_for_again() -> None:
    user = RecruiterFactory(muted=[Notice.OVERRIDE_ASKED])
    first = queue_message(event=Notice.OVERRIDE_ASKED, to=user, subject="News", text="Hi", key="k")
    User.objects.update(muted=[])
    user.refresh_from_db()
    again = queue_message(event=Notice.OVERRIDE_ASKED, to=user, subject="News", text="Hi", key="k")

    assert (first.pk, first.state, first.error) == (again.pk, DeliveryState.CANCELLED, MUTED)
    assert deliver(delivery_id=first.pk, now=timezone.now()) is None


def test_mails_that_leave_together_are_chosen_one_by_one() -> None:
    without, wanting = RecruiterFactory(muted=[Notice.DIGEST]), RecruiterFactory()
    letters = [
        Letter(
            Notice.DIGEST, user, "News", "digest", {"person": user, "sections": [], "day": timezone.now()}, user.email
        )
        for user in (without, wanting)
    ]
    states = {row.user: row.state for row in queue_mails(letters)}
    assert states == {without: DeliveryState.CANCELLED, wanting: DeliveryState.DUE}


def test_mails_about_the_account_always_come() -> None:
    user = RecruiterFactory()
    as_(user).post(ADDRESS, {})
    user.refresh_from_db()
    assert set(user.muted) == {one for _, notices in notices_of(Part.RECRUITER) for one in notices}
    Client().post(reverse("account_reset_password"), {"email": user.email})
    [delivery] = Delivery.objects.filter(recipient=user.email)
    assert (delivery.event.partition(".")[0], delivery.state) == ("account", DeliveryState.DUE)


@pytest.mark.parametrize("value", ["account.password_reset", "nonsense", Notice.SHORTLIST_PRESENTED])
def test_what_is_not_offered_is_refused(value: str) -> None:
    user = RecruiterFactory()
    answer = as_(user).post(ADDRESS, {"notices_0": [value]})
    assert answer.status_code == 422
    user.refresh_from_db()
    assert user.muted == []


def test_every_mail_to_a_user_can_be_chosen_by_somebody_and_every_choice_is_a_mail() -> None:
    root = Path(settings.BASE_DIR)
    code = "\n".join(
        path.read_text() for app in ("rubrics", "candidates", "screening") for path in (root / app).rglob("*.py")
    )
    events = {event for event in EVENT.findall(code) if not event.startswith(NOBODY_S_CHOICE)}
    known = {notice.value for notice in Notice}
    assert events <= known
    families = set(FAMILY.findall(code))
    assert families == {"interview", "meeting"}, "whose last word is put in where the mail is queued"
    assert known == {one.value for _, _, notices in NOTICES for one in notices}, "offered to somebody"
    assert len(events) > 15
