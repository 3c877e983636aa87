"""What interviewers talk about afterwards: a question that waits for an answer, a thread that is settled, an outcome."""

from datetime import datetime, timedelta

from candidates.demo.world import World
from candidates.enums import DebriefResult
from candidates.gates.debriefs import missing_to_meet
from candidates.models import Application, Scorecard
from candidates.services.debriefs import answer_question, ask_question, note_outcome, resolve_question
from rubrics.enums import StageKind
from rubrics.models import Dimension

OPEN = "You heard that the alert was theirs. I heard that the platform team had set it up. What did they say exactly?"
SETTLED = "What would have made this a four for you?"
ANSWER = "A date, and one thing they decided themselves. They told it well, but as what the team did."
NOTE = "We agree on ownership. Observability rests on one incident, heard by one of us."
ASKED = 50
"""Of how many it is asked whether they may be debriefed; two are needed."""
NEXT = "Ask about thresholds once more, with the production kit."


def hold_debriefs(*, world: World, now: datetime) -> None:
    people = Application.objects.in_stage(StageKind.SCORED, StageKind.INTERVIEWING).filter(role=world.roles[0])
    ready = [one for one in people.order_by("pk")[:ASKED] if len(_cards(one)) > 1 and not missing_to_meet(one)]
    if not ready:
        return
    asked, concluded = ready[0], ready[-1]
    first, second = _cards(asked)[:2]
    ask_question(
        scorecard=first, text=OPEN, by=second.interviewer, now=now - timedelta(hours=3), dimension=_covered(first)
    )
    first, second = _cards(concluded)[:2]
    earlier = now - timedelta(hours=26)
    question = ask_question(
        scorecard=first, text=SETTLED, by=second.interviewer, now=earlier, dimension=_covered(first)
    )
    answer_question(question=question, text=ANSWER, by=first.interviewer, now=earlier + timedelta(hours=1))
    resolve_question(question=question, by=second.interviewer, now=earlier + timedelta(hours=2))
    note_outcome(
        application=concluded,
        result=DebriefResult.MORE_EVIDENCE,
        note=NOTE,
        next_steps=NEXT,
        by=world.recruiters[0],
        now=earlier + timedelta(hours=2),
        seen=None,
    )


def _cards(application: Application) -> list[Scorecard]:
    """The first of each interviewer, who is another person each time."""
    cards = Scorecard.objects.submitted().filter(interview__application=application, amends=None).order_by("pk")
    found = cards.select_related("interviewer", "interview__application__role")
    return list({card.interviewer_id: card for card in found}.values())


def _covered(card: Scorecard) -> Dimension:
    rating = card.ratings.select_related("dimension").order_by("dimension__position")[0]
    return rating.dimension
