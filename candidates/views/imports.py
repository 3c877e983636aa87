from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from candidates.forms.imports import ImportScorecardsForm
from candidates.services.imports import Imported, import_scorecards
from candidates.services.sheets import BadRow, BadRows
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow, is_staff_of_firm


@require_http_methods(["GET", "HEAD", "POST"])
def scorecards(request: AuthedRequest, slug: str) -> HttpResponse:
    """Import scorecards given elsewhere into a role."""
    role = get_object_or_404(Role.objects.select_related("client", "rubric_version"), slug=slug)
    allow(is_staff_of_firm(request.user))
    form = ImportScorecardsForm(request.POST or None, request.FILES or None)
    bad: list[BadRow] = []
    if request.method == "POST" and form.is_valid():
        try:
            result = import_scorecards(
                role=role,
                content=form.cleaned_data["file"].read(),
                by=request.user,
                now=timezone.now(),
                skip_bad=form.cleaned_data["skip_bad"],
            )
        except BadRows as refusal:
            bad = refusal.rows
            form.add_error("file", "Nothing was imported. Mend the rows below, or leave them out.")
        except Refused as refusal:
            form.add_error("file", refusal.message)
        else:
            messages.success(request, _words(result))
            return redirect("candidates:comparison", role.slug)
    dimensions = role.rubric_version.dimensions.all() if role.rubric_version else []
    context = {"role": role, "form": form, "bad": bad, "dimensions": dimensions}
    return render(request, "candidates/imports/scorecards.html", context, status=422 if form.errors else 200)


def _words(result: Imported) -> str:
    left_out = f" {len(result.bad)} bad rows were left out." if result.bad else ""
    return (
        f"{result.scorecards} scorecards imported, {result.unchanged} were there already.{left_out} "
        "Scores follow in a few seconds."
    )
