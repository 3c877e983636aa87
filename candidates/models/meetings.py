import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from candidates.enums import MeetingState
from candidates.models.shortlists import ShortlistEntry
from candidates.querysets.meetings import MeetingQuerySet
from screening.accounts.models.users import validate_time_zone
from screening.accounts.protection import keep_history, never_changes

MOST_OFFERED = 5
MAY_CHANGE = (
    "state",
    "reason",
    "starts_at",
    "ends_at",
    "place",
    "sequence",
    "candidate_sequence",
    "changed_at",
    "changed_by",
)


@keep_history(exclude=["calendar_uid"])
class Meeting(models.Model):
    """A reviewer at the client asks to meet somebody on a shortlist and offers times; a recruiter arranges it.

    What was asked stays as it was asked. `changed_by` is empty where nobody did it: what can no longer take place is
    called off by itself. `calendar_uid`, `sequence` and `candidate_sequence` are those of an interview.
    """

    entry = models.ForeignKey(ShortlistEntry, on_delete=models.PROTECT, related_name="meetings")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="meetings")
    asked_at = models.DateTimeField()
    offered = ArrayField(models.DateTimeField(), size=MOST_OFFERED)
    minutes = models.PositiveSmallIntegerField()
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.ASKED)
    reason = models.CharField(max_length=500, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=300, blank=True)
    calendar_uid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    candidate_sequence = models.PositiveIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ("asked_at", "pk")
        triggers = never_changes(why="what was asked for stays; ask again", except_for=MAY_CHANGE)
        indexes = (models.Index(fields=["state", "starts_at"], name="meeting_by_state"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(offered__len__gte=1) & Q(offered__len__lte=MOST_OFFERED),
                name="meeting_offers_times",
                violation_error_message="Offer one to five times.",
            ),
            models.CheckConstraint(
                condition=Q(state=MeetingState.CANCELLED)
                | Q(state__in=[MeetingState.ASKED, MeetingState.DECLINED], starts_at=None, ends_at=None)
                | Q(state__in=[MeetingState.ARRANGED, MeetingState.HELD], starts_at__lt=F("ends_at")),
                name="meeting_has_its_time",
                violation_error_message="A meeting must end after it starts.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[MeetingState.DECLINED, MeetingState.CANCELLED]) | ~Q(reason=""),
                name="meeting_ends_with_reason",
                violation_error_message="Say why.",
            ),
            models.UniqueConstraint(
                fields=["entry", "asked_by"],
                condition=Q(state__in=[MeetingState.ASKED, MeetingState.ARRANGED]),
                name="meeting_one_open",
                violation_error_message="You have asked for this already.",
            ),
        )

    def __str__(self) -> str:
        return f"meeting {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in {MeetingState.ASKED, MeetingState.ARRANGED}

    @property
    def is_arranged(self) -> bool:
        return self.state == MeetingState.ARRANGED

    @property
    def was_told_candidate(self) -> bool:
        return self.candidate_sequence is not None

    @property
    def candidate_is_told(self) -> bool:
        """The candidate's calendar says what ours says."""
        return self.candidate_sequence == self.sequence
