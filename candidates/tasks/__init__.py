"""Celery finds tasks in this package; each of its modules is imported here."""

from candidates.tasks import (
    bulk,
    candidate_imports,
    digests,
    documents,
    duplicates,
    erasures,
    exports,
    reminders,
    reports,
    scores,
)

__all__ = [
    "bulk",
    "candidate_imports",
    "digests",
    "documents",
    "duplicates",
    "erasures",
    "exports",
    "reminders",
    "reports",
    "scores",
]
