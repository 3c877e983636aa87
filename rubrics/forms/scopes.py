from collections.abc import Iterable
from typing import Any

from django import forms

from rubrics.models import KickoffAnswer, RoleMember, Scope
from rubrics.services.scopes import fingerprint
from screening.accounts.models import User

LONGEST = 5000
QUESTIONS = [(name, Scope.wording(name)) for name in Scope.QUESTIONS]


def long_text(label: str, *, rows: int = 3, required: bool = True, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST, required=required, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class ScopeForm(forms.Form):
    """The questions of the scope, and which scope the author began with."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, wording in QUESTIONS:
            self.fields[name] = long_text(wording, required=False)

    @classmethod
    def of(cls, scope: Scope) -> "ScopeForm":
        return cls(initial={**scope.content, "seen": fingerprint(scope.content)})

    def content(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in Scope.QUESTIONS}


class SeenForm(forms.Form):
    """Approves exactly what was read."""

    seen = forms.CharField(widget=forms.HiddenInput)


class RecordApprovalForm(SeenForm):
    approver_name = forms.CharField(label="Who approved it", max_length=200)
    where_given = forms.CharField(
        label="Where they did", max_length=300, help_text="Such as: in a call on 4 March, or in an e-mail to Mari."
    )


class SendQuestionsForm(forms.Form):
    to = forms.TypedChoiceField(label="Whom to ask", coerce=int)
    questions = forms.MultipleChoiceField(choices=QUESTIONS, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, team: Iterable[RoleMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[int, User] = {member.user_id: member.user for member in team}
        self.fields["to"].choices = [(pk, user.name) for pk, user in self.people.items()]  # type: ignore[attr-defined]  # a choice field

    def person(self) -> User:
        return self.people[self.cleaned_data["to"]]


class AnswersForm(forms.Form):
    """Every question that waits for one person, with what they have written so far."""

    prefix = "answer"

    def __init__(self, *args: Any, waiting: Iterable[KickoffAnswer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = list(waiting)
        for one in self.waiting:
            self.fields[one.question] = long_text(one.wording, required=False, initial=one.draft or one.answer)

    def rows(self) -> list[tuple[KickoffAnswer, forms.BoundField]]:
        return [(one, self[one.question]) for one in self.waiting]

    def texts(self) -> dict[str, str]:
        return {one.question: self.cleaned_data[one.question] for one in self.waiting}


class ReturnForm(forms.Form):
    comment = long_text("What is missing in it", rows=2)


class OverrideForm(forms.Form):
    reason = long_text("Why it should pass all the same", rows=2)
