from django.contrib.postgres.fields import ArrayField
from django.db import models

from rubrics.enums import SignalKind
from rubrics.models.rubrics import Dimension, RubricVersion, sealed_when_published
from screening.accounts.protection import keep_history


@keep_history()
class Question(models.Model):
    """What every candidate is asked, with probes; it informs one or more dimensions.

    A core question is asked whatever else there is no time for.
    """

    version = models.ForeignKey(RubricVersion, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=60)
    prompt = models.TextField()
    probes = ArrayField(models.TextField(), default=list, blank=True)
    minutes = models.PositiveSmallIntegerField(default=15)
    core = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()
    dimensions = models.ManyToManyField(Dimension, through="QuestionDimension", related_name="questions")

    class Meta:
        ordering = ("version", "position")
        constraints = (models.UniqueConstraint(fields=["version", "key"], name="question_key_unique"),)
        triggers = sealed_when_published("{row}.version_id")

    def __str__(self) -> str:
        return self.prompt


@keep_history()
class QuestionDimension(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="informs")
    dimension = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="informed_by")

    class Meta:
        ordering = ("question", "dimension__position")
        constraints = (models.UniqueConstraint(fields=["question", "dimension"], name="question_dimension_unique"),)
        triggers = sealed_when_published("(SELECT version_id FROM rubrics_question WHERE id = {row}.question_id)")

    def __str__(self) -> str:
        return f"question {self.question_id} informs dimension {self.dimension_id}"


@keep_history()
class Signal(models.Model):
    """Something to listen for in the answer to a question, strong or weak on one dimension."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="signals")
    dimension = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=6, choices=SignalKind)
    text = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("question", "kind", "position", "pk")
        triggers = sealed_when_published("(SELECT version_id FROM rubrics_question WHERE id = {row}.question_id)")

    def __str__(self) -> str:
        return self.text
