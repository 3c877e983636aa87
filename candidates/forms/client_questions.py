from django import forms

LONGEST = 5_000


class WordForm(forms.Form):
    """A question to us, or a word in its thread."""

    text = forms.CharField(max_length=LONGEST, label="Text", error_messages={"required": "Write something first."})
