import pytest
from django import forms

from candidates.forms.candidates import ConsentForm, DocumentForm, DrawnOnce, ErasureForm


@pytest.mark.parametrize("form", [ConsentForm, DocumentForm, ErasureForm])
def test_a_form_drawn_once_is_drawn_as_any_other(form: type[DrawnOnce]) -> None:
    assert form().as_div() == forms.Form.as_div(form())


def test_what_one_person_typed_is_shown_to_nobody_else() -> None:
    refused = ConsentForm({"where": "x" * 301})
    assert "x" * 301 in refused.as_div()
    assert 'class="field-errors"' in refused.as_div()
    assert "xxx" not in ConsentForm().as_div()
    assert "field-errors" not in ConsentForm().as_div()
