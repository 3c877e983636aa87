import uuid
from typing import Any

from django import forms

from candidates.forms.candidates import ApplicationChoice
from candidates.models import Application, MailTemplate
from candidates.models.mails import LONGEST_SUBJECT
from candidates.services.mail_templates import TemplateWords
from candidates.services.mails import Words

LONGEST_TEXT = 10_000


class WordsForm(forms.Form):
    """A subject and a text, in which variables may stand."""

    subject = forms.CharField(max_length=LONGEST_SUBJECT, widget=forms.TextInput(attrs={"dir": "auto"}))
    text = forms.CharField(max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 14, "dir": "auto"}))


class TemplateForm(WordsForm):
    name = forms.CharField(max_length=80, help_text="For your colleagues; candidates do not see it.")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ("name", "subject", "text")

    @property
    def words(self) -> TemplateWords:
        asked = self.cleaned_data
        return TemplateWords(name=asked["name"], subject=asked["subject"], text=asked["text"])


class StartForm(forms.Form):
    """What a letter begins from: read from the address, where nonsense means nothing was chosen."""

    template = forms.ModelChoiceField(
        MailTemplate.objects.offered(), required=False, label="Template", empty_label="None"
    )

    def chosen(self) -> MailTemplate | None:
        self.is_valid()
        found: MailTemplate | None = self.cleaned_data.get("template")
        return found


class MailForm(WordsForm):
    """`key` is of this letter: sent twice it is one."""

    application = ApplicationChoice(
        Application.objects.none(), required=False, label="About the role", empty_label="No role"
    )
    template = forms.ModelChoiceField(MailTemplate.objects.all(), required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    field_order = ("application", "subject", "text")

    def __init__(self, *args: Any, applications: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["application"]
        assert isinstance(field, ApplicationChoice)
        field.queryset = applications

    @property
    def words(self) -> Words:
        asked = self.cleaned_data
        return Words(subject=asked["subject"], text=asked["text"], template=asked["template"])


class BulkMailForm(WordsForm):
    template = forms.ModelChoiceField(MailTemplate.objects.all(), required=False, widget=forms.HiddenInput)

    @property
    def words(self) -> Words:
        asked = self.cleaned_data
        return Words(subject=asked["subject"], text=asked["text"], template=asked["template"])
