from typing import Any

from django import forms

from rubrics.enums import Duty, NameForm, RoleStatus, StageKind
from rubrics.models import Role, RoleMember
from rubrics.queries.roles import people_to_add, versions_to_pin
from rubrics.services.roles import RoleDetails
from screening.accounts.models import Client, User


class RoleFilterForm(forms.Form):
    """The filters of the list; what makes no sense filters nothing."""

    q = forms.CharField(label="Title or client", required=False, max_length=100)
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "All"), *RoleStatus.choices])

    def value(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class RoleDetailsForm(forms.Form):
    title = forms.CharField(max_length=200)
    seniority = forms.CharField(
        max_length=60, required=False, help_text="In the client’s own word, such as senior or staff."
    )
    openings = forms.IntegerField(min_value=1, max_value=999, initial=1, help_text="How many people are to be hired.")
    panel_size = forms.IntegerField(
        min_value=1, max_value=20, initial=3, help_text="How many interviewers score each candidate."
    )
    bar = forms.DecimalField(
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text="The score from which somebody is good enough. The role needs one before it is opened.",
    )
    name_form = forms.ChoiceField(
        label="Interviewers and the client see", choices=NameForm.choices, initial=NameForm.FULL
    )
    cv_before_scoring = forms.BooleanField(
        label="Interviewers may read the CV before they score",
        required=False,
        help_text="Without contact data. Leave it off if their judgement should rest on the interview alone.",
    )
    shuffle_dimensions = forms.BooleanField(
        label="Each interviewer sees the dimensions in another order", required=False
    )

    @classmethod
    def of(cls, role: Role) -> "RoleDetailsForm":
        return cls(initial={name: getattr(role, name) for name in RoleDetails.__dataclass_fields__})

    def details(self) -> RoleDetails:
        return RoleDetails(**{name: self.cleaned_data[name] for name in RoleDetails.__dataclass_fields__})


class NewRoleForm(RoleDetailsForm):
    client = forms.ModelChoiceField(queryset=Client.objects.none(), empty_label="Choose a client")
    field_order = ("client",)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clients = Client.objects.visible_to(user)
        self.fields["client"].queryset = clients  # type: ignore[attr-defined]  # as declared
        self.no_clients = not clients.exists()


class PinVersionForm(forms.Form):
    version = forms.ModelChoiceField(queryset=versions_to_pin(), label="Rubric version", empty_label="Choose a version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = versions_to_pin()  # type: ignore[attr-defined]  # as declared


class MemberForm(forms.Form):
    person = forms.ModelChoiceField(queryset=User.objects.none(), empty_label="Choose somebody")
    duty = forms.ChoiceField(choices=Duty.choices, initial=Duty.INTERVIEWER)

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.ModelChoiceField[User] = self.fields["person"]  # type: ignore[assignment]  # as declared
        field.queryset = people_to_add(role)
        people = [(person.pk, str(person)) for person in field.queryset]
        field.choices = [("", field.empty_label or ""), *people]
        self.has_nobody = not people


class DutyForm(forms.Form):
    duty = forms.ChoiceField(choices=Duty.choices)

    @classmethod
    def of(cls, member: RoleMember) -> "DutyForm":
        return cls(initial={"duty": member.duty}, prefix=f"duty-{member.pk}")


class StageForm(forms.Form):
    name = forms.CharField(max_length=60)


class NewStageForm(StageForm):
    kind = forms.ChoiceField(choices=StageKind.choices)
    field_order = ("kind", "name")
