"""Celery finds tasks in this package; each of its modules is imported here."""

from candidates.tasks import documents, erasures, reports

__all__ = ["documents", "erasures", "reports"]
