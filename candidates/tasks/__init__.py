"""Celery finds tasks in this package; each of its modules is imported here."""

from candidates.tasks import candidate_imports, documents, erasures, exports, reminders, reports, scores

__all__ = ["candidate_imports", "documents", "erasures", "exports", "reminders", "reports", "scores"]
