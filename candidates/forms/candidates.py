from collections.abc import Sequence
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.safestring import SafeString

from candidates.enums import DocumentKind, Source
from candidates.models import Application, Candidate, Tag
from candidates.queries.candidates import CandidateFilter
from candidates.services.candidates import LONGEST_TAG, CandidateDetails
from rubrics.enums import RoleStatus, StageKind
from rubrics.models import Role
from screening.accounts.models import User
from screening.accounts.models.users import validate_time_zone
from screening.accounts.querysets import STAFF

MOST_LINKS = 10
MOST_CHOICES = 300
ANY = ("", "Any")
web_address = URLValidator(schemes=["http", "https"], message="“%(value)s” is not a web address.")


def staff() -> list[tuple[int, str]]:
    """Who may look after a candidate, as choices."""
    return list(User.objects.active().filter(part__in=STAFF).order_by("name").values_list("pk", "name"))


class CandidateForm(forms.Form):
    name = forms.CharField(max_length=200, label="Name")
    email = forms.EmailField(required=False, label="E-mail")
    phone = forms.CharField(max_length=40, required=False, label="Phone")
    location = forms.CharField(max_length=120, required=False, label="Location")
    time_zone = forms.CharField(
        max_length=64,
        required=False,
        label="Time zone",
        validators=[validate_time_zone],
        help_text="Such as Asia/Bangkok.",
    )
    headline = forms.CharField(max_length=200, required=False, label="Headline", help_text="What they do, in a line.")
    years_of_experience = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=70,
        label="Years of experience",
        help_text="A fact on file. It never enters a score, and interviewers don’t see it.",
    )
    links = forms.CharField(
        required=False,
        label="Links",
        help_text="One web address a line.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reference = forms.CharField(
        max_length=120, required=False, label="Your reference", help_text="Their number in another system, if any."
    )

    def clean_links(self) -> tuple[str, ...]:
        links = tuple(line.strip() for line in self.cleaned_data["links"].splitlines() if line.strip())
        if len(links) > MOST_LINKS:
            raise ValidationError(f"At most {MOST_LINKS} links.")
        for link in links:
            web_address(link)
        return links

    @property
    def details(self) -> CandidateDetails:
        names = CandidateDetails.__dataclass_fields__
        return CandidateDetails(**{name: self.cleaned_data[name] for name in names})

    @classmethod
    def of(cls, candidate: Candidate) -> "CandidateForm":
        """Filled with what is on file."""
        values = {name: getattr(candidate, name) for name in cls.base_fields}
        return cls(initial=values | {"links": "\n".join(candidate.links)})


class RoleChoice(forms.ModelChoiceField[Role]):
    def label_from_instance(self, obj: Role) -> str:
        return f"{obj.title}, {obj.client.name}"


class ApplicationChoice(forms.ModelChoiceField[Application]):
    def label_from_instance(self, obj: Application) -> str:
        return obj.role.title


class AddToRoleForm(forms.Form):
    """Into which pipeline, and how the person came to us."""

    role = RoleChoice(Role.objects.none(), label="Role")
    source = forms.ChoiceField(choices=Source.choices, initial=Source.APPLIED, label="Source")
    source_detail = forms.CharField(max_length=120, required=False, label="Where exactly", help_text="Such as GitHub.")
    owner = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="Looked after by")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = self.fields["role"]
        assert isinstance(roles, RoleChoice)
        takes_people = [RoleStatus.DRAFT, RoleStatus.OPEN, RoleStatus.ON_HOLD]
        roles.queryset = Role.objects.visible_to(user).filter(status__in=takes_people).select_related("client")
        owner = self.fields["owner"]
        assert isinstance(owner, forms.TypedChoiceField)
        owner.choices = [("", "Nobody yet"), *staff()]
        owner.initial = user.pk

    @property
    def looked_after_by(self) -> User | None:
        pk = self.cleaned_data["owner"]
        return User.objects.get(pk=pk) if pk else None


