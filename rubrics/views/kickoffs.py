from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from rubrics.forms.scopes import AnswersForm, ReturnForm, SendQuestionsForm
from rubrics.gates.roles import scope_of
from rubrics.models import KickoffAnswer, Role
from rubrics.permissions.roles import can_answer_questions, can_send_questions
from rubrics.queries.kickoffs import kickoff_of
from rubrics.queries.roles import team_of
from rubrics.services.kickoffs import (
    accept_answer,
    accept_answers,
    answer_questions,
    remind_of_questions,
    return_answer,
    save_drafts,
    send_questions,
)
from rubrics.views.role_page import UNPROCESSABLE, carry_out, role_or_404, show_role
from screening.accounts.http import AuthedRequest
from screening.accounts.models import User
from screening.accounts.permissions import allow


@require_POST
def kickoff_send(request: AuthedRequest, slug: str) -> HttpResponse:
    role = _recruited_role(request, slug)
    form = SendQuestionsForm(request.POST, team=team_of(role))
    if not form.is_valid():
        return show_role(request, role, status=UNPROCESSABLE, send_form=form)
    to, questions = form.person(), form.cleaned_data["questions"]
    return carry_out(
        request,
        role,
        lambda: send_questions(role=role, questions=questions, to=to, by=request.user),
        done=f"{to.name} has the questions.",
        send_form=form,
    )


@require_POST
def kickoff_answers(request: AuthedRequest, slug: str) -> HttpResponse:
    """Keep what is written so far, also while it is being written; with `then=send`, send what has an answer."""
    role = role_or_404(request, slug)
    allow(can_answer_questions(request.user, role))
    form = AnswersForm(request.POST, waiting=kickoff_of(role, request.user, scope_of(role)).mine)
    if not form.is_valid():
        return show_role(request, role, status=UNPROCESSABLE, answers_form=form)
    texts, now = form.texts(), timezone.now()
    if request.POST.get("then") == "send":
        return carry_out(
            request,
            role,
            lambda: answer_questions(role=role, answers=texts, by=request.user, now=now),
            done="Sent. What you left empty stays open.",
            answers_form=form,
        )
    save_drafts(role=role, drafts=texts, by=request.user)
    if request.htmx:
        return render(request, "rubrics/roles/kept.html", {"now": now})
    messages.success(request, "Kept. Nobody else sees it until you send it.")
    return redirect("rubrics:role", role.slug)


@require_POST
def kickoff_remind(request: AuthedRequest, slug: str, pk: int) -> HttpResponse:
    role = _recruited_role(request, slug)
    asked = User.objects.filter(pk__in=role.kickoff_answers.values("asked_of"))
    to = get_object_or_404(asked, pk=pk)
    return carry_out(
        request,
        role,
        lambda: remind_of_questions(role=role, to=to, by=request.user, now=timezone.now()),
        done=f"{to.name} is reminded by e-mail.",
    )


@require_POST
def kickoff_accept(request: AuthedRequest, pk: int) -> HttpResponse:
    kickoff = _kickoff_or_404(request, pk)
    allow(can_send_questions(request.user, kickoff.role))
    return carry_out(
        request, kickoff.role, lambda: accept_answer(kickoff=kickoff), done="The answer now stands in the scope."
    )


@require_POST
def kickoff_accept_all(request: AuthedRequest, slug: str) -> HttpResponse:
    role = _recruited_role(request, slug)
    return carry_out(request, role, lambda: accept_answers(role=role), done="The answers now stand in the scope.")


@require_POST
def kickoff_return(request: AuthedRequest, pk: int) -> HttpResponse:
    kickoff = _kickoff_or_404(request, pk)
    allow(can_send_questions(request.user, kickoff.role))
    form = ReturnForm(request.POST, auto_id=f"id_return_{pk}")
    bound = {f"return_{pk}": form}
    if not form.is_valid():
        return show_role(request, kickoff.role, status=UNPROCESSABLE, **bound)
    comment = form.cleaned_data["comment"]
    return carry_out(
        request,
        kickoff.role,
        lambda: return_answer(kickoff=kickoff, comment=comment, now=timezone.now()),
        done=f"{kickoff.asked_of.name} has it back with your comment.",
        **bound,
    )


def _recruited_role(request: AuthedRequest, slug: str) -> Role:
    role = role_or_404(request, slug)
    allow(can_send_questions(request.user, role))
    return role


def _kickoff_or_404(request: AuthedRequest, pk: int) -> KickoffAnswer:
    visible = KickoffAnswer.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("role__client", "role__rubric_version__rubric", "asked_of"), pk=pk)
