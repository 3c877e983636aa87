"""The first person of a new installation; everybody else comes by invitation."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from screening.accounts.enums import Part
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.accounts.services.users import create_user


class Command(BaseCommand):
    help = "Create an administrator. Asks for the password; without a terminal it is read from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--time-zone", default="UTC")

    def handle(self, *_args: Any, email: str, name: str, time_zone: str, **_options: Any) -> None:
        password = self.ask() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_password(password, User(email=email, name=name))
            user = create_user(email=email, name=name, part=Part.ADMINISTRATOR, password=password, time_zone=time_zone)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Refused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(f"{user.name} can sign in as {user.email}.")

    def ask(self) -> str:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Password again: "):
            raise CommandError("These are two different passwords.")
        return password
