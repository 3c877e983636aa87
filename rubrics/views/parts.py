"""Writing a draft in place, part by part.

Every part has an address. Its page holds the form alone and works without scripts; with them the form appears where
the part stands, and what is saved is read from the version's page again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reselect, retarget

from rubrics.forms.parts import (
    AboutForm,
    AnchorForm,
    DimensionForm,
    NewDimensionForm,
    NewQuestionForm,
    PartForm,
    QuestionForm,
    ScaleForm,
    SignalsForm,
    WeightsForm,
)
from rubrics.models import Dimension, Question, RubricVersion
from rubrics.queries.parts import (
    Content,
    about_part,
    anchor_part,
    dimension_part,
    question_part,
    scale_part,
    signals_part,
)
from rubrics.queries.sheets import sheet_of
from rubrics.services.dimensions import (
    add_dimension,
    describe_dimension,
    move_dimension,
    remove_dimension,
    set_scale,
    write_anchor,
)
from rubrics.services.locks import PartChanged
from rubrics.services.questions import add_question, move_question, remove_question, write_question, write_signals
from rubrics.services.rubrics import describe_draft, set_weights
from rubrics.views.version_page import UNPROCESSABLE, draft_or_404
from screening.accounts.errors import Refused
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow

edits = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Part:
    """`place` is the id of its element; `follows` says what else of the page changes with it, as ids."""

    version: RubricVersion
    place: str
    title: str
    form: Callable[..., PartForm]
    save: Callable[[PartForm], Any]
    content: Content | None = None
    follows: str = ""
    whole: bool = False

    @property
    def back(self) -> str:
        return reverse("rubrics:version", args=[self.version.rubric.slug, self.version.number])

    @property
    def target(self) -> str:
        return "#studio" if self.whole else f"#{self.place}"

    @property
    def along(self) -> str:
        return ",".join(
            part for part in ("#gate:innerHTML", "#messages", self.follows, "#weights" if self.whole else "") if part
        )


def edit(request: AuthedRequest, part: Part) -> HttpResponse:
    """The form of a part; sent, it is saved, or comes back with everything typed."""
    if request.method != "POST":
        allow(not part.version.is_published)
        response = show_part(request, part, part.form(content=part.content, auto_id=f"{part.place}_%s"))
        return reselect(response, f"#{part.place}")
    form = part.form(request.POST, auto_id=f"{part.place}_%s")
    if not form.is_valid():
        return show_part(request, part, form, status=UNPROCESSABLE)
    try:
        place = part.save(form)
    except Refused as refusal:
        if isinstance(refusal, PartChanged):
            form.show_conflict(refusal.saved)
        form.add_error(None, refusal.message)
        return show_part(request, part, form, status=refusal.status)
    return back_to(request, part.version, place if isinstance(place, str) else part.place)


def show_part(request: AuthedRequest, part: Part, form: PartForm, *, status: int = 200) -> HttpResponse:
    response = render(request, "rubrics/rubrics/part.html", {"part": part, "form": form}, status=status)
    return reselect(retarget(response, f"#{part.place}"), f"#{part.place}") if status != 200 else response  # noqa: PLR2004  # all was well


def back_to(request: AuthedRequest, version: RubricVersion, place: str) -> HttpResponse:
    """The version's page where something was written; without scripts with a word that it was."""
    if not request.htmx:
        messages.success(request, "Saved.")
    address = reverse("rubrics:version", args=[version.rubric.slug, version.number])
    return redirect(f"{address}?at={place}#{place}")


