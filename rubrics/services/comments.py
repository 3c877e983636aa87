from datetime import datetime

from django.db import transaction
from django.db.models import Q

from rubrics.enums import CommentAbout, Duty
from rubrics.models import DraftComment, RubricVersion
from rubrics.permissions.rubrics import can_discuss_version
from rubrics.services.locks import lock_draft
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.deliveries import queue_mail


@transaction.atomic
def comment_on_draft(
    *, version: RubricVersion, about: CommentAbout, key: str, text: str, by: User, now: datetime
) -> DraftComment:
    """Say something of a draft, of one dimension or question of it, or of all; those who work on it are told. Raises Refused."""
    draft = lock_draft(version)
    if not text.strip():
        raise Refused("Write what you want to say.")
    if about == CommentAbout.DRAFT:
        key = ""
    elif not (draft.dimensions if about == CommentAbout.DIMENSION else draft.questions).filter(key=key).exists():
        raise Refused("What you write about is no longer in the draft: somebody removed it meanwhile.")
    comment = DraftComment.objects.create(version=draft, about=about, key=key, text=text, author=by, written_at=now)
    for person in _others(draft, by):
        queue_mail(
            event="rubric.comment",
            to=person,
            subject=f"{by.name} wrote about the draft of {draft.rubric.title}",
            template="draft_comment",
            context={"comment": comment, "version": draft, "person": person, "by": by},
        )
    return comment


def _others(draft: RubricVersion, by: User) -> list[User]:
    """Who works on a draft: began it, spoke of it, or leads the role it is written for; as long as they may read it."""
    people = User.objects.filter(
        Q(pk=draft.created_by_id)
        | Q(pk__in=draft.comments.values("author"))
        | Q(memberships__role__rubrics_written=draft.rubric_id, memberships__duty=Duty.LEAD)
    )
    found = people.filter(is_active=True).exclude(pk=by.pk).distinct().order_by("pk")
    return [one for one in found if can_discuss_version(one, draft)]


@transaction.atomic
def resolve_comments(*, version: RubricVersion, about: CommentAbout, key: str, by: User, now: datetime) -> int:
    """Everything said so far of one thing is settled; how many comments that were. A later one opens it again."""
    draft = lock_draft(version)
    open_ones = draft.comments.filter(about=about, key=key, resolved_at=None)
    return open_ones.update(resolved_by=by, resolved_at=now)
