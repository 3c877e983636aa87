"""What the tables of questions and of what is answered to them have in common."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Question(models.Model):
    """The first word of a thread."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    asked_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ("asked_at", "pk")

    def __str__(self) -> str:
        return f"question {self.pk}"


class Answer(models.Model):
    """One more word in a thread; `question` says of which."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"answer {self.pk}"


def has_words(*, name: str, message: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=~Q(text=""), name=name, violation_error_message=message)
