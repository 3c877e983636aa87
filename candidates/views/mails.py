"""A letter to one candidate: begun from a template or not, looked at as it will leave, sent, and for a moment taken back."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates.forms.mails import MailForm, StartForm
from candidates.gates.mails import missing_to_write, reach_of
from candidates.models import Application, Candidate, CandidateMail
from candidates.permissions.candidates import can_edit_candidate
from candidates.permissions.mails import can_view_mail
from candidates.queries.mail_words import VARIABLES, filled, values_for
from candidates.queries.paging import number_in
from candidates.services.mails import letter_to, take_back_mail, write_mail
from candidates.views.answers import UNPROCESSABLE, status_of
from candidates.views.candidate_page import candidate_or_404
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow
from screening.jobs.enums import DeliveryState


@require_http_methods(["GET", "HEAD", "POST"])
def candidate_mail(request: AuthedRequest, pk: int) -> HttpResponse:
    candidate = candidate_or_404(request, pk)
    allow(can_edit_candidate(request.user, candidate))
    about = _applications(request, candidate)
    if request.method != "POST":
        return _write(request, candidate, _begun(request, candidate, about))
    form = MailForm(request.POST, applications=about)
    if not form.is_valid():
        return _write(request, candidate, form, status=UNPROCESSABLE)
    if "change" in request.POST:
        return _write(request, candidate, form)
    try:
        return _send(request, candidate, form) if "send" in request.POST else _look(request, candidate, form)
    except Refused as refused:
        form.add_error(None, refused.message)
        return _write(request, candidate, form, status=status_of(refused))


def _applications(request: AuthedRequest, candidate: Candidate) -> QuerySet[Application]:
    visible = Application.objects.visible_to(request.user).filter(candidate=candidate)
    return visible.select_related("role__client", "candidate").order_by("-created_at", "-pk")


def _begun(request: AuthedRequest, candidate: Candidate, about: QuerySet[Application]) -> MailForm:
    """From the template or the earlier letter of the address, filled in for the role of the address or the newest."""
    template = StartForm(request.GET).chosen()
    wanted = number_in(request.GET.get("about", ""))
    chosen = about.filter(pk=wanted).first() if wanted else None
    application = chosen or about.first()
    initial: dict[str, Any] = {"application": application, "template": template}
    if template is not None:
        values = values_for(candidate, application, request.user)
        initial |= {"subject": filled(template.subject, values), "text": filled(template.text, values)}
    before = CandidateMail.objects.filter(candidate=candidate, pk=number_in(request.GET.get("again", "")) or 0)
    for earlier in before.select_related("delivery"):
        initial |= {"subject": earlier.delivery.subject, "text": earlier.delivery.text.strip()}
        initial["application"] = about.filter(pk=earlier.application_id or 0).first()
    return MailForm(initial=initial, applications=about)


def _write(request: AuthedRequest, candidate: Candidate, form: MailForm, *, status: int = 200) -> HttpResponse:
    context = {
        "candidate": candidate,
        "form": form,
        "start": StartForm(request.GET or None),
        "missing": missing_to_write(reach_of(candidate, by=request.user, now=timezone.now())),
        "variables": VARIABLES,
    }
    return render(request, "candidates/mails/write.html", context, status=status)


def _look(request: AuthedRequest, candidate: Candidate, form: MailForm) -> HttpResponse:
    """The words as they are, which are then what is sent, whatever changes meanwhile."""
    application = form.cleaned_data["application"]
    letter = letter_to(candidate=candidate, application=application, words=form.words, by=request.user)
    exactly = request.POST.copy()
    exactly["subject"], exactly["text"] = letter.subject, letter.text
    missing = missing_to_write(reach_of(candidate, by=request.user, now=timezone.now()))
    hidden = MailForm(exactly, applications=_applications(request, candidate))
    context = {"candidate": candidate, "form": hidden, "letter": letter, "missing": missing}
    return render(request, "candidates/mails/preview.html", context)


def _send(request: AuthedRequest, candidate: Candidate, form: MailForm) -> HttpResponse:
    mail = write_mail(
        candidate=candidate,
        application=form.cleaned_data["application"],
        words=form.words,
        key=str(form.cleaned_data["key"]),
        by=request.user,
        now=timezone.now(),
    )
    undo = reverse("candidates:mail_take_back", args=[mail.pk])
    messages.success(request, f"The letter to {candidate.name} leaves in a moment.", extra_tags=f"undo {undo}")
    return redirect("candidates:candidate", candidate.pk)


def _mail_or_404(request: AuthedRequest, pk: int) -> CandidateMail:
    visible = CandidateMail.objects.visible_to(request.user)
    mail = get_object_or_404(
        visible.select_related("candidate", "delivery", "by", "template", "application__role"), pk=pk
    )
    allow(can_view_mail(request.user, mail))
    return mail


@require_safe
def mail(request: AuthedRequest, pk: int) -> HttpResponse:
    found = _mail_or_404(request, pk)
    waits = found.delivery.state == DeliveryState.DUE and not found.delivery.attempts
    return render(request, "candidates/mails/mail.html", {"mail": found, "delivery": found.delivery, "waits": waits})


@require_POST
def mail_take_back(request: AuthedRequest, pk: int) -> HttpResponse:
    found = _mail_or_404(request, pk)
    allow(can_edit_candidate(request.user, found.candidate))
    try:
        take_back_mail(mail=found)
        messages.success(request, "The letter stays here.")
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("candidates:candidate", found.candidate_id)
