from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from rubrics.forms.scopes import AnswerForm, ReturnForm, SendQuestionsForm
from rubrics.models import KickoffAnswer
from rubrics.permissions.roles import can_send_questions, was_asked
from rubrics.queries.roles import team_of
from rubrics.services.kickoffs import accept_answer, answer_question, return_answer, send_questions
from rubrics.views.role_page import UNPROCESSABLE, carry_out, role_or_404, show_role
from screening.accounts.http import AuthedRequest
from screening.accounts.permissions import allow


@require_POST
def kickoff_send(request: AuthedRequest, slug: str) -> HttpResponse:
    role = role_or_404(request, slug)
    allow(can_send_questions(request.user, role))
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
def kickoff_answer(request: AuthedRequest, pk: int) -> HttpResponse:
    kickoff = _kickoff_or_404(request, pk)
    allow(was_asked(request.user, kickoff))
    form = AnswerForm(request.POST, auto_id=f"id_answer_{pk}")
    bound = {f"answer_{pk}": form}
    if not form.is_valid():
        return show_role(request, kickoff.role, status=UNPROCESSABLE, **bound)
    answer = form.cleaned_data["answer"]
    return carry_out(
        request,
        kickoff.role,
        lambda: answer_question(kickoff=kickoff, answer=answer, by=request.user, now=timezone.now()),
        done="Your answer is sent.",
        **bound,
    )


@require_POST
def kickoff_accept(request: AuthedRequest, pk: int) -> HttpResponse:
    kickoff = _kickoff_or_404(request, pk)
    allow(can_send_questions(request.user, kickoff.role))
    return carry_out(
        request, kickoff.role, lambda: accept_answer(kickoff=kickoff), done="The answer now stands in the scope."
    )


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
        lambda: return_answer(kickoff=kickoff, comment=comment),
        done=f"{kickoff.asked_of.name} has it back with your comment.",
        **bound,
    )


def _kickoff_or_404(request: AuthedRequest, pk: int) -> KickoffAnswer:
    visible = KickoffAnswer.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("role__client", "role__rubric_version__rubric", "asked_of"), pk=pk)
