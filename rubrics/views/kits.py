"""The kits of a draft: which interview asks which questions, and what that covers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from rubrics.forms.kits import ASKED, NAME, KitsForm, NewKitForm
from rubrics.models import RubricVersion
from rubrics.queries.kits import division_of, kits_part
from rubrics.queries.sheets import sheet_of
from rubrics.services.kits import add_kit, move_in_kit, remove_kit, write_kits
from rubrics.services.locks import PartChanged
from rubrics.services.scopes import fingerprint
from rubrics.views.version_page import UNPROCESSABLE, draft_or_404
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_http_methods(["GET", "HEAD", "POST"])
def kits(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    version = draft_or_404(request, slug, number)
    if request.method != "POST":
        allow(not version.is_published)
        return _show(request, version)
    form = _form(version, request.POST)
    if not form.is_valid():
        return _show(request, version, form=form, status=UNPROCESSABLE)
    try:
        write_kits(version=version, content=form.content(), seen=form.cleaned_data["seen"])
    except Refused as refusal:
        if isinstance(refusal, PartChanged):
            form.data = {**request.POST.dict(), **_asked(request), "seen": fingerprint(refusal.saved)}
        form.add_error(None, refusal.message)
        return _show(request, version, form=form, status=refusal.status)
    messages.success(request, "The kits are saved.")
    return redirect("rubrics:kits", slug, number)


@require_POST
def kits_preview(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    """What the questions ticked so far would cover, not saved."""
    version = draft_or_404(request, slug, number)
    sheet = sheet_of(version)
    form = _form(version, request.POST)
    context = {"division": division_of(sheet, form.chosen()), "unsaved": True}
    return render(request, "rubrics/kits/covered.html", context)


@require_POST
def kit_add(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    version = draft_or_404(request, slug, number)
    form = NewKitForm(request.POST)
    if not form.is_valid():
        return _show(request, version, new_form=form, status=UNPROCESSABLE)
    name = form.cleaned_data["name"]
    return _carry_out(request, version, lambda: add_kit(version=version, name=name), done=f"“{name}” is added.")


@require_POST
def kit_remove(request: AuthedRequest, slug: str, number: int, key: str) -> HttpResponse:
    version = draft_or_404(request, slug, number)
    return _carry_out(request, version, lambda: remove_kit(version=version, kit=key), done="The kit is removed.")


@require_POST
def kit_move(request: AuthedRequest, slug: str, number: int, key: str) -> HttpResponse:
    version = draft_or_404(request, slug, number)
    question, past = request.POST.get("question", ""), request.POST.get("past", "")
    return _carry_out(
        request,
        version,
        lambda: move_in_kit(version=version, kit=key, question=question, past=past),
        done="The order is saved.",
    )


def _form(version: RubricVersion, *data: Any) -> KitsForm:
    questions = list(version.questions.order_by("position").values_list("key", flat=True))
    return KitsForm(*data, content=kits_part(version), questions=questions)


def _asked(request: AuthedRequest) -> dict[str, Any]:
    """Every set of ticks that was sent, whole."""
    return {name: request.POST.getlist(name) for name in request.POST if name.startswith(ASKED)}


def _carry_out(request: AuthedRequest, version: RubricVersion, act: Callable[[], object], *, done: str) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _show(request, version, status=refusal.status)
    messages.success(request, done)
    return redirect("rubrics:kits", version.rubric.slug, version.number)


def _show(
    request: AuthedRequest,
    version: RubricVersion,
    *,
    form: KitsForm | None = None,
    new_form: NewKitForm | None = None,
    status: int = 200,
) -> HttpResponse:
    sheet = sheet_of(version)
    form = form or _form(version)
    saved = division_of(sheet)
    context = {
        "version": version,
        "form": form,
        "names": [(shown, form[NAME + shown.kit.key]) for shown in saved.kits if NAME + shown.kit.key in form.fields],
        "saved": saved,
        "division": division_of(sheet, form.chosen()) if form.is_bound else saved,
        "orders": [(shown, _neighbours(shown.questions)) for shown in saved.kits],
        "new_form": new_form or NewKitForm(),
    }
    return render(request, "rubrics/kits/kits.html", context, status=status)


def _neighbours(questions: list[Any]) -> list[tuple[Any, Any, Any]]:
    """Each question with the one before and the one after it, to be moved past."""
    return list(zip(questions, [None, *questions], [*questions[1:], None], strict=False))
