import uuid

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from candidates.enums import Absent, InterviewState
from candidates.models.applications import Application
from candidates.querysets.interviews import InterviewQuerySet
from rubrics.models import Kit
from screening.accounts.models.users import validate_time_zone
from screening.accounts.protection import keep_history, never_truncated


@keep_history(exclude=["calendar_uid"])
class Interview(models.Model):
    """A conversation with a candidate along a kit. Its panel are the people who hold a scorecard of it.

    `calendar_uid` is what calendars know it by, `sequence` counts what they had to be told again, and
    `candidate_sequence` is the state of it that the candidate was last sent, if any. `planned_at`: when its time was
    last set.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="interviews")
    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="interviews")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    place = models.CharField(max_length=300, blank=True)
    brief = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=InterviewState, default=InterviewState.SCHEDULED)
    state_reason = models.CharField(max_length=500, blank=True)
    absent = models.CharField(max_length=10, choices=Absent, blank=True)
    imported = models.BooleanField(default=False)
    calendar_uid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    candidate_sequence = models.PositiveIntegerField(null=True, blank=True)
    planned_at = models.DateTimeField(default=timezone.now)
    panel = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="Scorecard",
        through_fields=("interview", "interviewer"),
        related_name="panels",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "pk")
        triggers = (never_truncated(),)
        constraints = (
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")),
                name="interview_ends_after_start",
                violation_error_message="An interview must end after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(absent="") | Q(state=InterviewState.NO_SHOW), name="interview_absent_only_at_no_show"
            ),
        )
        indexes = (
            models.Index(fields=["application", "starts_at"], include=["id", "state"], name="interview_of_application"),
            models.Index(fields=["ends_at"], condition=Q(state=InterviewState.SCHEDULED), name="interview_unmarked"),
            models.Index(fields=["starts_at", "id"], name="interview_by_time"),
            models.Index(fields=["ends_at"], name="interview_by_end"),
        )

    def __str__(self) -> str:
        return f"interview {self.pk}"

    @property
    def takes_place(self) -> bool:
        return self.state in {InterviewState.SCHEDULED, InterviewState.HELD}

    @property
    def candidate_is_told(self) -> bool:
        """The candidate's calendar says what ours says."""
        return self.candidate_sequence == self.sequence
