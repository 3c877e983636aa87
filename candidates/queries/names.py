"""How a person is called, depending on who reads, and where they are."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from candidates.models import Application, Document, ShortlistEntry
from rubrics.enums import NameForm
from screening.accounts.models import User

EXTENSIONS = {"application/pdf": "pdf"}


def name_for(user: User, application: Application) -> str:
    """Staff read the full name, a hiring manager the form the role chose, a client the form its shortlist chose.

    Needs `candidate` and `role` loaded; for a client also `listings`.
    """
    if user.is_staff_of_firm:
        return application.candidate.name
    if user.is_client_reviewer:
        forms = {entry.shortlist.name_form for entry in application.entries.all() if entry.shortlist.is_with_client}
        return application.candidate.name_in(NameForm.FULL if forms == {NameForm.FULL} else NameForm.INITIALS)
    return application.candidate.name_in(application.role.name_form)


def listings(application: str = "") -> Prefetch[Any]:
    """The shortlists of which one chose in which form a client reads a name, in one statement; `application` is the path to it."""
    path = f"{application}__entries" if application else "entries"
    return Prefetch(path, ShortlistEntry.objects.select_related("shortlist"))


def file_name_for(user: User, document: Document) -> str:
    """Under which a file is handed out: outside the firm as what it is, since uploads are called by who they are about."""
    if user.is_staff_of_firm:
        return document.name
    return f"{document.kind}-{document.pk}.{EXTENSIONS.get(document.content_type, 'docx')}"


def zone_words(time_zone: str, at: datetime) -> str:
    """Bangkok's clock as somebody elsewhere reckons with it: GMT+7."""
    if not time_zone:
        return ""
    offset = at.astimezone(ZoneInfo(time_zone)).utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"GMT{sign}{hours}" + (f":{rest:02}" if rest else "")
