from django.db import models

from candidates.enums import Citation
from candidates.models.applications import Application
from candidates.querysets.scores import ScoreQuerySet
from rubrics.models import Role
from screening.accounts.protection import never_changes, never_truncated


class ScoringRun(models.Model):
    """One computation over a pool: what went in, the variances and leniencies that came out.

    A run that a snapshot cites keeps `input` (levels in order, under ids of its own), so that it can be repeated.
    `statistics` is what the insights show of it.
    """

    pool_key = models.CharField(max_length=64)
    method = models.CharField(max_length=20)
    weights = models.JSONField()
    scale = models.JSONField()
    input_hash = models.CharField(max_length=64)
    input = models.JSONField(null=True, blank=True)
    variances = models.JSONField()
    leniencies = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    statistics = models.JSONField(null=True, blank=True)
    n_scorecards = models.PositiveIntegerField()
    n_candidates = models.PositiveIntegerField()
    n_raters = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()

    class Meta:
        ordering = ("-started_at", "-pk")
        indexes = (models.Index(fields=["pool_key", "-started_at"], name="run_of_pool"),)
        triggers = (never_truncated(),)

    def __str__(self) -> str:
        return f"run {self.pk} ({self.method})"


class Figures(models.Model):
    """The figures of one application; shared by the current score and its frozen copies. Units are levels.

    `subject` is the id under which the run's kept input knows the application.
    """

    run = models.ForeignKey(ScoringRun, on_delete=models.PROTECT, related_name="%(class)ss")
    subject = models.PositiveIntegerField()
    score = models.FloatField()
    sd = models.FloatField()
    lower = models.FloatField()
    upper = models.FloatField()
    raw_mean = models.FloatField(null=True, blank=True)
    n_raters = models.PositiveSmallIntegerField()
    n_imported = models.PositiveSmallIntegerField(default=0)
    completeness = models.FloatField()
    p_bar = models.FloatField(null=True, blank=True)
    rankable = models.BooleanField()
    reasons = models.JSONField(default=list)
    below_floor = models.JSONField(default=list)
    component = models.IntegerField()
    dimensions = models.JSONField(default=list)

    class Meta:
        abstract = True


class Score(Figures):
    """The current figures of an application, overwritten by each run. Ranks are within its role."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, primary_key=True, related_name="score")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField(null=True, blank=True)
    rank_lower = models.PositiveIntegerField(null=True, blank=True)
    rank_upper = models.PositiveIntegerField(null=True, blank=True)
    tie = models.PositiveIntegerField(null=True, blank=True)
    p_top_k = models.FloatField(null=True, blank=True)
    computed_at = models.DateTimeField()

    objects = ScoreQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["role", "-score", "application"], name="score_of_role"),)
        triggers = (never_truncated(),)

    def __str__(self) -> str:
        return f"application {self.application_id}: {self.score:.2f}"


class ScoreSnapshot(Figures):
    """The figures as they stood when something cited them."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="snapshots")
    cited_by = models.CharField(max_length=12, choices=Citation)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        triggers = never_changes(why="a cited score is kept")

    def __str__(self) -> str:
        return f"application {self.application_id}: {self.score:.2f} ({self.cited_by})"
