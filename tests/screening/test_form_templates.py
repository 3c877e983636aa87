"""Forms as our templates draw them: labels, help and errors that belong together, the right control for each field."""

import re
from datetime import date, datetime, time

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import format_html


class Everything(forms.Form):
    title = forms.CharField(help_text="What the <client> calls it.")
    story = forms.CharField(widget=forms.Textarea, required=False)
    client = forms.ChoiceField(choices=[("", "Choose"), ("a", "Northwind & Sons")])
    kits = forms.MultipleChoiceField(
        choices=[("p", "Production"), ("q", "Quality")], widget=forms.CheckboxSelectMultiple
    )
    basis = forms.ChoiceField(choices=[("e", "Evidence"), ("m", "Meeting")], widget=forms.RadioSelect)
    starts = forms.DateTimeField(initial=datetime(2026, 11, 23, 14, 0))  # noqa: DTZ001  # as the widget gets it
    day = forms.DateField(initial=date(2026, 11, 23))
    at = forms.TimeField(initial=time(14, 5))
    seats = forms.IntegerField()
    password = forms.CharField(widget=forms.PasswordInput)
    cv = forms.FileField(required=False)
    agree = forms.BooleanField(label="I agree", help_text="You may change your mind.")
    token = forms.CharField(widget=forms.HiddenInput, initial="t")


def tag(text: str, name: str, kind: str = "input|select|textarea") -> str:
    (found,) = re.findall(rf'<(?:{kind})[^>]*\bname="{name}"[^>]*>', text)
    return " ".join(found.split())


def test_controls_have_the_frameworks_classes() -> None:
    text = Everything().as_div()
    assert 'class="form-control"' in tag(text, "title")
    assert 'class="form-control"' in tag(text, "story")
    assert 'class="form-select"' in tag(text, "client")
    assert 'class="form-check-input"' in tag(text, "agree")
    assert "class=" not in tag(text, "token")


def test_a_widgets_own_class_and_attributes_stay() -> None:
    class Own(forms.Form):
        seats = forms.CharField(
            widget=forms.TextInput(attrs={"class": "narrow-input", "data-x": "1", "readonly": True})
        )

    text = tag(Own().as_div(), "seats")
    assert 'class="form-control narrow-input"' in text
    assert text.count("class=") == 1
    assert 'data-x="1"' in text
    assert " readonly" in text


def test_days_and_times_get_the_browsers_own_pickers_with_a_value_they_read() -> None:
    text = Everything().as_div()
    assert 'type="datetime-local"' in tag(text, "starts")
    assert 'value="2026-11-23 14:00:00"' in tag(text, "starts")
    assert 'type="date"' in tag(text, "day")
    assert 'value="2026-11-23"' in tag(text, "day")
    assert 'type="time"' in tag(text, "at")
    assert 'value="14:05:00"' in tag(text, "at")
    assert 'type="number"' in tag(text, "seats")
    assert 'type="password"' in tag(text, "password")
    assert 'type="file"' in tag(text, "cv")


def test_what_the_pickers_send_is_understood() -> None:
    form = Everything({"starts": "2026-11-23T14:00", "day": "2026-11-23", "at": "14:05"})
    form.is_valid()
    assert {"starts", "day", "at"} & set(form.errors) == set()


def test_written_text_finds_its_own_direction() -> None:
    text = Everything().as_div()
    assert 'dir="auto"' in tag(text, "title")
    assert 'dir="auto"' in tag(text, "story")
    assert "dir=" not in tag(text, "day")


def test_help_and_error_are_named_by_the_control() -> None:
    text = Everything({}).as_div()
    assert 'aria-describedby="id_title_helptext id_title_error"' in tag(text, "title")
    assert 'aria-invalid="true"' in tag(text, "title")
    assert re.search(r'<div class="form-hint" id="id_title_helptext">What the &lt;client&gt; calls it.</div>', text)
    assert re.search(r'<ul class="field-errors" id="id_title_error"><li>This field is required.</li></ul>', text)


def test_a_group_is_a_fieldset_that_names_its_error() -> None:
    text = Everything({}).as_div()
    assert re.search(r'<fieldset aria-describedby="id_kits_error"[^>]*>\s*<legend class="form-label"', text)
    assert text.count('name="kits"') == 2
    assert '<label class="form-check-label" for="id_kits_0">Production</label>' in text


def test_every_label_belongs_to_a_control() -> None:
    text = Everything().as_div()
    assert set(re.findall(r'<label[^>]* for="([^"]+)"', text)) <= set(re.findall(r' id="([^"]+)"', text))


def test_labels_end_without_a_colon_and_optional_ones_say_so() -> None:
    text = Everything().as_div()
    assert '<label class="form-label" for="id_title">Title</label>' in text
    assert 'for="id_story">Story <span class="optional">optional</span></label>' in text
    assert '<label class="form-check-label" for="id_agree">I agree</label>' in text


def test_what_is_wrong_is_listed_first_with_links() -> None:
    form = Everything({"title": "x"})
    form.add_error(None, "The <two> do not fit.")
    text = form.as_div()
    assert text.index('role="alert"') < text.index('name="title"')
    assert "The &lt;two&gt; do not fit." in text
    assert '<a href="#id_seats">Seats: This field is required.</a>' in text
    assert '<a href="#id_title">' not in text


def test_a_form_without_errors_says_nothing_of_them() -> None:
    assert "error" not in Everything().as_div()


def test_hidden_fields_are_there_once() -> None:
    assert Everything().as_div().count('name="token"') == 1


def test_choices_and_values_are_escaped() -> None:
    text = Everything({"title": '"><script>'}).as_div()
    assert "<script>" not in text
    assert "Northwind &amp; Sons" in text


def test_help_that_is_markup_stays_markup() -> None:
    class Linked(forms.Form):
        name = forms.CharField(help_text=format_html('<a href="{}">Why?</a>', "/why/"))

    assert '<a href="/why/">Why?</a>' in Linked().as_div()


def test_a_file_that_is_there_is_shown_and_may_be_removed() -> None:
    file = SimpleUploadedFile("cv.pdf", b"x")
    file.url = "/files/1/"  # type: ignore[attr-defined]  # what a stored file has
    text = Everything(initial={"cv": file}).as_div()
    assert 'Now: <a href="/files/1/">cv.pdf</a>' in text
    assert 'name="cv-clear"' in text


def test_chosen_options_stay_chosen() -> None:
    text = Everything({"client": "a", "kits": ["q"], "basis": "m", "agree": "on"}).as_div()
    assert re.search(r'<option value="a"\s+selected', text)
    assert re.findall(r'name="kits"[^>]*value="(\w)"[^>]*checked', text) == ["q"]
    assert re.findall(r'name="basis"[^>]*value="(\w)"[^>]*checked', text) == ["m"]
    assert "checked" in tag(text, "agree")
