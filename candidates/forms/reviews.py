from collections.abc import Sequence
from typing import Any

from django import forms

from candidates.enums import Basis, Verdict
from candidates.forms.levels import NOT_ASSESSED, LevelsForm, field_of
from candidates.models import ClientReview
from candidates.services.reviews import ReviewDraft
from rubrics.models import Dimension

LONGEST = 20_000


class NeededToCommit(forms.ChoiceField):
    """May be missing while one writes, so it is not required; nor is it called optional."""

    is_needed_later = True


class ReviewForm(LevelsForm):
    """A client's own evaluation. Nothing is required to save it; the gate says what committing needs."""

    basis = NeededToCommit(
        choices=Basis.choices, required=False, widget=forms.RadioSelect, label="What does your evaluation rest on?"
    )
    verdict = NeededToCommit(choices=Verdict.choices, required=False, widget=forms.RadioSelect, label="Your verdict")
    comment = forms.CharField(
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Comment",
        help_text="Your colleagues and we read it once you have committed.",
    )

    @classmethod
    def of(cls, review: ClientReview | None, dimensions: Sequence[Dimension]) -> "ReviewForm":
        """The form as the reviewer left it."""
        if review is None:
            return cls(dimensions=dimensions)
        initial: dict[str, Any] = {"basis": review.basis, "verdict": review.verdict, "comment": review.comment}
        levels = {rating.dimension_id: rating for rating in review.ratings.all()}
        for one in dimensions:
            if one.pk in levels:
                initial[field_of(one)] = NOT_ASSESSED if levels[one.pk].not_assessed else str(levels[one.pk].level)
        return cls(initial=initial, dimensions=dimensions)

    @property
    def draft(self) -> ReviewDraft:
        given = self.cleaned_data
        return ReviewDraft(
            levels=self.levels,
            basis=given.get("basis", ""),
            verdict=given.get("verdict", ""),
            comment=given.get("comment", ""),
        )
