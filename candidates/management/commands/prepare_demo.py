"""Everything `make demo` does before it serves, in one process because each start of Django costs a second."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from candidates.models import Candidate
from rubrics.models import Role
from screening.accounts.enums import Part
from screening.accounts.models import User


class Command(BaseCommand):
    help = "Migrates, collects static files, fills an empty database, and writes a log-in for each part."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", required=True, type=Path, help="where the log-ins are written, as JSON")

    def handle(self, **options: Any) -> None:
        password = os.environ["DEMO_PASSWORD"]
        call_command("migrate", interactive=False, verbosity=0)
        collect_static_files()
        if not (Role.objects.exists() or Candidate.objects.exists()):
            call_command("seed_demo", password=password)
        options["logins"].touch(mode=0o600)
        options["logins"].write_text(json.dumps(list(logins(password))))


def collect_static_files() -> None:
    """Only when a file may have changed: compressing takes longer than all the rest of a start."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    wanted = fingerprint()
    if not (stamp.is_file() and stamp.read_text() == wanted):
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(wanted)


def fingerprint() -> str:
    files = [path for path in settings.STATICFILES_DIRS[0].rglob("*") if path.is_file()]
    files += [
        settings.BASE_DIR / name
        for name in ("package-lock.json", "requirements/development.txt", "screening/settings.py")
    ]
    state = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(files)]
    return hashlib.sha256(repr(state).encode()).hexdigest()


def logins(password: str) -> list[dict[str, str]]:
    first = {part: User.objects.active().filter(part=part).order_by("pk").first() for part in Part}
    return [{"part": part.value, "email": user.email, "password": password} for part, user in first.items() if user]
