from django.db import models

from rubrics.models.questions import Question
from rubrics.models.rubrics import Dimension
from screening.accounts.protection import keep_history, never_truncated


@keep_history()
class CalibrationSample(models.Model):
    """A written answer to a question that interviewers score for practice; it also links raters who never met."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="samples")
    key = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    answer = models.TextField()

    class Meta:
        ordering = ("question", "pk")
        triggers = (never_truncated(),)
        constraints = (models.UniqueConstraint(fields=["question", "key"], name="sample_key_unique"),)

    def __str__(self) -> str:
        return self.title


@keep_history()
class SampleReference(models.Model):
    """The level the authors of the rubric give a sample on one dimension."""

    sample = models.ForeignKey(CalibrationSample, on_delete=models.CASCADE, related_name="references")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+")
    level = models.SmallIntegerField()

    class Meta:
        ordering = ("sample", "dimension__position")
        triggers = (never_truncated(),)
        constraints = (models.UniqueConstraint(fields=["sample", "dimension"], name="sample_reference_unique"),)

    def __str__(self) -> str:
        return f"sample {self.sample_id}, dimension {self.dimension_id}: {self.level}"
