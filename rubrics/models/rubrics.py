import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from rubrics.enums import VersionStatus
from rubrics.querysets import RubricQuerySet, RubricVersionQuerySet
from screening.accounts.protection import keep_history, never_changes, never_truncated, sealed_with

PUBLISHED = "a published version never changes; start the next draft"


def sealed_when_published(version_id: str) -> list[pgtrigger.Trigger]:
    """Triggers for a table whose rows are content of a version; `version_id` is SQL over OLD and NEW, both tried."""
    either = ", ".join(version_id.format(row=row) for row in ("OLD", "NEW"))
    published = f"SELECT 1 FROM rubrics_rubricversion v WHERE v.id IN ({either}) AND v.status = 'published'"  # noqa: S608  # our own SQL
    return sealed_with(parents=published, why=PUBLISHED)


@keep_history()
class Rubric(models.Model):
    """What a seniority means, through all its versions. `written_for` lets a role's team write the first version."""

    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    written_for = models.ForeignKey(
        "rubrics.Role", on_delete=models.SET_NULL, null=True, blank=True, related_name="rubrics_written"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RubricQuerySet.as_manager()

    class Meta:
        ordering = ("title", "pk")
        triggers = (never_truncated(),)

    def __str__(self) -> str:
        return self.title


@keep_history()
class RubricVersion(models.Model):
    """One numbered state of a rubric. Its content never changes once published."""

    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus, default=VersionStatus.DRAFT)
    summary = models.TextField(blank=True)
    lowest = models.SmallIntegerField(default=1)
    highest = models.SmallIntegerField(default=5)
    evidence_from = models.SmallIntegerField(null=True, blank=True, default=4)
    weights_reason = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    pool_key = models.CharField(max_length=64, blank=True, db_index=True)
    equivalent_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="equivalents"
    )

    objects = RubricVersionQuerySet.as_manager()

    class Meta:
        ordering = ("rubric", "-number")
        constraints = (
            models.UniqueConstraint(fields=["rubric", "number"], name="version_number_unique"),
            models.UniqueConstraint(
                fields=["rubric"],
                condition=Q(status=VersionStatus.DRAFT),
                name="version_one_draft",
                violation_error_message="This rubric already has a draft; publish or discard it first.",
            ),
            models.CheckConstraint(
                condition=Q(lowest__lt=F("highest")),
                name="version_levels_ascend",
                violation_error_message="The highest level must be above the lowest.",
            ),
            models.CheckConstraint(
                condition=Q(evidence_from__isnull=True)
                | Q(evidence_from__gte=F("lowest"), evidence_from__lte=F("highest")),
                name="version_evidence_from_in_range",
                violation_error_message="Evidence must be asked for from one of the levels up.",
            ),
            models.CheckConstraint(
                condition=Q(status=VersionStatus.DRAFT)
                | Q(published_at__isnull=False, published_by__isnull=False) & ~Q(pool_key=""),
                name="version_published_by_somebody",
            ),
        )
        triggers = never_changes(
            why=PUBLISHED,
            once=pgtrigger.Q(old__status=VersionStatus.PUBLISHED),
            except_for=("pool_key", "equivalent_to"),
        )

    def __str__(self) -> str:
        return f"{self.rubric.title}, version {self.number}"

    @property
    def is_published(self) -> bool:
        return self.status == VersionStatus.PUBLISHED

    @property
    def level_values(self) -> range:
        return range(self.lowest, self.highest + 1)


@keep_history()
class Dimension(models.Model):
    """One thing that seniority consists of. `floor` is the level that must be reached, whatever the total."""

    version = models.ForeignKey(RubricVersion, on_delete=models.CASCADE, related_name="dimensions")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    strong = models.TextField(blank=True)
    weak = models.TextField(blank=True)
    weight = models.DecimalField(max_digits=6, decimal_places=3, default=1)
    floor = models.SmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("version", "position")
        constraints = (
            models.UniqueConstraint(fields=["version", "key"], name="dimension_key_unique"),
            models.UniqueConstraint(
                fields=["version", "position"], name="dimension_position_unique", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0),
                name="dimension_weight_not_negative",
                violation_error_message="A weight cannot be negative.",
            ),
        )
        triggers = sealed_when_published("{row}.version_id")

    def __str__(self) -> str:
        return self.name


@keep_history()
class Level(models.Model):
    """A level of a dimension with its behavioural anchor: what one would have to see."""

    dimension = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="levels")
    value = models.SmallIntegerField()
    name = models.CharField(max_length=60)
    anchor = models.TextField(blank=True)

    class Meta:
        ordering = ("dimension", "value")
        constraints = (models.UniqueConstraint(fields=["dimension", "value"], name="level_value_unique"),)
        triggers = sealed_when_published("(SELECT version_id FROM rubrics_dimension WHERE id = {row}.dimension_id)")

    def __str__(self) -> str:
        return f"{self.value} · {self.name}"
