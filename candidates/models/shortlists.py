from django.conf import settings
from django.db import models
from django.db.models import Q

from candidates.enums import ShortlistState, ShowPanel
from candidates.models.applications import Application
from candidates.models.scorecards import Evidence
from candidates.models.scores import ScoreSnapshot
from candidates.querysets.shortlists import ShortlistEntryQuerySet, ShortlistQuerySet
from rubrics.enums import NameForm
from rubrics.models import Role, RubricVersion
from screening.accounts.protection import keep_history, never_truncated


@keep_history()
class Shortlist(models.Model):
    """The people of a role we put before the client, in an order, with reasons."""

    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="shortlists")
    number = models.PositiveIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    """The one that is presented, or will be first."""
    state = models.CharField(max_length=10, choices=ShortlistState, default=ShortlistState.DRAFT)
    name_form = models.CharField(max_length=10, choices=NameForm, default=NameForm.FULL)
    show_cv = models.BooleanField(default=False)
    show_panel = models.CharField(max_length=10, choices=ShowPanel, default=ShowPanel.AFTER)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    presented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    presented_at = models.DateTimeField(null=True, blank=True)
    rubric_version = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The one it was presented by: whoever evaluates goes on with it, though the role may move to another."""
    closed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    objects = ShortlistQuerySet.as_manager()

    class Meta:
        ordering = ("role", "-number")
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(fields=["role", "number"], name="shortlist_number_unique"),
            models.CheckConstraint(
                condition=~Q(state__in=[ShortlistState.PRESENTED, ShortlistState.DECIDED])
                | Q(presented_at__isnull=False, presented_by__isnull=False),
                name="shortlist_presented_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"Shortlist {self.number}"

    @property
    def measured_by(self) -> RubricVersion | None:
        return self.rubric_version or self.role.rubric_version

    @property
    def is_draft(self) -> bool:
        return self.state == ShortlistState.DRAFT

    @property
    def is_with_client(self) -> bool:
        return self.state in {ShortlistState.PRESENTED, ShortlistState.DECIDED}


@keep_history()
class ShortlistEntry(models.Model):
    shortlist = models.ForeignKey(Shortlist, on_delete=models.PROTECT, related_name="entries")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveSmallIntegerField()
    why = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    snapshot = models.ForeignKey(ScoreSnapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    joined_in = models.PositiveSmallIntegerField(default=1)
    left_in = models.PositiveSmallIntegerField(null=True, blank=True)
    """The versions that first held them, and that first did without them."""

    objects = ShortlistEntryQuerySet.as_manager()

    class Meta:
        ordering = ("shortlist", "position")
        verbose_name_plural = "shortlist entries"
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(
                fields=["shortlist", "application"],
                name="entry_once",
                violation_error_message="This person is already on the shortlist.",
            ),
            models.UniqueConstraint(
                fields=["shortlist", "position"], name="entry_position_unique", deferrable=models.Deferrable.DEFERRED
            ),
        )

    def __str__(self) -> str:
        return f"entry {self.pk}"


@keep_history()
class EntryClaim(models.Model):
    """An incident of a submitted scorecard that the summary of an entry rests on."""

    entry = models.ForeignKey(ShortlistEntry, on_delete=models.CASCADE, related_name="claims")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("entry", "pk")
        triggers = (never_truncated(),)
        constraints = (models.UniqueConstraint(fields=["entry", "evidence"], name="entry_claim_once"),)

    def __str__(self) -> str:
        return f"entry {self.entry_id} rests on evidence {self.evidence_id}"


@keep_history()
class ShortlistReviewer(models.Model):
    """A client reviewer asked to evaluate a shortlist; `must` have evaluated before anybody decides, unless released."""

    shortlist = models.ForeignKey(Shortlist, on_delete=models.CASCADE, related_name="reviewers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shortlists_to_review")
    must = models.BooleanField(default=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("shortlist", "pk")
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(
                fields=["shortlist", "user"],
                name="shortlist_reviewer_once",
                violation_error_message="This person is already asked to evaluate.",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | (Q(released_by__isnull=False) & ~Q(release_reason="")),
                name="reviewer_released_with_reason",
                violation_error_message="Releasing a reviewer needs a reason.",
            ),
        )

    def __str__(self) -> str:
        return f"user {self.user_id} reviews shortlist {self.shortlist_id}"

    @property
    def is_awaited(self) -> bool:
        return self.must and self.released_at is None
