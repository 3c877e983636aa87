from django import forms


class SubmitForm(forms.Form):
    erase_private_note = forms.BooleanField(
        required=False, label="Erase my private note", help_text="Nobody but you can read it, now or later."
    )


class ExcuseForm(forms.Form):
    reason = forms.CharField(max_length=500, label="Why it will not come")


class AmendForm(forms.Form):
    reason = forms.CharField(
        max_length=500, label="Why you amend it", widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500})
    )
    corrects_fact = forms.BooleanField(
        required=False,
        label="It corrects a fact",
        help_text="Such as the wrong person, the wrong system or a typing error. Once a second person has approved it, "
        "the correction counts in the score. A change of mind stands beside your original and does not.",
    )
