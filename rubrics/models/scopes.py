from django.conf import settings
from django.db import models
from django.db.models import Q

from rubrics.enums import KickoffState
from rubrics.models.roles import Role
from rubrics.querysets import KickoffAnswerQuerySet
from screening.accounts.protection import keep_history, never_changes, never_truncated


@keep_history()
class Scope(models.Model):
    """The production problem the hire will own, in the client's and the firm's shared words."""

    role = models.OneToOneField(Role, on_delete=models.CASCADE, related_name="scope")
    problem = models.TextField("What will break, and who notices?", blank=True)
    systems_and_data = models.TextField("Which systems and data are in it?", blank=True)
    dependents = models.TextField("Who depends on it?", blank=True)
    decides_alone = models.TextField("What may they decide alone?", blank=True)
    success_after_90_days = models.TextField("How will you judge success after 90 days?", blank=True)
    overlap = models.TextField("Which working hours must overlap, and in which time zone?", blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    QUESTIONS = ("problem", "systems_and_data", "dependents", "decides_alone", "success_after_90_days", "overlap")

    class Meta:
        triggers = (never_truncated(),)

    def __str__(self) -> str:
        return f"Scope of {self.role}"

    @property
    def content(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.QUESTIONS}

    @classmethod
    def wording(cls, name: str) -> str:
        """The question as people read it."""
        return str(cls._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a field of this table


class ScopeApproval(models.Model):
    """The client's yes to exactly this scope, kept with its words."""

    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="scope_approvals")
    content = models.JSONField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approver_name = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    where_given = models.CharField(max_length=300, blank=True)
    approved_at = models.DateTimeField()

    class Meta:
        ordering = ("-approved_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(approved_by__isnull=False, recorded_by__isnull=True)
                | (Q(approved_by__isnull=True, recorded_by__isnull=False) & ~Q(where_given="")),
                name="scope_approved_or_recorded",
                violation_error_message="An approval recorded for the client needs where it was given.",
            ),
        )
        triggers = never_changes(why="an approval is kept as it was given")

    def __str__(self) -> str:
        return f"Scope of role {self.role_id} approved by {self.approver_name}"


@keep_history(exclude=["draft"])
class KickoffAnswer(models.Model):
    """A scope question sent to a manager, with the answer and what the recruiter made of it.

    `draft` is what the person asked has written and not sent; nobody else reads it.
    """

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="kickoff_answers")
    question = models.CharField(max_length=30, choices=[(name, name) for name in Scope.QUESTIONS])
    asked_of = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="kickoff_answers")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=KickoffState, default=KickoffState.SENT)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    draft = models.TextField(blank=True)
    comment = models.TextField(blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = KickoffAnswerQuerySet.as_manager()

    class Meta:
        ordering = ("role", "pk")
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(
                fields=["role", "question", "asked_of"],
                condition=Q(state__in=[KickoffState.SENT, KickoffState.RETURNED]),
                name="kickoff_asked_once",
                violation_error_message="This person has already been asked this question.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.question} of role {self.role_id}"

    @property
    def wording(self) -> str:
        return Scope.wording(self.question)