@edits
def about(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    version = draft_or_404(request, slug, number)

    def save(form: PartForm) -> None:
        describe_draft(version=version, **form.content(), seen=form.cleaned_data["seen"])

    return edit(request, Part(version, "about", "This draft", AboutForm, save, about_part(version), whole=True))


@edits
def scale(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    version = draft_or_404(request, slug, number)

    def save(form: PartForm) -> None:
        drop = form.cleaned_data["drop"]
        set_scale(version=version, content=form.content(), drop=drop, seen=form.cleaned_data["seen"])

    form = partial(ScaleForm, version=version)
    return edit(request, Part(version, "scale", "Levels", form, save, scale_part(version), whole=True))


@edits
def dimension(request: AuthedRequest, slug: str, number: int, key: str) -> HttpResponse:
    version = draft_or_404(request, slug, number)
    one = _dimension(version, key)

    def save(form: PartForm) -> None:
        describe_dimension(version=version, key=key, content=form.content(), seen=form.cleaned_data["seen"])

    form = partial(DimensionForm, version=version)
    return edit(request, Part(version, f"dimension-{key}", one.name, form, save, dimension_part(one), whole=True))


@edits
def dimension_add(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    version = draft_or_404(request, slug, number)

    def save(form: PartForm) -> str:
        return f"dimension-{add_dimension(version=version, name=form.cleaned_data['name']).key}"

    return edit(request, Part(version, "new-dimension", "A new dimension", NewDimensionForm, save, {}, whole=True))


@edits
def anchor(request: AuthedRequest, slug: str, number: int, key: str, value: str) -> HttpResponse:
    version = draft_or_404(request, slug, number)
    one = _dimension(version, key)
    if value not in map(str, version.level_values):
        raise Http404
    level = int(value)

    def save(form: PartForm) -> None:
        seen = form.cleaned_data["seen"]
        write_anchor(version=version, key=key, value=level, content=form.content(), seen=seen)

    title = f"{one.name}, level {level}"
    return edit(request, Part(version, f"cell-{key}-{level}", title, AnchorForm, save, anchor_part(one, level)))


@edits
def question(request: AuthedRequest, slug: str, number: int, key: str) -> HttpResponse:
    version = draft_or_404(request, slug, number)
    one = _question(version, key)

    def save(form: PartForm) -> None:
        write_question(version=version, key=key, content=form.content(), seen=form.cleaned_data["seen"])

    form = partial(QuestionForm, dimensions=list(version.dimensions.all()))
    return edit(request, Part(version, f"question-{key}", "Question", form, save, question_part(one), whole=True))


@edits
def question_add(request: AuthedRequest, slug: str, number: int, key: str) -> HttpResponse:
    version = draft_or_404(request, slug, number)
    one = _dimension(version, key)

    def save(form: PartForm) -> str:
        made = add_question(version=version, prompt=form.cleaned_data["prompt"], dimension=key)
        return f"question-{made.key}"

    title = f"A new question about {one.name}"
    return edit(request, Part(version, f"new-question-{key}", title, NewQuestionForm, save, {}, whole=True))


@edits
def signals(request: AuthedRequest, slug: str, number: int, key: str, dimension: str) -> HttpResponse:
    version = draft_or_404(request, slug, number)
    asked, one = _question(version, key), _dimension(version, dimension)

    def save(form: PartForm) -> None:
        seen = form.cleaned_data["seen"]
        write_signals(version=version, key=key, dimension=dimension, content=form.content(), seen=seen)

    title = f"Signals of {one.name}"
    content = signals_part(asked, one)
    return edit(request, Part(version, f"signals-{key}-{dimension}", title, SignalsForm, save, content))


@edits
def weights(request: AuthedRequest, slug: str, number: int) -> HttpResponse:
    version = draft_or_404(request, slug, number)
    sheet = sheet_of(version)

    def save(form: PartForm) -> None:
        assert isinstance(form, WeightsForm)
        values = {"weights": form.weights(), "reason": form.cleaned_data["reason"], "seen": form.cleaned_data["seen"]}
        set_weights(version=version, **values)

    form = partial(WeightsForm, sheet=sheet)
    shares = ",".join(f"#share-{row.dimension.key}" for row in sheet.dimensions)
    return edit(request, Part(version, "weights", "Weights", form, save, follows=shares))


@require_POST
def dimension_move(request: AuthedRequest, slug: str, number: int, key: str) -> HttpResponse:
    past = request.POST.get("past", "")
    return _act(request, slug, number, f"dimension-{key}", partial(move_dimension, key=key, past=past))


@require_POST
def dimension_remove(request: AuthedRequest, slug: str, number: int, key: str) -> HttpResponse:
    return _act(request, slug, number, "new-dimension", partial(remove_dimension, key=key))


@require_POST
def question_move(request: AuthedRequest, slug: str, number: int, key: str) -> HttpResponse:
    past = request.POST.get("past", "")
    return _act(request, slug, number, f"question-{key}", partial(move_question, key=key, past=past))


@require_POST
def question_remove(request: AuthedRequest, slug: str, number: int, key: str) -> HttpResponse:
    return _act(request, slug, number, "questions", partial(remove_question, key=key))


def _act(request: AuthedRequest, slug: str, number: int, place: str, act: Callable[..., object]) -> HttpResponse:
    version = draft_or_404(request, slug, number)
    try:
        act(version=version)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("rubrics:version", slug, number)
    return back_to(request, version, place)


def _dimension(version: RubricVersion, key: str) -> Dimension:
    found: Dimension = get_object_or_404(version.dimensions, key=key)
    return found


def _question(version: RubricVersion, key: str) -> Question:
    found: Question = get_object_or_404(version.questions, key=key)
    return found
