"""The life of a version: begun, compared, replaced by a file, published."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rubrics import spec
from rubrics.forms.rubrics import CompareForm, RubricFileForm
from rubrics.gates.rubrics import missing_to_publish
from rubrics.models import RubricVersion
from rubrics.permissions.roles import is_staff
from rubrics.permissions.rubrics import can_edit_version, can_publish, can_start_draft
from rubrics.queries.diffs import changes
from rubrics.queries.parts import whole_part
from rubrics.queries.rubrics import changes_since, predecessor_of, version_spec
from rubrics.queries.sheets import sheet_of
from rubrics.services.rubrics import declare_equivalent, publish_version, replace_draft, start_draft
from rubrics.services.scopes import fingerprint
from rubrics.views.version_page import UNPROCESSABLE, draft_or_404, show_version, version_or_404
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def version(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    return show_version(request, version_or_404(request, slug, number))


@require_safe
def version_samples(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    """The written answers of a version; what they are worth only for those who write rubrics."""
    version = version_or_404(request, slug, number)
    allow(not request.user.is_client_reviewer)
    context = {"version": version, "sheet": sheet_of(version), "shows_reference": is_staff(request.user)}
    return render(request, "rubrics/rubrics/samples_page.html", context)


@require_safe
def version_yaml(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    """The whole version as a file, reference levels of the samples included: for those who may write rubrics."""
    version = version_or_404(request, slug, number)
    allow(is_staff(request.user) or can_edit_version(request.user, version))
    response = HttpResponse(spec.write(version_spec(version)), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{number}.yaml"'
    return response


@require_POST
def version_upload(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    """A file first shows what it would change; confirmed, it replaces exactly the draft that was compared."""
    version = draft_or_404(request, slug, number)
    form = RubricFileForm(request.POST, request.FILES)
    if not form.is_valid() or form.spec is None:
        return show_version(request, version, status=UNPROCESSABLE, file_form=form)
    if "seen" not in request.POST:
        return _show_replacement(request, version, form.spec)
    try:
        replace_draft(version=version, spec=form.spec, seen=request.POST["seen"])
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _show_replacement(request, version, form.spec, status=refusal.status)
    messages.success(request, "The draft says what the file says.")
    return redirect("rubrics:version", slug, number)


def _show_replacement(
    request: AuthedRequest, version: RubricVersion, new: spec.RubricSpec, *, status: int = 200
) -> HttpResponse:
    context = {
        "version": version,
        "changes": changes(version_spec(version), new),
        "other": new.slug if new.slug != version.rubric.slug else "",
        "text": spec.write(new),
        "seen": fingerprint(whole_part(version)),
    }
    return render(request, "rubrics/rubrics/replace.html", context, status=status)


@require_POST
def version_equivalent(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    """Declare that only wording changes; without `equal`, take that back."""
    version = draft_or_404(request, slug, number)
    predecessor = predecessor_of(version) if request.POST.get("equal") else None
    done = "Declared equal in all but wording." if predecessor else "No longer declared equal."
    return _carry_out(request, version, lambda: declare_equivalent(version=version, predecessor=predecessor), done=done)


@require_http_methods(["GET", "HEAD", "POST"])
def version_publish(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    """What changes with this version, to read before it is closed for ever."""
    version = version_or_404(request, slug, number)
    allow(can_publish(request.user, version))
    if request.method != "POST":
        return _show_publishing(request, version)
    seen = request.POST.get("seen", "")
    try:
        publish_version(version=version, by=request.user, now=timezone.now(), seen=seen)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _show_publishing(request, version, status=refusal.status)
    messages.success(request, f"Version {number} is published. Its content never changes again.")
    return redirect("rubrics:version", slug, number)


def _show_publishing(request: AuthedRequest, version: RubricVersion, *, status: int = 200) -> HttpResponse:
    predecessor = predecessor_of(version)
    context = {
        "version": version,
        "predecessor": predecessor,
        "changes": changes_since(version, predecessor) if predecessor else [],
        "missing": missing_to_publish(version),
        "seen": fingerprint(whole_part(version)),
    }
    return render(request, "rubrics/rubrics/publish.html", context, status=status)


@require_POST
def version_draft(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    version = version_or_404(request, slug, number)
    allow(can_start_draft(request.user, version))
    try:
        draft = start_draft(version=version, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return show_version(request, version, status=UNPROCESSABLE)
    messages.success(request, f"Version {draft.number} is a draft with the content of version {number}.")
    return redirect("rubrics:version", slug, draft.number)


@require_safe
def version_changes(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    """Two versions side by side: this one and the one published before it, or whichever is chosen."""
    version = version_or_404(request, slug, number)
    others = RubricVersion.objects.visible_to(request.user).filter(rubric=version.rubric_id).exclude(pk=version.pk)
    allow(not request.user.is_client_reviewer)
    form = CompareForm(request.GET or None, others=others.select_related("rubric"))
    chosen = form.chosen() or predecessor_of(version)
    if chosen is None:
        raise Http404
    context = {
        "version": version,
        "predecessor": chosen,
        "changes": changes_since(version, chosen),
        "form": CompareForm(initial={"since": chosen.pk}, others=others),
    }
    return render(request, "rubrics/rubrics/changes.html", context)


def _carry_out(request: AuthedRequest, version: RubricVersion, act: Callable[[], object], *, done: str) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.message)
        return show_version(request, version, status=UNPROCESSABLE)
    messages.success(request, done)
    return redirect("rubrics:version", version.rubric.slug, version.number)
