import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from screening.jobs.enums import DeliveryState
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.jobs import DeliveryFactory

pytestmark = pytest.mark.django_db


def test_administrators_read_what_was_sent(client: Browser) -> None:
    delivery = DeliveryFactory(subject="Your scorecard is due", text="Open https://example.com/x <b>now</b>")
    client.force_login(AdministratorFactory())
    assert "Your scorecard is due" in client.get("/outbox/").content.decode()
    page = client.get(f"/outbox/{delivery.pk}/").content.decode()
    assert 'href="https://example.com/x"' in page
    assert "&lt;b&gt;now&lt;/b&gt;" in page


@pytest.mark.parametrize("outsider", [RecruiterFactory, HiringManagerFactory, ReviewerFactory])
def test_nobody_else_does(client: Browser, outsider: type[RecruiterFactory]) -> None:
    user = outsider()
    delivery = DeliveryFactory(user=user, state=DeliveryState.FAILED)
    client.force_login(user)
    assert client.get("/outbox/").status_code == 404
    assert client.get(f"/outbox/{delivery.pk}/").status_code == 404
    assert client.post(f"/outbox/{delivery.pk}/resend/").status_code == 404


def test_a_personal_link_is_its_recipients_alone(client: Browser) -> None:
    delivery = DeliveryFactory(text="https://example.com/key", confidential=True)
    client.force_login(AdministratorFactory())
    page = client.get(f"/outbox/{delivery.pk}/").content.decode()
    assert "example.com/key" not in page
    assert "Only its recipient reads it." in page


def test_what_failed_is_sent_again(client: Browser) -> None:
    delivery = DeliveryFactory(state=DeliveryState.FAILED, attempts=5, error="Nobody answers")
    client.force_login(AdministratorFactory())
    page = client.get(f"/outbox/{delivery.pk}/").content.decode()
    assert "Nobody answers" in page
    assert "Send again" in page
    client.post(f"/outbox/{delivery.pk}/resend/")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.DUE, 0)
    assert "failed" in client.post(f"/outbox/{delivery.pk}/resend/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("query", "found"), [("state=failed", ["B"]), ("q=ann%40", ["A"]), ("q=zzz", []), ("", ["B", "A"])]
)
def test_messages_are_found(client: Browser, query: str, found: list[str]) -> None:
    DeliveryFactory(subject="A", recipient="ann@example.com")
    DeliveryFactory(subject="B", state=DeliveryState.FAILED)
    client.force_login(AdministratorFactory())
    rows = client.get(f"/outbox/?{query}").context["page"].rows
    assert [row.subject for row in rows] == found


def test_the_list_costs_the_same_for_many(
    client: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    DeliveryFactory.create_batch(60)
    client.force_login(AdministratorFactory())
    with django_assert_max_num_queries(8):
        assert len(client.get("/outbox/").context["page"].rows) == 50
