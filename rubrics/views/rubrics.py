from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rubrics import spec
from rubrics.forms.rubrics import NewRubricForm, RubricFileForm
from rubrics.models import Role, Rubric
from rubrics.permissions.rubrics import can_load_rubric
from rubrics.queries.rubrics import rubrics_listed
from rubrics.queries.shipped import shipped_names, shipped_rubric, shipped_title
from rubrics.services.rubrics import load_rubric, start_rubric
from rubrics.views.role_page import UNPROCESSABLE
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_safe
def rubrics(request: AuthedRequest) -> HttpResponse:
    context = {"rubrics": rubrics_listed(request.user), "may_load": can_load_rubric(request.user)}
    return render(request, "rubrics/rubrics/rubrics.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rubric_load(request: AuthedRequest) -> HttpResponse:
    allow(can_load_rubric(request.user))
    form = RubricFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and form.spec:
        return _loaded(request, form.spec)
    present = set(Rubric.objects.values_list("slug", flat=True))
    context = {
        "form": form,
        "shipped": [(name, shipped_title(name)) for name in shipped_names() if name not in present],
    }
    return render(request, "rubrics/rubrics/load.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def rubric_new(request: AuthedRequest) -> HttpResponse:
    """A rubric of one's own, from an empty page or from what is there."""
    allow(can_load_rubric(request.user))
    initial = {"written_for": Role.objects.filter(slug=request.GET.get("role", "")).first()}
    form = NewRubricForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = start_rubric(
            title=form.cleaned_data["title"],
            by=request.user,
            begin_with=form.beginning(),
            written_for=form.cleaned_data["written_for"],
        )
        messages.success(request, "The draft is begun. Nothing counts before it is published.")
        return redirect("rubrics:version", made.rubric.slug, made.number)
    return render(request, "rubrics/rubrics/new.html", {"form": form}, status=UNPROCESSABLE if form.is_bound else 200)


@require_POST
def rubric_load_shipped(request: AuthedRequest, name: str) -> HttpResponse:
    allow(can_load_rubric(request.user) and name in shipped_names())
    return _loaded(request, shipped_rubric(name))


def _loaded(request: AuthedRequest, rubric: spec.RubricSpec) -> HttpResponse:
    version = load_rubric(spec=rubric, by=request.user)
    messages.success(request, f"“{rubric.title}” is loaded as the draft of version {version.number}.")
    return redirect("rubrics:version", rubric.slug, version.number)
