from django.db import models

from screening.accounts.models.users import User


class DigestDay(models.Model):
    """The last day, in their own time zone, whose morning mail somebody was considered for: sent or not needed."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="digest_day")
    day = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"user {self.user_id}: {self.day}"