class NewCandidateForm(AddToRoleForm, CandidateForm):
    """A person, and perhaps the role they are for."""

    cv = forms.FileField(required=False, label="CV", help_text="PDF or Word (.docx), at most 10 MB.")

    field_order = (
        "name",
        "email",
        "role",
        "source",
        "source_detail",
        "cv",
        "headline",
        "location",
        "time_zone",
        "phone",
        "links",
        "years_of_experience",
        "owner",
        "reference",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, RoleChoice)
        role.required, role.empty_label = False, "None yet"
        self.fields["cv"].widget.attrs["accept"] = ".pdf,.docx"


class CandidateFilterForm(forms.Form):
    q = forms.CharField(required=False, max_length=100, label="Name")
    role = forms.ChoiceField(required=False, label="Role")
    kind = forms.ChoiceField(required=False, choices=[ANY, *StageKind.choices], label="Stage")
    owner = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="Looked after by")
    source = forms.ChoiceField(required=False, choices=[ANY, *Source.choices], label="Source")
    tag = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="Tag")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Role.objects.visible_to(user).order_by("title").values_list("slug", "title")[:MOST_CHOICES]
        set_choices(self, "role", roles)
        if user.is_staff_of_firm:
            self.fields["q"].label = "Name or e-mail"
            set_choices(self, "owner", staff())
            set_choices(self, "tag", Tag.objects.values_list("pk", "name")[:MOST_CHOICES])
        else:
            for closed in ("owner", "source", "tag"):
                del self.fields[closed]

    @property
    def wanted(self) -> CandidateFilter:
        """What was asked for, as far as it makes sense."""
        self.is_valid()
        asked = dict(self.cleaned_data)
        return CandidateFilter(text=asked.pop("q", ""), **{name: value for name, value in asked.items() if value})


def set_choices(form: forms.Form, name: str, choices: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [ANY, *choices]


class NoteTextForm(forms.Form):
    text = forms.CharField(
        max_length=10_000,
        label="Note",
        help_text="@ and a name tells a colleague who may read it.",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class NoteForm(NoteTextForm):
    application = ApplicationChoice(Application.objects.none(), required=False, label="About", empty_label="The person")

    def __init__(self, *args: Any, applications: Any, must_choose: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["application"]
        assert isinstance(field, ApplicationChoice)
        field.queryset = applications
        if must_choose:
            field.required, field.empty_label = True, None

    def offer(self, applications: Sequence[Application]) -> None:
        """Show these, which were loaded before."""
        field = self.fields["application"]
        assert isinstance(field, ApplicationChoice)
        none = [] if field.empty_label is None else [("", field.empty_label)]
        field.choices = none + [(str(one.pk), field.label_from_instance(one)) for one in applications]


class TagForm(forms.Form):
    name = forms.CharField(max_length=LONGEST_TAG, label="Tag")


class DrawnOnce(forms.Form):
    """Until it is filled in it looks the same to everybody, and takes longer to draw than the card it waits in."""

    def as_div(self) -> SafeString:
        return super().as_div() if self.is_bound else _unfilled(type(self))


@cache
def _unfilled(kind: type[DrawnOnce]) -> SafeString:
    return forms.Form.as_div(kind())


class ConsentForm(DrawnOnce):
    where = forms.CharField(
        max_length=300, label="Where did they say yes?", help_text="Such as: in a call on 3 March, by e-mail."
    )


class DocumentForm(DrawnOnce):
    file = forms.FileField(label="File", help_text="PDF or Word (.docx), at most 10 MB.")
    kind = forms.ChoiceField(choices=DocumentKind.choices, initial=DocumentKind.CV, label="What it is")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".pdf,.docx"


class ErasureForm(DrawnOnce):
    reason = forms.CharField(max_length=500, label="Why", help_text="It stays on record, so name no person.")
