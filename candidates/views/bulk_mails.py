"""A letter to many: written once, looked at for one person after the other, then started as anything done to many."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from candidates.forms.mails import BulkMailForm, StartForm
from candidates.gates.bulk import preview_of, reachable
from candidates.models import BulkAction
from candidates.queries.mail_words import VARIABLES
from candidates.queries.paging import number_in
from candidates.services.bulk import keep_words
from candidates.services.mails import Words, letter_to
from candidates.views.answers import UNPROCESSABLE, status_of
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest

Context = dict[str, Any]


def show_letter(
    request: AuthedRequest, action: BulkAction, context: Context, *, refused: str = "", status: int = 200
) -> HttpResponse:
    """The words, or how they read to one of the people; `refused` says why it did not begin."""
    context |= {"refused": refused, "preview": preview_of(action, now=timezone.now())}
    if not action.text or request.GET.get("view") == "write":
        return _write(request, context, _begun(request, action), status=status)
    return _show_one(request, action, context, status=status)


def _begun(request: AuthedRequest, action: BulkAction) -> BulkMailForm:
    template = StartForm(request.GET).chosen()
    begun = template or action
    initial = {"subject": begun.subject, "text": begun.text, "template": template or action.template_id}
    return BulkMailForm(initial=initial)


def _write(request: AuthedRequest, context: Context, form: BulkMailForm, *, status: int = 200) -> HttpResponse:
    more = {
        "form": form,
        "start": StartForm(request.GET or None),
        "variables": VARIABLES,
        "keep": {"view": "write", "next": context["back"]},
    }
    return render(request, "candidates/bulk/write.html", context | more, status=status)


def _show_one(request: AuthedRequest, action: BulkAction, context: Context, *, status: int) -> HttpResponse:
    preview = context["preview"]
    number = min(max(number_in(request.GET.get("person", "")) or 1, 1), max(preview.doing, 1))
    application = reachable(action, now=timezone.now())[number - 1 : number].first()
    words = Words(action.subject, action.text, action.template)
    letter = application and letter_to(
        candidate=application.candidate, application=application, words=words, by=request.user
    )
    more = {
        "number": number,
        "letter": letter,
        "to": application and application.candidate,
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if number < preview.doing else None,
    }
    return render(request, "candidates/bulk/letter.html", context | more, status=status)


def keep(request: AuthedRequest, action: BulkAction, context: Context) -> HttpResponse:
    context["preview"] = preview_of(action, now=timezone.now())
    form = BulkMailForm(request.POST)
    if not form.is_valid():
        return _write(request, context, form, status=UNPROCESSABLE)
    try:
        keep_words(action=action, words=form.words, by=request.user)
    except Refused as refused:
        form.add_error(None, refused.message)
        return _write(request, context, form, status=status_of(refused))
    return redirect(context["url"])
