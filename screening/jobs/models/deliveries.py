import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from screening.jobs.enums import DeliveryKind, DeliveryState
from screening.jobs.querysets import DeliveryQuerySet


class Delivery(models.Model):
    """An e-mail or webhook that leaves the house: written with the change it tells of, sent after the commit."""

    kind = models.CharField(max_length=10, choices=DeliveryKind, default=DeliveryKind.MAIL)
    event = models.CharField(max_length=60)
    key = models.CharField(max_length=200, blank=True)
    recipient = models.CharField(max_length=320)
    reply_to = models.CharField(max_length=320, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries"
    )
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True, help_text="An iCalendar object that goes along with the text.")
    confidential = models.BooleanField(default=False, help_text="Carries a link that is a key; its text is not kept.")
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name_plural = "deliveries"
        constraints = (models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="delivery_key_unique"),)
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state=DeliveryState.DUE), name="delivery_due"),
            models.Index(fields=["-created_at", "-id"], name="delivery_newest"),
            models.Index(fields=["recipient", "-created_at"], name="delivery_of_recipient"),
        )

        triggers = (
            pgtrigger.Trigger(
                name="calendar_goes_with_text",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__text="") & ~pgtrigger.Q(old__text=""),
                func="NEW.calendar := ''; RETURN NEW;",  # whoever erases the words erases the attachment
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"

    @property
    def readable_text(self) -> str:
        """What the outbox shows: a link that is a key is its recipient's alone, except where one tries things out."""
        if self.confidential and not settings.DEMO:
            return "This message carries a personal link. Only its recipient reads it."
        return self.text
