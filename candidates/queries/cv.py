"""A CV's text for somebody who is about to judge: without ways to reach the person, without years."""

import re

from django.db.models import BigIntegerField, DateTimeField, Value

from candidates.enums import DocumentKind
from candidates.models import Application, Document
from candidates.querysets.candidates import came_with

NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|twenty|several|many"
REMOVED = (
    ("[e-mail]", re.compile(r"[\w.+%-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)),
    ("[link]", re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)),
    (
        "[link]",
        re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|ai|me|co|app|in|de|uk|th)(?:/\S*)?\b", re.IGNORECASE),
    ),
    ("[years]", re.compile(rf"\b(?:\d{{1,2}}|{NUMBERS})\s?\+?[\s-]+(?:years?|yrs?)\b(?!\s+ago)", re.IGNORECASE)),
)
PHONE = re.compile(r"(?<![\w-])(?:\+|00|\()?\d(?:[\s().\-/]{0,2}\d){7,14}(?!\w)")
DATES = re.compile(r"(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?\s*[-–/]\s*(?:(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?)")
PREVIEW, MARGIN = 6000, 500
"""Characters shown; the margin is read too, so that nothing is cut in the middle of what has to go."""


def redacted(text: str) -> str:
    """Addresses, numbers, links and years of experience become words in brackets; spans of dates stay."""
    for word, pattern in REMOVED:
        text = pattern.sub(word, text)
    return PHONE.sub(_unless_dates, text)


def _unless_dates(found: re.Match[str]) -> str:
    return found.group() if DATES.fullmatch(found.group().strip()) else "[phone]"


def cv_preview(application: Application) -> str:
    """The newest CV that came with an application as redacted text, or nothing."""
    file = application.moved_from
    theirs = came_with(
        Value(application.moved_from_id, output_field=BigIntegerField()),
        Value(file.merged_at if file else None, output_field=DateTimeField()),
    )
    newest = Document.objects.filter(theirs, candidate=application.candidate_id, kind=DocumentKind.CV).exclude(text="")
    text = newest.order_by("-uploaded_at").values_list("text", flat=True).first()
    return redacted(text[: PREVIEW + MARGIN])[:PREVIEW] if text else ""
