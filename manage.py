#!/usr/bin/env python
import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from screening import embedded
from screening.celery import app as celery_app

__all__ = ["celery_app"]  # tasks are sent by name through the application that is loaded here


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "screening.settings")
    in_debug = os.environ.get("DEBUG", "").lower() in {"1", "true", "yes", "on"}
    if in_debug and not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        embedded.join(Path(__file__).resolve().parent)
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Not started: {error}")


if __name__ == "__main__":
    main()
