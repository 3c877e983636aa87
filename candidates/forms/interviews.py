"""What may become of an interview, who joins or leaves its panel, and which interviews a list shows."""

from typing import Any

from django import forms

from candidates.enums import Absent, InterviewState
from candidates.models import Interview
from rubrics.models import Role
from screening.accounts.models import User

MOST_ROLES = 300


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, label="What happened")


class NoShowForm(ReasonForm):
    absent = forms.ChoiceField(choices=Absent.choices, initial=Absent.CANDIDATE, label="Who did not come")
    field_order = ("absent", "reason")


class CancelForm(ReasonForm):
    tell_candidate = forms.BooleanField(required=False, initial=True, label="Tell the candidate too")

    def __init__(self, *args: Any, interview: Interview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if interview.candidate_sequence is None:
            del self.fields["tell_candidate"]  # who was never invited need not be told


class PersonForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), empty_label=None, label="Interviewer")
    accept = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = User.objects.filter(pk__in=[person.pk for person in people])


class HandOverForm(PersonForm):
    reason = forms.CharField(max_length=500, label="Why", help_text="Stays with the interview; recruiters read it.")
    field_order = ("person", "reason")


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
