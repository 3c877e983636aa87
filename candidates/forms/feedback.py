from django import forms


class FeedbackForm(forms.Form):
    text = forms.CharField(
        max_length=10_000,
        strip=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 14, "dir": "auto"}),
        label="What the candidate is told",
        help_text="The client’s words stand in it as they were given. Put them into words for the candidate.",
    )
    has_read = forms.BooleanField(required=False, label="I have read it as the candidate will")
