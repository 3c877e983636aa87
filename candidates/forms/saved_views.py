from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from candidates.models.saved_views import LONGEST_QUERY
from candidates.queries.saved_views import query_to_save
from candidates.services.saved_views import ViewDetails
from rubrics.models import Role


class ViewForm(forms.Form):
    name = forms.CharField(max_length=60, label="Name of the view")
    shared = forms.BooleanField(required=False, label="Colleagues may use it")
    default = forms.BooleanField(required=False, label="Opens by itself")

    @property
    def details(self) -> ViewDetails:
        return ViewDetails(**{name: self.cleaned_data[name] for name in ("name", "shared", "default")})


class NewViewForm(ViewForm):
    """Of the page one is on: `role` is the slug of its role, empty for all candidates."""

    role = forms.ModelChoiceField(Role.objects.none(), to_field_name="slug", required=False)
    query = forms.CharField(required=False)

    def __init__(self, *args: Any, roles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = roles

    def clean_query(self) -> str:
        query = query_to_save(self.cleaned_data["query"])
        if len(query) > LONGEST_QUERY:
            raise ValidationError("This filter is too long to save.")
        return query
