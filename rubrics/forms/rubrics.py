from collections.abc import Iterable
from typing import Any

from django import forms

from rubrics import spec
from rubrics.models import Role, RubricVersion
from rubrics.queries.rubrics import version_spec
from rubrics.queries.shipped import shipped_names, shipped_rubric, shipped_title
from screening.accounts.models import User

SHIPPED, VERSION = "shipped-", "version-"


class RubricFileForm(forms.Form):
    """A rubric as a YAML file or pasted text; `problems` lists what is wrong with it, line by line."""

    file = forms.FileField(label="YAML file", required=False)
    text = forms.CharField(
        label="Or its text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "code"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: tuple[spec.Problem, ...] = ()
        self.spec: spec.RubricSpec | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file and file.size > spec.SIZE_LIMIT:
            raise forms.ValidationError(f"The file is larger than {spec.SIZE_LIMIT:,} characters; shorten it.")
        source = file.read() if file else cleaned.get("text", "")
        if not source:
            raise forms.ValidationError("Choose a file, or paste its text.")
        try:
            self.spec = spec.read(source)
        except spec.RubricError as error:
            self.problems = error.problems
            self._keep(source)
            raise forms.ValidationError("This is not a rubric yet; what is wrong is listed line by line.") from error
        return cleaned

    def _keep(self, source: str | bytes) -> None:
        """Put what was uploaded where it can be corrected."""
        text = source.decode("utf-8-sig", errors="replace") if isinstance(source, bytes) else source
        self.data = {**self.data, "text": text.replace("\0", "")}


class NewRubricForm(forms.Form):
    """A rubric of one's own: what it is called, what it begins with, and whose team may write it."""

    title = forms.CharField(max_length=spec.TITLE_LENGTH, help_text="Such as: Senior AI Engineer.")
    begin_with = forms.ChoiceField(label="Begin with", required=False)
    written_for = forms.ModelChoiceField(
        label="Written for",
        queryset=Role.objects.none(),
        required=False,
        empty_label="No role yet",
        help_text="The hiring managers on this role’s team can then write the draft with you.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {
            f"{VERSION}{version.pk}": version
            for version in RubricVersion.objects.visible_to(user).select_related("rubric").order_by("rubric", "-number")
        }
        self.fields["begin_with"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", "An empty page"),
            ("Ready to use", [(f"{SHIPPED}{name}", shipped_title(name)) for name in shipped_names()]),
            ("A version you have", [(key, str(version)) for key, version in self.versions.items()]),
        ]
        self.fields["written_for"].queryset = Role.objects.visible_to(user)  # type: ignore[attr-defined]  # a model choice field

    def beginning(self) -> spec.RubricSpec | None:
        chosen = str(self.cleaned_data["begin_with"])
        if chosen.startswith(SHIPPED):
            return shipped_rubric(chosen.removeprefix(SHIPPED))
        return version_spec(self.versions[chosen]) if chosen else None


class CompareForm(forms.Form):
    """Which version another is compared with."""

    since = forms.TypedChoiceField(label="Compare with", coerce=int)

    def __init__(self, *args: Any, others: Iterable[RubricVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {version.pk: version for version in others}
        self.fields["since"].choices = [  # type: ignore[attr-defined]  # a choice field
            (pk, f"Version {one.number} ({one.get_status_display().lower()})") for pk, one in self.others.items()
        ]

    def chosen(self) -> RubricVersion | None:
        return self.others[self.cleaned_data["since"]] if self.is_bound and self.is_valid() else None
