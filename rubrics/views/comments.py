"""What the authors of a draft say to each other about it."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from rubrics.enums import CommentAbout
from rubrics.forms.parts import CommentForm, PartForm
from rubrics.models import RubricVersion
from rubrics.queries.studio import Thread
from rubrics.services.comments import comment_on_draft, resolve_comments
from rubrics.views.parts import Part, back_to, edit, edits
from rubrics.views.version_page import draft_or_404
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@edits
def comment_add(request: AuthedRequest, slug: str, number: int, about: str, key: str = "") -> HttpResponse:
    version = draft_or_404(request, slug, number)
    subject = _about(about, key)

    def save(form: PartForm) -> None:
        text = form.cleaned_data["text"]
        comment_on_draft(version=version, about=subject, key=key, text=text, by=request.user, now=timezone.now())

    return edit(request, Part(version, Thread(about, key).place, "Comment", CommentForm, save, {}))


@require_POST
def comments_resolve(request: AuthedRequest, slug: str, number: int, about: str, key: str = "") -> HttpResponse:
    version: RubricVersion = draft_or_404(request, slug, number)
    allow(not version.is_published)
    resolve_comments(version=version, about=_about(about, key), key=key, by=request.user, now=timezone.now())
    return back_to(request, version, Thread(about, key).place)


def _about(about: str, key: str) -> CommentAbout:
    """What a thread is about; all of the draft has no key, everything else has one."""
    allow(about in CommentAbout.values and (about == CommentAbout.DRAFT) == (key == ""))
    return CommentAbout(about)
