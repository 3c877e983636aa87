"""Meetings that clients asked for: some held before an evaluation, one that waits for us, one that is planned."""

from datetime import datetime, timedelta

from candidates.demo.world import World
from candidates.models import ShortlistEntry
from candidates.services.interviews import Arrangement
from candidates.services.meetings import Offer, arrange_meeting, ask_to_meet, hold_meeting, invite_to_meeting
from candidates.services.schedules import When
from screening.accounts.models import User

MINUTES = 30
LENGTH = timedelta(minutes=MINUTES)
NOTE = "How they would divide the on-call week with our billing team."
PLACE = "https://meet.example/northwind"
ALL_HELD = timedelta(hours=9)
"""How long after a shortlist is presented the meetings about its people are over."""


def hold_before_judging(entry: ShortlistEntry, reviewer: User, by: User, *, turn: int, now: datetime) -> None:
    """Asked for and held on the day the shortlist came; each reviewer has their own half of an hour."""
    starts = now + timedelta(hours=2 + entry.position, minutes=MINUTES * turn)
    offer = Offer([starts, starts + timedelta(days=1)], MINUTES, reviewer.time_zone)
    meeting = ask_to_meet(entry=entry, offer=offer, by=reviewer, now=now + timedelta(minutes=20))
    meeting = arrange_meeting(
        meeting=meeting,
        arrangement=Arrangement(When(starts, starts + LENGTH, reviewer.time_zone), PLACE),
        by=by,
        now=now + timedelta(minutes=50),
    )
    meeting = invite_to_meeting(meeting=meeting, now=now + timedelta(hours=1))
    hold_meeting(meeting=meeting, by=reviewer, now=starts + LENGTH)


def ask_for_meetings(world: World, by: User, now: datetime) -> None:
    """About the last two of a list that waits, so that those who were evaluated already stay as they are."""
    waiting = ShortlistEntry.objects.filter(shortlist__role=world.roles[0], shortlist__state="presented")
    entries = waiting.select_related("shortlist__role", "application__stage", "application__candidate")
    day = now.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=3)
    for place, entry in enumerate(entries.order_by("-shortlist", "-position")[:2]):
        reviewer = world.reviewers[entry.shortlist.role.client_id][place]
        times = [day, day + timedelta(hours=5), day + timedelta(days=1)]
        offer = Offer(times, MINUTES, reviewer.time_zone, NOTE)
        meeting = ask_to_meet(entry=entry, offer=offer, by=reviewer, now=now - timedelta(hours=6))
        if place:
            when = When(day, day + LENGTH, reviewer.time_zone)
            arrange_meeting(meeting=meeting, arrangement=Arrangement(when, PLACE), by=by, now=now - timedelta(hours=2))
