from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.accounts.services.tokens import create_token


class Command(BaseCommand):
    help = "Create an API token for somebody and print it, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--days", type=int, default=90, help="how long it is valid (90)")
        parser.add_argument("--read-only", action="store_true", help="it may change nothing")
        parser.add_argument("--name", default="Command line", help="what it is for, as its owner's page shows it")

    def handle(self, *_args: Any, email: str, days: int, read_only: bool, name: str, **_options: Any) -> None:
        user = User.objects.active().filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody who may sign in has the address {email}.")
        try:
            new = create_token(user=user, name=name, valid_for=timedelta(days=days), read_only=read_only)
        except Refused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(new.key)
