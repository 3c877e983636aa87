"""A scorecard that is due, its page opened by who owes it, and what the database has of it."""

import re
import time
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Locator, expect
from playwright.sync_api import Page as Window

from candidates.models import Scorecard
from screening.accounts.models import User
from tests.factories.candidates import ApplicationFactory, InterviewFactory, ScorecardFactory
from tests.factories.rubrics import RoleFactory

SAVED = re.compile(r"Saved \d\d:\d\d")
TWO_SECONDS = 2000
PATIENCE = 10.0


def due_scorecard(of: User, **role_fields: object) -> Scorecard:
    """Its interview began twenty minutes ago."""
    role = RoleFactory(title="Senior AI Engineer", team_of=[of], **role_fields)
    start = timezone.now() - timedelta(minutes=20)
    interview = InterviewFactory(
        application=ApplicationFactory(role=role), starts_at=start, ends_at=start + timedelta(hours=1)
    )
    return ScorecardFactory(interview=interview, interviewer=of, due_at=start + timedelta(days=1))


def fresh(scorecard: Scorecard) -> Scorecard:
    return Scorecard.objects.get(pk=scorecard.pk)


def wait_until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def wait_until_kept(scorecard: Scorecard, revision: int) -> None:
    wait_until(lambda: fresh(scorecard).revision >= revision, "it was not saved")


def says_saved(window: Window) -> None:
    expect(window.locator("[data-saved]")).to_have_text(SAVED)


def note(window: Window, number: int = 0) -> Locator:
    return window.locator("textarea[name^=note-]").nth(number)


def private(window: Window) -> Locator:
    return window.locator("textarea[name=private_note]")


def levels(scorecard: Scorecard) -> list[int | None]:
    return list(scorecard.ratings.order_by("dimension__position").values_list("level", flat=True))


def notes(scorecard: Scorecard) -> list[str]:
    return list(scorecard.question_notes.order_by("question__position").exclude(text="").values_list("text", flat=True))
