from django.db import models
from django.db.models import Q

from rubrics.models.roles import Role
from screening.accounts.protection import keep_history, never_truncated


@keep_history()
class PlannedInterview(models.Model):
    """How many interviewers a role plans for one kit; by the kit's key, so that it outlasts a change of version."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="planned_interviews")
    kit_key = models.SlugField(max_length=60)
    interviewers = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("role", "pk")
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(fields=["role", "kit_key"], name="planned_interview_unique"),
            models.CheckConstraint(condition=Q(interviewers__lte=20), name="planned_interviewers_few"),
        )

    def __str__(self) -> str:
        return f"{self.interviewers} for {self.kit_key} of role {self.role_id}"
