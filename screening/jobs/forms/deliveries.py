from django import forms
from django.db.models import Q

from screening.jobs.enums import DeliveryState
from screening.jobs.querysets import DeliveryQuerySet


class OutboxFilter(forms.Form):
    q = forms.CharField(label="Recipient or subject", required=False)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *DeliveryState.choices])

    def applied_to(self, deliveries: DeliveryQuerySet) -> DeliveryQuerySet:
        given = self.cleaned_data if self.is_valid() else {}
        if text := given.get("q"):
            deliveries = deliveries.filter(Q(recipient__icontains=text) | Q(subject__icontains=text))
        if state := given.get("state"):
            deliveries = deliveries.filter(state=state)
        return deliveries
