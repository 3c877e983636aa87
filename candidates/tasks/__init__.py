"""Celery finds tasks in this package; each of its modules is imported here."""

from candidates.tasks import documents, erasures, reminders, reports, scores

__all__ = ["documents", "erasures", "reminders", "reports", "scores"]
