from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from candidates.services.imports import import_scorecards
from candidates.services.sheets import BadRows
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.accounts.querysets import STAFF


class Command(BaseCommand):
    help = "Imports scorecards from a CSV file: columns candidate, rater, then one per dimension (key or name)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", required=True, metavar="SLUG", help="the role, by the name in its address")
        parser.add_argument("--file", required=True, type=Path, help="a CSV file in UTF-8")
        parser.add_argument("--skip-bad", action="store_true", help="leave bad rows out instead of importing nothing")
        parser.add_argument(
            "--by", metavar="EMAIL", help="in whose name; otherwise the first administrator or recruiter"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        role = Role.objects.filter(slug=options["role"]).first()
        if role is None:
            raise CommandError(f"--role: there is no role “{options['role']}”.")
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"--file: {options['file']} can’t be read: {error.strerror}.") from error
        try:
            result = import_scorecards(
                role=role,
                content=content,
                by=self._who(options["by"]),
                now=timezone.now(),
                skip_bad=options["skip_bad"],
            )
        except BadRows as refusal:
            raise CommandError("Nothing was imported.\n" + "\n".join(str(row) for row in refusal.rows)) from refusal
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        for row in result.bad:
            self.stderr.write(f"left out: {row}")
        self.stdout.write(
            f"{result.scorecards} scorecards, {result.candidates} new candidates, {result.raters} new raters; "
            f"{result.unchanged} rows were there already."
        )

    def _who(self, email: str | None) -> User:
        staff = User.objects.active().filter(part__in=STAFF).order_by("pk")
        person: User | None = (staff.filter(email=email.lower()) if email else staff).first()
        if person is None:
            raise CommandError("--by: nobody of that e-mail; it takes a recruiter or an administrator.")
        return person
