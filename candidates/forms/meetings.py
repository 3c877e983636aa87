"""Times on offer for a meeting, and which of them, or which other one, it is."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from candidates.forms.schedules import (
    LONGEST,
    SHORTEST,
    WhenForm,
    choices_between,
    moment_of,
    moving_to,
    zone_choices,
)
from candidates.models import Meeting
from candidates.models.meetings import MOST_OFFERED
from candidates.services.meetings import Offer
from candidates.services.schedules import When
from screening.accounts.models import User

OTHER = "other"
USUAL = 45


class AskForm(forms.Form):
    """Up to five times; one row each, and a choice where the clocks show a time twice."""

    time_zone = forms.ChoiceField(label="Time zone")
    minutes = forms.IntegerField(min_value=SHORTEST, max_value=LONGEST, initial=USUAL, label="Minutes")
    note = forms.CharField(
        required=False,
        max_length=2_000,
        label="What you would like to talk about",
        help_text="We read it, the candidate does not. Your colleagues do once all who are asked have evaluated.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, asker: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.times: dict[int, datetime] = {}
        self.between: dict[int, list[tuple[str, str]]] = {}
        zone = self.fields["time_zone"]
        if isinstance(zone, forms.ChoiceField):
            zone.choices = zone_choices("", asker.time_zone, None)
            zone.initial = asker.time_zone
        for number in range(1, MOST_OFFERED + 1):
            self.fields[f"day_{number}"] = forms.DateField(
                required=False, label=f"Day of time {number}", widget=forms.DateInput(attrs={"type": "date"})
            )
            self.fields[f"time_{number}"] = forms.TimeField(
                required=False,
                label=f"Start of time {number}",
                widget=forms.TimeInput(attrs={"type": "time", "step": 300}),
            )
            self.fields[f"which_{number}"] = forms.CharField(
                required=False, max_length=6, label=f"Which of the two, time {number}"
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """For the template: the fields of each time, and the choice where there is one."""
        return [
            {
                "number": number,
                "day": self[f"day_{number}"],
                "time": self[f"time_{number}"],
                "which": self[f"which_{number}"],
                "between": self.between.get(number),
            }
            for number in range(1, MOST_OFFERED + 1)
        ]

    @property
    def offers_many(self) -> bool:
        """Whether what is typed goes beyond the first two times."""
        return any(
            self[f"{part}_{number}"].value() for part in ("day", "time") for number in range(3, MOST_OFFERED + 1)
        )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for number in range(1, MOST_OFFERED + 1):
            self._read(number, given)
        if not self.times and not self.errors:
            self.add_error("day_1", "Offer at least one time.")
        return given

    def _read(self, number: int, given: dict[str, Any]) -> None:
        day, time = given.get(f"day_{number}"), given.get(f"time_{number}")
        if "time_zone" not in given or (day is None and time is None):
            return
        if day is None or time is None:
            missing = f"day_{number}" if day is None else f"time_{number}"
            if missing not in self.errors:
                self.add_error(missing, "Give the day and the time, or neither.")
            return
        zone, naive = ZoneInfo(given["time_zone"]), datetime.combine(day, time)
        try:
            self.between[number] = choices_between(zone, naive)
            self.times[number] = moment_of(zone, naive, given.get(f"which_{number}", ""))
        except ValidationError as error:
            self.add_error(f"which_{number}" if error.code == "twice" else f"time_{number}", error)
        except (OverflowError, ValueError):
            self.add_error(f"day_{number}", "Choose a day in this century.")

    @property
    def offer(self) -> Offer:
        given = self.cleaned_data
        return Offer(list(self.times.values()), given["minutes"], given["time_zone"], given["note"])


class ArrangeForm(WhenForm):
    """One of the times on offer, or another one."""

    pick = forms.ChoiceField(label="When", widget=forms.RadioSelect)
    field_order = ("pick", "day", "time", "minutes", "time_zone", "which", "place", "tell_candidate", "accept")

    def __init__(self, *args: Any, meeting: Meeting, planner: User, **kwargs: Any) -> None:
        super().__init__(*args, application=meeting.entry.application, planner=planner, **kwargs)
        self.meeting = meeting
        del self.fields["brief"]
        for name in ("day", "time", "minutes"):
            self.fields[name].required = False
        self.fields["place"].help_text = "A room, or a link to the call. Client and candidate read it."
        offered = [(str(at), f"Time {at + 1} on offer") for at in range(len(meeting.offered))]
        self._choice("pick").choices = [*offered, (OTHER, "Another time")]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        pick = given.get("pick", "")
        if pick == OTHER:
            for name in ("day", "time", "minutes"):
                if given.get(name) is None and name not in self.errors:
                    self.add_error(name, "Say when, or choose a time on offer.")
            return super().clean()
        if pick:
            starts = self.meeting.offered[int(pick)]
            length = timedelta(minutes=self.meeting.minutes)
            self.when = When(starts, starts + length, self.meeting.time_zone)
        return given


def arranging(meeting: Meeting) -> dict[str, Any]:
    """What the form begins with: the first time on offer, or how it is arranged now."""
    if meeting.starts_at is None or meeting.ends_at is None:
        return {"pick": "0", "minutes": meeting.minutes}
    length = timedelta(minutes=meeting.minutes)
    is_offered = meeting.starts_at in meeting.offered and meeting.ends_at - meeting.starts_at == length
    return {
        **moving_to(meeting.starts_at, meeting.ends_at, meeting.time_zone),
        "pick": str(meeting.offered.index(meeting.starts_at)) if is_offered else OTHER,
        "place": meeting.place,
        "tell_candidate": meeting.was_told_candidate,
    }


class EndForm(forms.Form):
    reason = forms.CharField(max_length=500, label="Why", help_text="Both sides read it.")


class CallOffForm(EndForm):
    tell_candidate = forms.BooleanField(required=False, initial=True, label="Tell the candidate too")

    def __init__(self, *args: Any, meeting: Meeting, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (by.is_staff_of_firm and meeting.was_told_candidate):
            del self.fields["tell_candidate"]  # never invited, or not the client's to do
