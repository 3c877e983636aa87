import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from rubrics.enums import GateName
from rubrics.models.roles import Role
from rubrics.querysets import GateOverrideQuerySet
from screening.accounts.protection import REFUSE, keep_history, never_changes


@keep_history()
class GateOverride(models.Model):
    """A gate opened on purpose: one person gives the reason, another approves it, and it stays on record.

    `subject` is the primary key of what stands before the gate: a role, an application or a shortlist, as `gate` says.
    It waives exactly the missing items whose codes it names.
    """

    gate = models.CharField(max_length=12, choices=GateName)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="overrides")
    subject = models.BigIntegerField()
    waives = ArrayField(models.CharField(max_length=80))
    missing = models.JSONField(default=list)
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    declined_at = models.DateTimeField(null=True, blank=True)

    objects = GateOverrideQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        indexes = (models.Index(fields=["gate", "subject"], name="override_of_subject"),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(approved_by=F("asked_by")),
                name="override_needs_second_person",
                violation_error_message="Somebody other than the person who asked has to approve.",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(declined_by__isnull=True), name="override_one_answer"
            ),
        )
        triggers = [
            *never_changes(
                why="an override stays on record",
                except_for=("approved_by", "approved_at", "declined_by", "declined_at"),
            ),
            pgtrigger.Trigger(
                name="answered_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__approved_by__isnull=False) | pgtrigger.Q(old__declined_by__isnull=False),
                func=REFUSE.format(why="an override is answered once") + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_gate_display()} ({self.subject})"

    @property
    def is_unanswered(self) -> bool:
        return self.approved_at is None and self.declined_at is None
