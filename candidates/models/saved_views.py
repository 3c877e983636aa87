from django.conf import settings
from django.db import models
from django.db.models import Q

from candidates.querysets.saved_views import SavedViewQuerySet
from rubrics.models import Role
from screening.accounts.protection import keep_history, never_truncated

LONGEST_QUERY = 500


@keep_history()
class SavedView(models.Model):
    """A filter somebody gave a name: of one role's pipeline, or without a role, of all candidates.

    `query` is what stands in the address, without words one searched for: these may be a person's name.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_views")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    shared = models.BooleanField(default=False)
    default = models.BooleanField(default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        triggers = (never_truncated(),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""), name="saved_view_has_name", violation_error_message="Give the view a name."
            ),
            models.UniqueConstraint(
                fields=["owner", "role", "name"],
                nulls_distinct=False,
                name="saved_view_once_by_name",
                violation_error_message="You have a view of this name here already.",
            ),
            models.UniqueConstraint(
                fields=["owner", "role"],
                condition=Q(default=True),
                nulls_distinct=False,
                name="saved_view_one_default",
                violation_error_message="Only one view opens by itself.",
            ),
        )

    def __str__(self) -> str:
        return self.name
