from django.conf import settings
from django.db import models
from django.db.models import Q

from rubrics.enums import Duty, NameForm, RoleStatus, StageKind
from rubrics.models.rubrics import RubricVersion
from rubrics.models.thresholds import Thresholds, within_reason
from rubrics.querysets import RoleQuerySet
from screening.accounts.models import Client
from screening.accounts.protection import keep_history, never_truncated


@keep_history()
class Role(Thresholds):
    """A job that a client wants done, and what its candidates are measured by."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="roles")
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=120, unique=True)
    seniority = models.CharField(max_length=60, blank=True)
    openings = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=RoleStatus, default=RoleStatus.DRAFT)
    rubric_version = models.ForeignKey(
        RubricVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="roles"
    )
    panel_size = models.PositiveSmallIntegerField(default=3)
    bar = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    name_form = models.CharField(max_length=10, choices=NameForm, default=NameForm.FULL)
    cv_before_scoring = models.BooleanField(default=False)
    shuffle_dimensions = models.BooleanField(default=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="RoleMember", related_name="roles")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        triggers = (never_truncated(),)
        constraints = (
            models.CheckConstraint(
                condition=Q(openings__gte=1),
                name="role_has_an_opening",
                violation_error_message="A role needs at least one opening.",
            ),
            models.CheckConstraint(
                condition=Q(panel_size__gte=1),
                name="role_has_a_panel",
                violation_error_message="A panel needs at least one interviewer.",
            ),
            within_reason(),
        )
        indexes = (models.Index(fields=["-created_at", "-id"], name="role_newest"),)

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.status == RoleStatus.OPEN


@keep_history()
class RoleMember(models.Model):
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    duty = models.CharField(max_length=12, choices=Duty, default=Duty.INTERVIEWER)

    class Meta:
        ordering = ("role", "pk")
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(
                fields=["role", "user"],
                name="role_member_unique",
                violation_error_message="This person is already on the team.",
            ),
        )

    def __str__(self) -> str:
        return f"user {self.user_id} in role {self.role_id} ({self.duty})"


@keep_history()
class Stage(models.Model):
    """A column of a role's pipeline. `attention_days`: how long people may stay, where that differs from the role's."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="stages")
    kind = models.CharField(max_length=12, choices=StageKind)
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    attention_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("role", "position")
        triggers = (never_truncated(),)
        constraints = (
            models.CheckConstraint(
                condition=Q(attention_days__isnull=True) | Q(attention_days__lte=Thresholds.MOST["stage_days"]),
                name="stage_days_within_reason",
                violation_error_message="A stage's days are out of range.",
            ),
            models.UniqueConstraint(
                fields=["role", "name"],
                name="stage_name_unique",
                violation_error_message="This role already has a stage of that name.",
            ),
            models.UniqueConstraint(
                fields=["role", "position"], name="stage_position_unique", deferrable=models.Deferrable.DEFERRED
            ),
        )

    def __str__(self) -> str:
        return self.name
