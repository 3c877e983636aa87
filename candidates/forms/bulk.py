from typing import Any

from django import forms

from candidates.enums import ENDED, BulkKind
from candidates.forms.candidates import set_choices, staff
from candidates.gates.applications import BY_HAND, needs_reason
from candidates.models import Application, BulkAction, Tag
from rubrics.models import Role, Stage
from screening.accounts.enums import Part
from screening.accounts.models import User

OTHERS = [(str(kind), f"{label}…") for kind, label in BulkKind.choices if kind != BulkKind.MOVE]


def things_to_do(stages: list[Stage]) -> list[tuple[str, Any]]:
    """What a table offers to do with many: a move to each stage one may move to by hand, and the rest."""
    moves = [(f"move:{one.pk}", f"Move to “{one.name}”") for one in stages if one.kind in {*BY_HAND, *ENDED}]
    return [("Stage", moves), ("Tags and people", OTHERS)]


class BulkPlanForm(forms.Form):
    """Who (ticked, or everybody the filter finds), and what; `filter` is the query string of the table."""

    do = forms.ChoiceField(label="What")
    everybody = forms.BooleanField(required=False)
    filter = forms.CharField(required=False, max_length=2000)
    applications = forms.ModelMultipleChoiceField(Application.objects.none(), required=False, label="People")

    def __init__(self, *args: Any, role: Role, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stages = {stage.pk: stage for stage in role.stages.order_by("position")}
        do, chosen = self.fields["do"], self.fields["applications"]
        assert isinstance(do, forms.ChoiceField)
        assert isinstance(chosen, forms.ModelMultipleChoiceField)
        do.choices = things_to_do(list(self.stages.values()))
        chosen.queryset = Application.objects.visible_to(user).of_role(role)

    @property
    def kind(self) -> BulkKind:
        return BulkKind(self.cleaned_data["do"].partition(":")[0])

    @property
    def to_stage(self) -> Stage | None:
        pk = self.cleaned_data["do"].partition(":")[2]
        return self.stages[int(pk)] if pk else None


class BulkStartForm(forms.Form):
    """What the action still needs to be told."""

    reason = forms.CharField(
        max_length=500,
        label="Why",
        help_text="Kept with every card. The program tells the candidates nothing.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    tag = forms.CharField(max_length=40, label="Tag")
    owner = forms.TypedChoiceField(coerce=int, label="Looked after by")

    def __init__(self, *args: Any, action: BulkAction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moving = action.kind == BulkKind.MOVE
        if not moving:
            del self.fields["reason"]
        elif action.to_stage is not None:
            self.fields["reason"].required = needs_reason(action.to_stage.kind)
        if action.kind not in {BulkKind.TAG, BulkKind.UNTAG}:
            del self.fields["tag"]
        else:
            known = Tag.objects.values_list("name", flat=True)[:200]
            self.fields["tag"].widget = forms.TextInput(attrs={"list": "known-tags"})
            self.known_tags = list(known)
        if action.kind == BulkKind.ASSIGN:
            set_choices(self, "owner", staff())
        else:
            del self.fields["owner"]

    def clean_owner(self) -> User:
        owner: User = User.objects.active().get(
            pk=self.cleaned_data["owner"], part__in=[Part.ADMINISTRATOR, Part.RECRUITER]
        )
        return owner
