from datetime import datetime

from django.db import transaction

from rubrics.enums import CommentAbout
from rubrics.models import DraftComment, RubricVersion
from rubrics.services.locks import lock_draft
from screening.accounts.errors import Refused
from screening.accounts.models import User


@transaction.atomic
def comment_on_draft(
    *, version: RubricVersion, about: CommentAbout, key: str, text: str, by: User, now: datetime
) -> DraftComment:
    """Say something of a draft, of one dimension or question of it, or of all. Raises Refused."""
    draft = lock_draft(version)
    if not text.strip():
        raise Refused("Write what you want to say.")
    if about == CommentAbout.DRAFT:
        key = ""
    elif not (draft.dimensions if about == CommentAbout.DIMENSION else draft.questions).filter(key=key).exists():
        raise Refused("What you write about is no longer in the draft: somebody removed it meanwhile.")
    return DraftComment.objects.create(version=draft, about=about, key=key, text=text, author=by, written_at=now)


@transaction.atomic
def resolve_comments(*, version: RubricVersion, about: CommentAbout, key: str, by: User, now: datetime) -> int:
    """Everything said so far of one thing is settled; how many comments that were. A later one opens it again."""
    draft = lock_draft(version)
    open_ones = draft.comments.filter(about=about, key=key, resolved_at=None)
    return open_ones.update(resolved_by=by, resolved_at=now)
