from functools import cached_property
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from screening.accounts.enums import Part
from screening.accounts.models.clients import Client
from screening.accounts.protection import keep_history, never_truncated
from screening.accounts.querysets import STAFF, UserManager


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("“%(name)s” is not a time zone; use a name such as Europe/Berlin.", params={"name": name})


@keep_history(exclude=["password", "last_login"])
class User(AbstractBaseUser):  # type: ignore[django-manager-missing]  # of ApiToken, built at run time
    """Somebody who signs in, by e-mail, and plays exactly one part. `muted`: the notices they do not want by mail."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    part = models.CharField(max_length=20, choices=Part)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    single_key_shortcuts = models.BooleanField(default=True)
    muted = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "part"]

    class Meta:
        ordering = ("name", "pk")
        triggers = (never_truncated(),)
        constraints = (
            models.UniqueConstraint(
                Lower("email"), name="user_email_unique", violation_error_message="Somebody already uses this e-mail."
            ),
            models.CheckConstraint(
                condition=Q(part=Part.CLIENT_REVIEWER, client__isnull=False)
                | Q(part=Part.HIRING_MANAGER)
                | Q(part__in=STAFF, client__isnull=True),
                name="user_client_fits_part",
                violation_error_message=(
                    "A client reviewer needs a client; a recruiter or an administrator must not have one."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_administrator(self) -> bool:
        return self.part == Part.ADMINISTRATOR

    @property
    def is_recruiter(self) -> bool:
        return self.part == Part.RECRUITER

    @property
    def is_staff_of_firm(self) -> bool:
        """Recruiters and administrators: they see every role."""
        return self.part in STAFF

    @property
    def is_hiring_manager(self) -> bool:
        return self.part == Part.HIRING_MANAGER

    @property
    def is_client_reviewer(self) -> bool:
        return self.part == Part.CLIENT_REVIEWER

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
