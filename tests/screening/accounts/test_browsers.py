"""The page of one's sessions: browser and system in words, and signing out of the others."""

import pytest
from django.test import Client
from django.urls import reverse

from screening.accounts.models import User
from screening.accounts.templatetags.browsers import UNKNOWN, browser_words
from tests.factories.accounts import PASSWORD, RecruiterFactory

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (WINDOWS, "Chrome 141 on Windows"),
        (f"{WINDOWS} Edg/141.0.3537.57", "Edge 141 on Windows"),
        (f"{WINDOWS} OPR/122.0.0.0", "Opera 122 on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox 144 on Linux"),
        (f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", "Safari 18 on iPhone"),
        (f"{IPHONE} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1", "Chrome 141 on iPhone"),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
            "Chrome 141 on Android",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
            "Safari 26 on macOS",
        ),
        ("curl/8.5.0", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_what_a_browser_calls_itself_in_words(user_agent: str, words: str) -> None:
    assert browser_words(user_agent) == words


@pytest.mark.django_db
def test_one_sees_where_one_is_signed_in_and_signs_out_elsewhere() -> None:
    user: User = RecruiterFactory()
    here, there = (Client(headers={"user-agent": agent}) for agent in (WINDOWS, f"{IPHONE} Version/18.5 Safari/604.1"))
    for browser in (here, there):
        browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    page = here.get(reverse("usersessions_list")).text
    assert "Chrome 141 on Windows" in page
    assert "Safari 18 on iPhone" in page
    assert page.count("This one") == 1
    answer = here.post(reverse("usersessions_list"), follow=True)
    assert "Safari 18 on iPhone" not in answer.text
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
