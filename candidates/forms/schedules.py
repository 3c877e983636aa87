"""When an interview is, in whose time: local times that clocks skip are refused, those they show twice are asked about."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from candidates.models import Application, Interview
from candidates.queries.names import zone_words
from candidates.services.interviews import Arrangement
from candidates.services.schedules import When
from rubrics.models import Kit
from screening.accounts.models import User
from screening.accounts.time_zones import time_zone_choices

SHORTEST, LONGEST, USUAL = 5, 480, 60
FIRST, SECOND = "first", "second"


def readings(zone: ZoneInfo, naive: datetime) -> list[datetime]:
    """The moments at which the clocks of a place show a time: none, one, or two (earlier first)."""
    folds = [naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    shown = [moment for moment in folds if moment.astimezone(zone).replace(tzinfo=None, fold=0) == naive]
    return sorted(set(shown))


def moment_of(zone: ZoneInfo, naive: datetime, which: str) -> datetime:
    """The moment meant by a time on the clocks of a place. Raises ValidationError “skipped”, or “twice” if it is not said which."""
    moments = readings(zone, naive)
    if not moments:
        raise ValidationError(_skipped(zone, naive), code="skipped")
    if len(moments) > 1 and not which:
        raise ValidationError(f"In {place_of(zone)} {naive:%H:%M} comes twice on that day. Which one?", code="twice")
    return moments[-1] if which == SECOND else moments[0]


def choices_between(zone: ZoneInfo, naive: datetime) -> list[tuple[str, str]]:
    """What to choose between where clocks show a time twice."""
    moments = readings(zone, naive)
    if len(moments) < 2:  # noqa: PLR2004  # both
        return []
    words = ("the first time", "the second time")
    return [
        (key, f"{name}, {zone_words(zone.key, moment)}")
        for key, name, moment in zip((FIRST, SECOND), words, moments, strict=True)
    ]


def place_of(zone: ZoneInfo) -> str:
    return zone.key.rsplit("/", 1)[-1].replace("_", " ")


class WhenForm(forms.Form):
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(label="Starts at", widget=forms.TimeInput(attrs={"type": "time", "step": 300}))
    minutes = forms.IntegerField(min_value=SHORTEST, max_value=LONGEST, initial=USUAL, label="Minutes")
    time_zone = forms.ChoiceField(label="Time zone")
    which = forms.ChoiceField(required=False, label="Which of the two", widget=forms.RadioSelect)
    place = forms.CharField(max_length=300, required=False, label="Place", help_text="A room, or a link to the call.")
    brief = forms.CharField(
        required=False,
        max_length=20_000,
        label="Brief for the interviewers",
        help_text="What they should know beforehand. No opinions, no years of experience.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    tell_candidate = forms.BooleanField(required=False, label="Send the candidate an invitation")
    accept = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, application: Application, planner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.when: When | None = None
        zone = self._choice("time_zone")
        zone.choices = zone_choices(application.candidate.time_zone, planner.time_zone, self.initial.get("time_zone"))
        zone.initial = application.candidate.time_zone or planner.time_zone
        self._choice("which").choices = [(FIRST, "the first time"), (SECOND, "the second time")]
        if not application.candidate.email:
            self.fields["tell_candidate"].disabled = True
            self.initial["tell_candidate"] = False

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError(name)
        return field

    @property
    def asks_which(self) -> bool:
        """Whether the time given is one that clocks show twice; decided by cleaning."""
        return bool(self.is_bound and "which" in self.errors) or bool(self["which"].value())

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if {"day", "time", "minutes", "time_zone"} <= given.keys():
            try:
                self._read_clock(given)
            except (OverflowError, ValueError):
                self.add_error("day", "Choose a day in this century.")
        return given

    def _read_clock(self, given: dict[str, Any]) -> None:
        zone, naive = ZoneInfo(given["time_zone"]), datetime.combine(given["day"], given["time"])
        if between := choices_between(zone, naive):
            self._choice("which").choices = between
        try:
            starts = moment_of(zone, naive, given.get("which", ""))
        except ValidationError as error:
            self.add_error("which" if error.code == "twice" else "time", error)
            return
        self.when = When(starts, starts + timedelta(minutes=given["minutes"]), zone.key)

    def arrangement(self) -> Arrangement | None:
        given = self.cleaned_data
        if self.when is None:
            return None
        return Arrangement(self.when, given["place"], given.get("brief", ""), given["accept"], given["tell_candidate"])


def _skipped(zone: ZoneInfo, naive: datetime) -> str:
    """With the time that the clocks show instead."""
    instead = naive.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    day = "" if instead.date() == naive.date() else f" on {instead.day} {instead:%B}"
    return f"The clocks of {place_of(zone)} skip {naive:%H:%M} on that day; they show {instead:%H:%M}{day} then."


class ScheduleForm(WhenForm):
    kit = forms.ModelChoiceField(Kit.objects.none(), empty_label=None, label="Kit")
    panel = forms.ModelMultipleChoiceField(User.objects.none(), label="Panel")

    def __init__(self, *args: Any, application: Application, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, application=application, **kwargs)
        self._models("kit").queryset = Kit.objects.filter(version=application.role.rubric_version_id)
        self._models("panel").queryset = User.objects.filter(pk__in=[person.pk for person in people])

    def _models(self, name: str) -> "forms.ModelChoiceField[Any]":
        field = self.fields[name]
        if not isinstance(field, forms.ModelChoiceField):
            raise TypeError(name)
        return field

    def chosen_panel(self) -> list[User]:
        """As far as what was typed makes sense."""
        self.is_valid()
        return list(getattr(self, "cleaned_data", {}).get("panel", ()))

    def chosen_kit(self) -> Kit | None:
        self.is_valid()
        kit: Kit | None = getattr(self, "cleaned_data", {}).get("kit")
        return kit


def moving(interview: Interview) -> dict[str, Any]:
    """What the form begins with when an interview is moved."""
    return {
        **moving_to(interview.starts_at, interview.ends_at, interview.time_zone),
        "place": interview.place,
        "brief": interview.brief,
        "tell_candidate": interview.candidate_sequence is not None,
    }


def moving_to(starts_at: datetime, ends_at: datetime, time_zone: str) -> dict[str, Any]:
    """A time as the form asks for it."""
    zone = ZoneInfo(time_zone)
    starts = starts_at.astimezone(zone)
    twice = len(readings(zone, starts.replace(tzinfo=None, fold=0))) > 1
    return {
        "day": starts.date(),
        "time": starts.time().replace(fold=0),
        "minutes": int((ends_at - starts_at).total_seconds() // 60),
        "time_zone": time_zone,
        "which": (SECOND if starts.fold else FIRST) if twice else "",
    }


def zone_choices(candidate: str, planner: str, present: str | None) -> list[Any]:
    first = dict.fromkeys(name for name in (candidate, planner, present, "UTC") if name)
    words = {candidate: "the candidate’s", planner: "yours"} if candidate != planner else {planner: "both of you"}
    near = [(name, f"{name} ({words[name]})" if name in words else name) for name in first]
    return [("Close by", near), ("All", [choice for choice in time_zone_choices() if choice[0] not in first])]
