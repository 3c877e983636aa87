import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from candidates.models.applications import Application
from candidates.models.scores import ScoreSnapshot
from candidates.models.shortlists import Shortlist, ShortlistEntry
from candidates.querysets.shortlist_versions import ShortlistVersionQuerySet
from screening.accounts.protection import keep_history, never_changes, sealed_with

PRESENTED = "a presented version never changes"


@keep_history()
class ShortlistVersion(models.Model):
    """Who stood on a shortlist, in which order: the next version while it is prepared, then as it was presented.

    A shortlist that was presented once has none; with the second version its first is written down too.
    """

    shortlist = models.ForeignKey(Shortlist, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    presented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    presented_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = ShortlistVersionQuerySet.as_manager()

    class Meta:
        ordering = ("shortlist", "number")
        constraints = (
            models.UniqueConstraint(fields=["shortlist", "number"], name="shortlist_version_number_unique"),
            models.UniqueConstraint(
                fields=["shortlist"],
                condition=Q(presented_at__isnull=True),
                name="shortlist_version_one_in_preparation",
            ),
            models.CheckConstraint(
                condition=Q(presented_at__isnull=True) | Q(presented_by__isnull=False),
                name="shortlist_version_presented_by_somebody",
            ),
        )
        triggers = never_changes(
            why=PRESENTED, once=pgtrigger.Q(old__presented_at__isnull=False), except_for=("superseded_at",)
        )

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def is_presented(self) -> bool:
        return self.presented_at is not None


@keep_history()
class VersionPlace(models.Model):
    """One person in a version; `entry` is missing while somebody new has not been presented yet."""

    version = models.ForeignKey(ShortlistVersion, on_delete=models.CASCADE, related_name="places")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="places")
    entry = models.ForeignKey(ShortlistEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="places")
    position = models.PositiveSmallIntegerField()
    why = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    snapshot = models.ForeignKey(ScoreSnapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="places")
    rests_on = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """Ids of the incidents the summary of somebody new rests on, until they are presented."""

    class Meta:
        ordering = ("version", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["version", "application"],
                name="version_place_once",
                violation_error_message="This person is already on the list.",
            ),
            models.UniqueConstraint(
                fields=["version", "position"],
                name="version_place_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
        )
        triggers = sealed_with(
            parents=(
                "SELECT 1 FROM candidates_shortlistversion v"
                " WHERE v.id IN (OLD.version_id, NEW.version_id) AND v.presented_at IS NOT NULL"
            ),
            why=PRESENTED,
        )

    def __str__(self) -> str:
        return f"place {self.position} of version {self.version_id}"

    @property
    def is_new(self) -> bool:
        return self.entry_id is None
