from django.apps import AppConfig
from django.db.models.signals import post_migrate

from screening.accounts.database import never_ignore_triggers


class AccountsConfig(AppConfig):
    name = "screening.accounts"
    label = "accounts"

    def ready(self) -> None:
        post_migrate.connect(never_ignore_triggers, sender=self)
