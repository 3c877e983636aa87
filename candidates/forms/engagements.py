from collections.abc import Sequence
from typing import Any

from django import forms

from candidates.forms.levels import NOT_ASSESSED, LevelsForm, field_of
from candidates.models import EngagementReview
from candidates.services.engagements import OutcomeDraft
from rubrics.models import Dimension


class StartForm(forms.Form):
    started_on = forms.DateField(
        label="First day at work",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The reviews fall due 30, 90, 180 and 365 days later.",
    )


class EndForm(forms.Form):
    ended_on = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(max_length=500, label="Why it ended", widget=forms.Textarea(attrs={"rows": 2}))


class OutcomeForm(LevelsForm):
    comment = forms.CharField(
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Comment",
        help_text="What they have taken over, what surprised you, what is still open.",
    )
    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    over = forms.IntegerField(required=False, min_value=0)
    """The newer revision that is replaced on purpose, once it was read."""

    @classmethod
    def of(cls, review: EngagementReview, dimensions: Sequence[Dimension]) -> "OutcomeForm":
        """The form as it was left."""
        initial: dict[str, Any] = {"comment": review.comment}
        given = {rating.dimension_id: rating for rating in review.ratings.all()}
        for one in dimensions:
            if one.pk in given:
                initial[field_of(one)] = NOT_ASSESSED if given[one.pk].not_assessed else str(given[one.pk].level)
        return cls(initial=initial, dimensions=dimensions)

    @property
    def draft(self) -> OutcomeDraft:
        return OutcomeDraft(levels=self.levels, comment=self.cleaned_data.get("comment", ""))

    @property
    def seen(self) -> int:
        """The revision this was written over, or over which it shall be written."""
        return self.cleaned_data.get("over") or self.cleaned_data.get("revision") or 0
