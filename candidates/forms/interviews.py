"""When, with which kit, by whom: planning an interview, and what may become of it."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError

from candidates.enums import InterviewState
from candidates.models import Application
from candidates.services.interviews import When
from rubrics.models import Kit, Role
from screening.accounts.models import User

SHORTEST, LONGEST, USUAL = 5, 480, 60
MOST_ROLES = 300


@cache
def zone_names() -> tuple[str, ...]:
    """Zones people live in; the rest are aliases."""
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix")))
    )


def moment_in(zone: ZoneInfo, naive: datetime) -> datetime:
    """A time on the clocks of a place. Raises ValidationError for one they skip, or show twice, that day."""
    moment = naive.replace(tzinfo=zone)
    place = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    if moment.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != naive:
        raise ValidationError(f"The clocks of {place} skip {naive:%H:%M} on that day. Choose another time.")
    if moment.utcoffset() != moment.replace(fold=1).utcoffset():
        raise ValidationError(f"The clocks of {place} show {naive:%H:%M} twice on that day. Choose UTC for it.")
    return moment


class ScheduleForm(forms.Form):
    kit = forms.ModelChoiceField(Kit.objects.none(), empty_label=None, label="Kit")
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(label="Starts at", widget=forms.TimeInput(attrs={"type": "time", "step": 300}))
    minutes = forms.IntegerField(min_value=SHORTEST, max_value=LONGEST, initial=USUAL, label="Minutes")
    time_zone = forms.ChoiceField(label="Time zone")
    panel = forms.ModelMultipleChoiceField(User.objects.none(), label="Panel")
    place = forms.CharField(max_length=300, required=False, label="Place", help_text="A room, or a link to the call.")
    brief = forms.CharField(
        required=False,
        max_length=20_000,
        label="Brief for the interviewers",
        help_text="What they should know beforehand. No opinions, no years of experience.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, application: Application, planner: User, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.when: When | None = None
        kits = self._model_choice("kit")
        kits.queryset = Kit.objects.filter(version=application.role.rubric_version_id)
        self._model_choice("panel").queryset = User.objects.filter(pk__in=[person.pk for person in people])
        zone = self.fields["time_zone"]
        if isinstance(zone, forms.ChoiceField):
            zone.choices = _zone_choices(application.candidate.time_zone, planner.time_zone)
            zone.initial = application.candidate.time_zone or planner.time_zone

    def _model_choice(self, name: str) -> "forms.ModelChoiceField[Any]":
        field = self.fields[name]
        if not isinstance(field, forms.ModelChoiceField):
            raise TypeError(name)
        return field

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if {"day", "time", "minutes", "time_zone"} <= given.keys():
            try:
                starts = moment_in(ZoneInfo(given["time_zone"]), datetime.combine(given["day"], given["time"]))
                ends = starts.astimezone(ZoneInfo("UTC")) + timedelta(minutes=given["minutes"])
            except ValidationError as error:
                self.add_error("time", error)
            except OverflowError:
                self.add_error("day", "Choose a day in this century.")
            else:
                self.when = When(starts, ends, given["time_zone"])
        return given


def _zone_choices(candidate: str, planner: str) -> list[Any]:
    first = dict.fromkeys(name for name in (candidate, planner, "UTC") if name)
    words = {candidate: "the candidate’s", planner: "yours"} if candidate != planner else {planner: "both of you"}
    near = [(name, f"{name} ({words[name]})" if name in words else name) for name in first]
    return [("Close by", near), ("All", [(name, name) for name in zone_names() if name not in first])]


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, label="What happened")


class PersonForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), empty_label=None, label="Interviewer")

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = User.objects.filter(pk__in=[person.pk for person in people])


class InterviewFilterForm(forms.Form):
    """Whose interviews, when, of which role and in which state; each is part of the list's address."""

    whose = forms.ChoiceField(choices=[("mine", "Mine"), ("all", "All I may see")], required=False, label="Whose")
    when = forms.ChoiceField(choices=[("upcoming", "Upcoming"), ("past", "Past")], required=False, label="When")
    role = forms.ChoiceField(required=False, label="Role")
    state = forms.ChoiceField(choices=[("", "Any"), *InterviewState.choices], required=False, label="State")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        if isinstance(role, forms.ChoiceField):
            roles = Role.objects.visible_to(user).order_by("title").values_list("slug", "title").distinct()
            role.choices = [("", "Any"), *roles[:MOST_ROLES]]
