"""The applications of one person, as their page tells of them, in one statement."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, QuerySet

from candidates.models import Application, Candidate
from candidates.querysets.parts import Parts
from candidates.querysets.seal import opinions_open, rows_for
from screening.accounts.models import User

TOLD = Parts(
    Application,
    {
        "": (
            "id",
            "candidate_id",
            "merged_into_id",
            "role_id",
            "stage_id",
            "stage_since",
            "source",
            "source_detail",
            "owner_id",
        ),
        "role": ("id", "client_id", "title", "slug", "status", "name_form"),
        "role__client": ("id", "name"),
        "stage": ("id", "kind", "name"),
        "owner": ("id", "name"),
        "score": ("application_id", "reasons", "below_floor"),
    },
)


def standings_of(user: User, candidate: Candidate) -> list[tuple[Application, bool]]:
    """Newest first, with those set aside, and of each whether this user may read opinions on it; within `closed_once`.

    Loaded of each: what the page and the gate of its next step ask.
    """
    rows = rows_for(user, _told, candidate.pk, by_key=True)
    return [(_of(candidate, row), row[-1]) for row in rows]


def _told(user: User, person: int) -> QuerySet[Application, Any]:
    theirs = Application.objects.filter(candidate=person)
    aside = theirs.opinions_visible_to(user).filter(merged_into__isnull=False)
    may_read = ExpressionWrapper(opinions_open(user, ""), output_field=BooleanField())
    return (theirs.visible_to(user) | aside).order_by("-created_at", "-pk").values_list(*TOLD.lookups, may_read)


def _of(candidate: Candidate, row: Sequence[Any]) -> Application:
    application = TOLD.whole(row)
    application.candidate = candidate
    return application
