from zoneinfo import ZoneInfo

import pghistory
import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from screening.accounts.enums import Part
from screening.accounts.models import Client, Invitation, User
from screening.accounts.queries.history import Entry, history
from screening.accounts.queries.history_rows import Place
from tests.factories.accounts import AdministratorFactory, ClientFactory, HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import CandidateFactory

pytestmark = pytest.mark.django_db


def newest(noun: str) -> Entry:
    """Everything in a test has one time; of rows with the same time those of one table stand in their order."""
    return next(entry for entry in history(rows=100).entries if entry.noun == noun)


def test_who_what_and_in_which_action(client: Browser) -> None:
    by = AdministratorFactory(name="Ada")
    company = ClientFactory(name="Blue Fjord", slug="blue-fjord")
    client.force_login(by)
    client.post("/clients/blue-fjord/", {"name": "Red Fjord"})
    entry = newest("client")
    assert (entry.actor, entry.verb, entry.noun, entry.subject) == ("Ada", "changed", "client", "Red Fjord")
    assert entry.action == "client"
    assert entry.request_id
    assert [(change.field, change.before, change.after) for change in entry.changes] == [
        ("name", "Blue Fjord", "Red Fjord")
    ]
    page = client.get("/audit/").content.decode()
    assert "<del>Blue Fjord</del>" in page
    assert company.pk == Client.objects.get().pk


def test_choices_and_nothing_are_said_in_words() -> None:
    user = RecruiterFactory(name="Rolf")
    user.part, user.client = Part.HIRING_MANAGER, ClientFactory()
    user.save()
    changes = {change.field: (change.before, change.after) for change in newest("user").changes}
    assert changes["part"] == ("Recruiter", "Hiring manager")
    assert changes["client"] == ("nothing", f"no. {user.client_id}")


def test_passwords_are_never_part_of_it() -> None:
    user = RecruiterFactory()
    before = newest("user").place
    user.set_password("another long one")
    user.save()
    assert newest("user").place == before


def test_of_candidates_it_names_fields_only() -> None:
    candidate = CandidateFactory(name="Nobody Knows")
    candidate.name = "Still Unknown"
    candidate.save()
    entry = newest("candidate")
    assert not entry.values_shown
    assert [change.field for change in entry.changes] == ["name"]
    assert "Unknown" not in str(entry)
    assert "Nobody" not in str(entry)


def test_every_row_is_on_exactly_one_page_newest_first() -> None:
    """All of these rows have the very same time, that of the transaction."""
    for number in range(7):
        company = ClientFactory()
        company.name = f"Renamed {number}"
        company.save()
        RecruiterFactory()
        CandidateFactory()
    whole = [entry.place for entry in history(rows=500).entries]
    assert whole == sorted(whole, reverse=True)
    paged, below = [], None
    while True:
        page = history(below=below, rows=4)
        paged += [entry.place for entry in page.entries]
        below = page.older
        if below is None:
            break
        assert len(page.entries) == 4
    assert paged == whole
    assert len(set(whole)) >= 7 * 4


def test_it_costs_the_same_for_much_history() -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert history(rows=10).entries
        return len(captured)

    with pghistory.context(actor=RecruiterFactory().pk):
        ClientFactory()
        few = statements()
        for company in ClientFactory.create_batch(30):
            company.name += "!"
            company.save()
    assert statements() == few == 3


def test_a_place_is_an_address_and_nonsense_is_not() -> None:
    ClientFactory()
    place = newest("client").place
    assert Place.read(str(place)) == place
    for nonsense in ("", "yesterday~1~1", "2026-01-01", "2026-01-01T00:00:00+00:00~x~1"):
        assert Place.read(nonsense) is None


def test_older_pages_have_addresses(client: Browser) -> None:
    client.force_login(AdministratorFactory())
    ClientFactory.create_batch(55)
    first = client.get("/audit/")
    assert 'rel="next"' in first.content.decode()
    older = client.get("/audit/", {"below": str(first.context["page"].older)})
    assert older.status_code == 200
    shown = {entry.place for entry in first.context["page"].entries}
    assert not shown & {entry.place for entry in older.context["page"].entries}
    assert client.get("/audit/?below=nonsense").status_code == 200


@pytest.mark.parametrize("outsider", [RecruiterFactory, HiringManagerFactory])
def test_only_administrators_read_it(client: Browser, outsider: type[RecruiterFactory]) -> None:
    user: User = outsider()
    client.force_login(user)
    assert client.get("/audit/").status_code == 404


def test_people_and_times_are_said_as_their_reader_knows_them(client: Browser) -> None:
    by = AdministratorFactory(name="Ada", time_zone="Asia/Tokyo")
    client.force_login(by)
    client.post("/people/invite/", {"email": "a@example.com", "name": "Ann", "part": "recruiter", "client": ""})
    page = client.get("/audit/").context["page"]
    entry = next(entry for entry in page.entries if entry.noun == "invitation")
    added = {change.field: change.after for change in entry.changes}
    assert (added["invited by"], added["part"]) == ("Ada", "Recruiter")
    expires = timezone.localtime(Invitation.objects.get().expires_at, ZoneInfo("Asia/Tokyo"))
    with timezone.override("Asia/Tokyo"):
        again = next(entry for entry in history().entries if entry.noun == "invitation")
    assert {change.field: change.after for change in again.changes}["expires at"] == f"{expires:%d %b %Y, %H:%M}"
    assert {"token hash", "created at", "client", "accepted at"}.isdisjoint(added)


def test_what_is_removed_says_so() -> None:
    ClientFactory(name="Blue Fjord").delete()
    assert next((entry.verb, entry.subject, entry.changes) for entry in history().entries) == (
        "removed",
        "Blue Fjord",
        (),
    )
