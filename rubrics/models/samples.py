from django.db import models

from rubrics.models.questions import Question
from rubrics.models.rubrics import Dimension, sealed_when_published
from rubrics.querysets import CalibrationSampleQuerySet
from screening.accounts.protection import keep_history


@keep_history()
class CalibrationSample(models.Model):
    """A written answer to a question that interviewers score for practice; it also links raters who never met."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="samples")
    key = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    answer = models.TextField()

    objects = CalibrationSampleQuerySet.as_manager()

    class Meta:
        ordering = ("question", "pk")
        triggers = sealed_when_published("(SELECT version_id FROM rubrics_question WHERE id = {row}.question_id)")
        constraints = (models.UniqueConstraint(fields=["question", "key"], name="sample_key_unique"),)

    def __str__(self) -> str:
        return self.title


@keep_history()
class SampleReference(models.Model):
    """The level the authors of the rubric give a sample on one dimension, and what in the answer makes it that one."""

    sample = models.ForeignKey(CalibrationSample, on_delete=models.CASCADE, related_name="references")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+")
    level = models.SmallIntegerField()
    why = models.TextField(blank=True)

    class Meta:
        ordering = ("sample", "dimension__position")
        triggers = sealed_when_published(
            "(SELECT q.version_id FROM rubrics_calibrationsample s JOIN rubrics_question q ON q.id = s.question_id"
            " WHERE s.id = {row}.sample_id)"
        )
        constraints = (models.UniqueConstraint(fields=["sample", "dimension"], name="sample_reference_unique"),)

    def __str__(self) -> str:
        return f"sample {self.sample_id}, dimension {self.dimension_id}: {self.level}"
