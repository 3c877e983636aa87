from django.conf import settings
from django.db import models
from django.db.models import Q

from candidates.enums import DebriefResult
from candidates.models.applications import Application
from candidates.models.scorecards import Evidence, Scorecard
from candidates.models.threads import Answer, Question, has_words
from candidates.querysets.debriefs import DebriefOutcomeQuerySet, DebriefQuestionQuerySet
from rubrics.models import Dimension
from screening.accounts.protection import keep_history, never_changes


@keep_history()
class DebriefQuestion(Question):
    """A question about a submitted scorecard, put to whoever wrote it: about all of it, one dimension or one incident."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="debrief_questions")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = DebriefQuestionQuerySet.as_manager()

    class Meta(Question.Meta):
        triggers = never_changes(
            why="a question stays as it was asked; write another", except_for=("resolved_by", "resolved_at")
        )
        constraints = (
            has_words(name="debrief_question_has_words", message="Write the question."),
            models.CheckConstraint(
                condition=Q(resolved_by__isnull=True, resolved_at__isnull=True)
                | Q(resolved_by__isnull=False, resolved_at__isnull=False),
                name="debrief_question_resolved_by_somebody",
            ),
        )

    @property
    def is_resolved(self) -> bool:
        return self.resolved_at is not None


class DebriefAnswer(Answer):
    """One more word in the thread of a question."""

    question = models.ForeignKey(DebriefQuestion, on_delete=models.PROTECT, related_name="answers")

    class Meta(Answer.Meta):
        triggers = never_changes(why="an answer stays as it was given; write another")
        constraints = (has_words(name="debrief_answer_has_words", message="Write the answer."),)


class DebriefOutcome(models.Model):
    """What a debrief came to. It moves nobody and changes no score; a later one may follow, and the newest counts."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="debrief_outcomes")
    result = models.CharField(max_length=13, choices=DebriefResult)
    note = models.TextField()
    next_steps = models.TextField(blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    objects = DebriefOutcomeQuerySet.as_manager()

    class Meta:
        ordering = ("-noted_at", "-pk")
        triggers = never_changes(why="the outcome of a debrief is kept; a later one may follow")
        indexes = (models.Index(fields=["application", "-noted_at", "-id"], name="debrief_outcome_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(note=""),
                name="debrief_outcome_has_reason",
                violation_error_message="Say what it rests on.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_result_display()} (application {self.application_id})"
