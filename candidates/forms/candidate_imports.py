from typing import Any

from django import forms

from candidates.enums import DuplicateRule, Source, TableFormat
from candidates.forms.candidates import RoleChoice
from candidates.models import CandidateImport
from candidates.services.import_values import FIELDS
from candidates.services.tables import ENCODINGS, SEPARATORS, Writing
from rubrics.enums import RoleStatus
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.models import User

DIGITS = 9
NOT_IMPORTED = ("", "Not needed")
AS_THE_RULE_SAYS = ("", "As the rule says")
SAME = [(DuplicateRule.SKIP, "Leave the row out"), (DuplicateRule.UPDATE, "Update the person with what the row says")]
ALIKE = [*SAME, (DuplicateRule.ADD, "Add a new person anyway")]


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File", help_text="CSV or Excel (.xlsx), at most 30 MB and 200,000 rows. The first row names the columns."
    )
    role = RoleChoice(Role.objects.none(), required=False, label="Into the pipeline of", empty_label="None")
    source = forms.ChoiceField(
        choices=Source.choices,
        initial=Source.IMPORT,
        label="Source",
        required=False,
        help_text="How those put into the pipeline came to us, unless a column of the file says it row by row.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".csv,.tsv,.txt,.xlsx"
        role = self.fields["role"]
        assert isinstance(role, RoleChoice)
        takes_people = [RoleStatus.DRAFT, RoleStatus.OPEN, RoleStatus.ON_HOLD]
        role.queryset = Role.objects.visible_to(user).filter(status__in=takes_people).select_related("client")


class WritingForm(forms.Form):
    """How the file is written, where what was found out is wrong."""

    encoding = forms.ChoiceField(choices=list(ENCODINGS.items()), label="Encoding")
    separator = forms.ChoiceField(choices=list(SEPARATORS.items()), label="Separator")
    sheet = forms.ChoiceField(label="Sheet")

    def __init__(self, data: Any = None, *, of: CandidateImport) -> None:
        super().__init__(data, initial={name: getattr(of, name) for name in ("encoding", "separator", "sheet")})
        self.of = of
        if of.is_workbook:
            del self.fields["encoding"], self.fields["separator"]
            sheet = self.fields["sheet"]
            assert isinstance(sheet, forms.ChoiceField)
            sheet.choices = [(name, name) for name in of.sheets]
        else:
            del self.fields["sheet"]

    @property
    def writing(self) -> Writing:
        if not self.is_valid():
            raise Refused("Choose how the file is written.")
        return Writing(sheets=tuple(self.of.sheets), **self.cleaned_data)


class ColumnsForm(forms.Form):
    """One field a column: what it holds."""

    def __init__(self, *args: Any, of: CandidateImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = of
        fields = FIELDS if of.role_id else FIELDS | {"source": "Source (only into a pipeline)"}
        for place, column in enumerate(of.header):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                choices=[NOT_IMPORTED, *fields.items()],
                required=False,
                label=column,
                initial=of.mapping.get(column, ""),
            )

    @property
    def mapping(self) -> dict[str, str]:
        if not self.is_valid():
            raise Refused("Choose for each column what it holds, or leave it out.")
        return {column: self.cleaned_data[f"column_{place}"] for place, column in enumerate(self.of.header)}


class DecisionsForm(forms.Form):
    """Two rules; decisions on single rows come as `row_<number>`."""

    if_same = forms.ChoiceField(choices=SAME, label="Same e-mail or reference")
    if_alike = forms.ChoiceField(choices=ALIKE, label="Same phone or a similar name")

    @property
    def rules(self) -> dict[str, str]:
        if not self.is_valid():
            raise Refused("Say what becomes of rows about people who are here.")
        return dict(self.cleaned_data)

    @property
    def rows(self) -> dict[int, str]:
        chosen = {}
        for name, value in self.data.items():
            number = name.removeprefix("row_")
            known = value in {"", *DuplicateRule.values}
            if name.startswith("row_") and known and number.isascii() and number.isdecimal() and len(number) <= DIGITS:
                chosen[int(number)] = str(value)
        return chosen


class ExportForm(forms.Form):
    format = forms.ChoiceField(choices=TableFormat.choices)
