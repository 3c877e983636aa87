"""A person's day as sections, for the page at `/` and for the mail each morning."""

from datetime import datetime

from candidates.queries.attention import Asked, in_order, needs_attention
from candidates.queries.came_back import came_back
from candidates.queries.client_questions import client_threads_waiting
from candidates.queries.meetings import meetings_to_see_to, my_meetings
from candidates.queries.mentions import mentions_waiting
from candidates.queries.today import (
    Items,
    debriefs_opened,
    my_panel,
    questions_asked,
    threads_waiting,
)
from candidates.queries.waiting import (
    engagement_reviews_due,
    for_administrator,
    overrides_waiting,
    scopes_to_approve,
    shortlists_to_evaluate,
)
from screening.accounts.models import User

Section = tuple[str, Items]


def stuck(user: User, now: datetime) -> list[Section]:
    """What staff have to see to: what colleagues and clients wait for, and every rule that found something."""
    sections = [
        ("Waiting for your approval", overrides_waiting(user)),
        ("Meetings with clients", meetings_to_see_to(user, now)),
        ("Asked by clients", client_threads_waiting(user)),
        *came_back(user, now).items(),
        *in_order(needs_attention(Asked(user, now))),
    ]
    return [(title, items) for title, items in sections if items.rows]


def whole_day(user: User, now: datetime) -> list[Section]:
    """Everything that waits for this person, most pressing first; what their own page shows, without the calendar."""
    if user.is_client_reviewer:
        sections = _of_client(user, now)
    else:
        due = my_panel(user, now).due
        sections = [
            ("Your scorecards", Items(due, total=len(due), due=True)),
            ("You are mentioned", mentions_waiting(user)),
            ("Asked in debriefs", threads_waiting(user)),
        ]
        sections += _of_staff(user, now) if user.is_staff_of_firm else [("You were asked", questions_asked(user))]
        sections.append(("Debriefs that opened", debriefs_opened(user, now)))
    return [(title, items) for title, items in sections if items.rows]


def _of_client(user: User, now: datetime) -> list[Section]:
    return [
        ("Shortlists waiting for your evaluation", shortlists_to_evaluate(user)),
        ("Answers to your questions", client_threads_waiting(user)),
        ("Meetings you asked for", my_meetings(user, now)),
        ("Scopes to approve", scopes_to_approve(user)),
        ("How the people you hired are doing", engagement_reviews_due(user, now.astimezone(user.zone).date())),
    ]


def _of_staff(user: User, now: datetime) -> list[Section]:
    administration = [("For the administrator", for_administrator())] if user.is_administrator else []
    return [*administration, *stuck(user, now)]
