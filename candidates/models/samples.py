from django.conf import settings
from django.db import models

from candidates.querysets.samples import SampleRatingQuerySet
from rubrics.models import CalibrationSample, Dimension
from screening.accounts.protection import keep_history, never_changes


@keep_history()
class SampleRating(models.Model):
    """The level an interviewer gave a calibration sample on one dimension; it never changes."""

    sample = models.ForeignKey(CalibrationSample, on_delete=models.PROTECT, related_name="ratings")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sample_ratings")
    level = models.SmallIntegerField()
    rated_at = models.DateTimeField()

    objects = SampleRatingQuerySet.as_manager()

    class Meta:
        triggers = never_changes(why="a sample is scored once")
        constraints = (models.UniqueConstraint(fields=["sample", "dimension", "rater"], name="sample_rated_once"),)

    def __str__(self) -> str:
        return f"sample {self.sample_id}, dimension {self.dimension_id}, user {self.rater_id}"
