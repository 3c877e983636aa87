"""Words kept for many letters to candidates."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates.forms.mails import TemplateForm
from candidates.models import MailTemplate
from candidates.permissions.mails import can_write_templates
from candidates.queries.mail_words import EXAMPLE, VARIABLES, filled, values_of_sender
from candidates.services.mail_templates import archive_template, must_be_known, restore_template, save_template
from candidates.services.mails import Written
from candidates.views.answers import UNPROCESSABLE, status_of
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def mail_templates(request: AuthedRequest) -> HttpResponse:
    allow(can_write_templates(request.user))
    visible = list(MailTemplate.objects.visible_to(request.user).select_related("written_by"))
    context = {
        "offered": [one for one in visible if not one.archived_at],
        "archived": [one for one in visible if one.archived_at],
    }
    return render(request, "candidates/mail_templates/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def mail_template_new(request: AuthedRequest) -> HttpResponse:
    allow(can_write_templates(request.user))
    return _write(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def mail_template(request: AuthedRequest, pk: int) -> HttpResponse:
    return _write(request, _template_or_404(request, pk))


def _template_or_404(request: AuthedRequest, pk: int) -> MailTemplate:
    allow(can_write_templates(request.user))
    return get_object_or_404(MailTemplate.objects.visible_to(request.user).select_related("written_by"), pk=pk)


def _write(request: AuthedRequest, template: MailTemplate | None) -> HttpResponse:
    """Show it; show how a letter would read; or save it."""
    if request.method != "POST":
        return _show(request, template, TemplateForm(initial=_initial(template)))
    form = TemplateForm(request.POST)
    if not form.is_valid():
        return _show(request, template, form, status=UNPROCESSABLE)
    try:
        if "preview" in request.POST:
            return _show(request, template, form, example=_example(request, form))
        saved = save_template(
            template=template, words=form.words, seen=form.cleaned_data["seen"], by=request.user, now=timezone.now()
        )
    except Refused as refused:
        form.add_error(None, refused.message)
        return _show(request, template, form, status=status_of(refused))
    messages.success(request, f"“{saved.name}” is saved.")
    return redirect("candidates:mail_templates")


def _initial(template: MailTemplate | None) -> dict[str, str]:
    if template is None:
        return {}
    seen = template.saved_at.isoformat()
    return {"name": template.name, "subject": template.subject, "text": template.text, "seen": seen}


def _example(request: AuthedRequest, form: TemplateForm) -> Written:
    words, values = form.words, EXAMPLE | values_of_sender(request.user)
    must_be_known(words.subject, words.text)
    return Written(filled(words.subject, values), filled(words.text, values))


def _show(
    request: AuthedRequest,
    template: MailTemplate | None,
    form: TemplateForm,
    *,
    example: Written | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"template": template, "form": form, "example": example, "variables": VARIABLES}
    return render(request, "candidates/mail_templates/template.html", context, status=status)


@require_POST
def mail_template_archive(request: AuthedRequest, pk: int) -> HttpResponse:
    template = archive_template(template=_template_or_404(request, pk), now=timezone.now())
    messages.success(request, f"“{template.name}” is no longer offered.")
    return redirect("candidates:mail_templates")


@require_POST
def mail_template_restore(request: AuthedRequest, pk: int) -> HttpResponse:
    template = _template_or_404(request, pk)
    try:
        restore_template(template=template)
        messages.success(request, f"“{template.name}” is offered again.")
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("candidates:mail_templates")
