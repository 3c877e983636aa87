import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from screening.accounts.context import PLACES, Link, navigation
from screening.accounts.enums import Part
from screening.accounts.models import User


def nav(part: str, path: str = "/") -> list[Link]:
    request = RequestFactory().get(path)
    request.user = User(pk=1, name="Somebody", email="somebody@example.com", part=part)
    links: list[Link] = navigation(request)["nav"]
    return links


@pytest.mark.parametrize(
    ("part", "labels"),
    [
        (Part.CLIENT_REVIEWER, "Today Shortlists Engagements"),
        (Part.HIRING_MANAGER, "Today Roles Interviews Calibration"),
        (Part.RECRUITER, "Today Roles Interviews Candidates Rubrics Shortlists Engagements"),
        (Part.ADMINISTRATOR, "Today Roles Interviews Candidates Rubrics Shortlists Engagements People Outbox"),
    ],
)
def test_each_part_is_led_where_it_works(part: str, labels: str) -> None:
    assert [link.label for link in nav(part)] == labels.split()


def test_every_part_has_a_navigation() -> None:
    assert set(PLACES) == set(Part.values)


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", ["Today"]),
        ("/roles/", ["Roles"]),
        ("/roles/senior-ai-engineer/scores/", ["Roles"]),
        ("/scorecards/7/", ["Interviews"]),
        ("/applications/7/debrief/", ["Candidates"]),
        ("/entries/7/", ["Shortlists"]),
        ("/engagement-reviews/7/", ["Engagements"]),
        ("/clients/", ["People"]),
        ("/account/", []),
    ],
)
def test_the_page_one_is_on_is_marked(path: str, current: list[str]) -> None:
    assert [link.label for link in nav(Part.ADMINISTRATOR, path) if link.current] == current


def test_nobody_is_led_nowhere() -> None:
    request = RequestFactory().get("/")
    assert navigation(request) == {"nav": []}
    request.user = AnonymousUser()
    assert navigation(request) == {"nav": []}
