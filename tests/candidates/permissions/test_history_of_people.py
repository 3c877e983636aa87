"""That something happened to somebody may be an opinion: history of people is closed to administrators who owe a scorecard."""

import pytest

from candidates.services.notes import add_note
from screening.accounts.models import User
from screening.accounts.permissions import can_read_history_of_people
from screening.accounts.queries.history import history
from tests.asking import as_
from tests.factories.accounts import AdministratorFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, InterviewFactory, ScorecardFactory, submit_levels

pytestmark = pytest.mark.django_db


def nouns(reader: User) -> set[str]:
    found = history(rows=500, of_people=can_read_history_of_people(reader))
    return {entry.noun for entry in found.entries}


def test_an_administrator_who_owes_a_scorecard_reads_only_what_was_set_up() -> None:
    administrator = AdministratorFactory()
    application = ApplicationFactory()
    add_note(
        candidate=application.candidate,
        application=application,
        text="The best of all.",
        by=RecruiterFactory(),
        now=NOW,
    )
    of_people = {"note", "application", "candidate"}
    left_out = "what happened to candidates is left out"
    assert nouns(administrator) >= {"role", *of_people}
    assert left_out not in as_(administrator).get("/audit/").content.decode()

    owed = ScorecardFactory(interview=InterviewFactory(application=application), interviewer=administrator)
    assert "role" in nouns(administrator)
    assert nouns(administrator).isdisjoint({*of_people, "scorecard", "interview"})
    assert left_out in as_(administrator).get("/audit/").content.decode()

    submit_levels(owed, [3, 3, 3])
    assert nouns(administrator) >= of_people


def test_pages_go_on_below_what_is_left_out() -> None:
    for _ in range(3):
        ApplicationFactory()
    whole = [entry.place for entry in history(rows=500, of_people=False).entries]
    assert {entry.noun for entry in history(rows=500, of_people=False).entries}.isdisjoint({"candidate", "application"})
    found, below = [], None
    while True:
        page = history(below=below, rows=7, of_people=False)
        found += [entry.place for entry in page.entries]
        if page.older is None:
            break
        below = page.older
    assert found == whole
