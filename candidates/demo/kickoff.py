"""How roles began: the kick-off of the one that is still a draft, and whom the others plan for which interview."""

from datetime import datetime, timedelta

from candidates.demo.world import World
from rubrics.enums import Duty
from rubrics.models import KickoffAnswer, Scope
from rubrics.services.kickoffs import answer_questions, return_answer, save_drafts, send_questions
from rubrics.services.plans import plan_interviews
from rubrics.services.roles import add_member

ANSWERS = {
    "systems_and_data": "The pricing service, the tariff tables of eleven carriers, and the nightly cost feed from finance.",
    "dependents": "Sales, mostly.",
}
DRAFTS = {
    "dependents": "Sales in four countries quotes from it every day; finance closes the month on it.",
    "decides_alone": "Rollbacks and thresholds.",
}


PLANS = (
    {"phone-screen": 1, "production": 1, "architecture": 1, "full": 0},
    {"phone-screen": 0, "production": 2, "architecture": 0, "full": 1},
)
"""The second covers communication and mentoring by one interviewer each, which the role warns of."""


def plan_roles(*, world: World) -> None:
    for role, plan in zip(world.roles, PLANS, strict=False):
        plan_interviews(role=role, interviewers=plan)


def hold_kickoff(*, world: World, now: datetime) -> None:
    manager, recruiter, role = world.managers[0], world.recruiters[1], world.draft
    add_member(role=role, user=manager, duty=Duty.LEAD)
    sent = send_questions(role=role, questions=Scope.QUESTIONS[1:], to=manager, by=recruiter)
    KickoffAnswer.objects.filter(pk__in=[one.pk for one in sent]).update(asked_at=now - timedelta(days=4))
    answer_questions(role=role, answers=ANSWERS, by=manager, now=now - timedelta(days=2))
    vague = KickoffAnswer.objects.get(role=role, question="dependents")
    return_answer(
        kickoff=vague, comment="Who exactly, and what do they do when prices are late?", now=now - timedelta(days=1)
    )
    save_drafts(role=role, drafts=DRAFTS, by=manager)
