from django.conf import settings
from django.db import models
from django.db.models import Q

from candidates.models.shortlists import ShortlistEntry
from candidates.querysets.client_questions import ClientQuestionQuerySet
from screening.accounts.protection import never_changes


class ClientQuestion(models.Model):
    """What a reviewer at the client asks us about a person; it can tell what they think, so colleagues wait for it."""

    entry = models.ForeignKey(ShortlistEntry, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="client_questions")
    text = models.TextField()
    asked_at = models.DateTimeField()

    objects = ClientQuestionQuerySet.as_manager()

    class Meta:
        ordering = ("asked_at", "pk")
        triggers = never_changes(why="a question stays as it was asked; write another")
        constraints = (
            models.CheckConstraint(
                condition=~Q(text=""), name="client_question_has_words", violation_error_message="Write the question."
            ),
        )

    def __str__(self) -> str:
        return f"question {self.pk}"


class ClientAnswer(models.Model):
    """One more word in the thread of a client's question, ours or theirs."""

    question = models.ForeignKey(ClientQuestion, on_delete=models.PROTECT, related_name="answers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        triggers = never_changes(why="an answer stays as it was given; write another")
        constraints = (
            models.CheckConstraint(
                condition=~Q(text=""), name="client_answer_has_words", violation_error_message="Write the answer."
            ),
        )

    def __str__(self) -> str:
        return f"answer {self.pk}"
