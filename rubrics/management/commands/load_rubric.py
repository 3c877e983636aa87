from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from rubrics import spec
from rubrics.gates.base import GateRefused
from rubrics.queries.shipped import shipped_names, shipped_text
from rubrics.services.rubrics import load_rubric, publish_version
from screening.accounts.enums import Part
from screening.accounts.models import User


class Command(BaseCommand):
    help = "Load a rubric from a YAML file, or one that comes with the program, as a draft."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rubric", help=f"a YAML file, or one of: {', '.join(shipped_names())}")
        parser.add_argument("--publish", action="store_true", help="publish it at once")
        parser.add_argument("--by", metavar="EMAIL", help="in whose name; otherwise the first administrator")

    def handle(self, *_args: Any, **options: Any) -> None:
        rubric = self._read(options["rubric"])
        by = self._who(options["by"])
        version = load_rubric(spec=rubric, by=by)
        if options["publish"]:
            if by is None:
                raise CommandError("Publishing needs somebody to have published it: create an administrator first.")
            try:
                publish_version(version=version, by=by, now=timezone.now())
            except GateRefused as refusal:
                raise CommandError("\n".join(item.text for item in refusal.missing)) from refusal
        state = "published" if options["publish"] else "a draft"
        self.stdout.write(f"{rubric.title}, version {version.number}: {state}.")

    def _read(self, named: str) -> spec.RubricSpec:
        try:
            text = shipped_text(named) if named in shipped_names() else Path(named).read_bytes()
            return spec.read(text)
        except OSError as error:
            raise CommandError(f"{named} can’t be read: {error.strerror}.") from error
        except spec.RubricError as error:
            raise CommandError(str(error)) from error

    def _who(self, email: str | None) -> User | None:
        users = User.objects.active().order_by("pk")
        wanted = users.filter(part=Part.ADMINISTRATOR) if email is None else users.filter(email=email.lower())
        person: User | None = wanted.first()
        if email is not None and (person is None or not person.is_staff_of_firm):
            raise CommandError(f"{email} is not a recruiter or an administrator here.")
        return person
