from django import forms


class ImportScorecardsForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="UTF-8, one row a scorecard: candidate, rater, then one column per dimension, by its key or its name.",
    )
    skip_bad = forms.BooleanField(label="Leave bad rows out and import the others", required=False)
