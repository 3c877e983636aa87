from datetime import datetime

from django.db import transaction

from candidates.enums import Citation, Outcome
from candidates.gates.shortlists import missing_to_decide
from candidates.models import Application, Decision, Shortlist, ShortlistEntry
from candidates.queries.decisions import newest_decision
from candidates.services.applications import enter_stage
from candidates.services.scores import snapshot_score
from candidates.services.shortlists import close_when_all_decided
from rubrics.enums import StageKind
from rubrics.gates.base import pass_gate
from screening.accounts.errors import Refused
from screening.accounts.models import User


@transaction.atomic
def decide(
    *,
    entry: ShortlistEntry,
    outcome: Outcome,
    why: str,
    by: User,
    now: datetime,
    where_given: str = "",
    decider_name: str = "",
) -> Decision:
    """Decide on a shortlisted person, as the client, or record for the client what was said and where.

    Raises GateRefused with what is missing, or Refused without a reason or without where it was given.
    """
    entry.shortlist = Shortlist.objects.select_for_update(of=("self",)).get(pk=entry.shortlist_id)
    pass_gate(missing_to_decide(entry, now=now))
    if not why.strip():
        raise Refused("Say why. A decision needs a reason.")
    for_client = not by.is_client_reviewer
    if for_client and not (where_given.strip() and decider_name.strip()):
        raise Refused("Say who at the client decided, and where they told you.")
    decision = Decision.objects.create(
        entry=entry,
        outcome=outcome,
        why=why.strip(),
        decided_by=None if for_client else by,
        decider_name=decider_name.strip() if for_client else by.name,
        recorded_by=by if for_client else None,
        where_given=where_given.strip() if for_client else "",
        snapshot=snapshot_score(application=entry.application, cited_by=Citation.DECISION, now=now),
        decided_at=now,
    )
    kind = StageKind.OFFER if outcome == Outcome.HIRE else StageKind.REJECTED
    enter_stage(application=entry.application, kind=kind, by=by, now=now, reason=why.strip()[:500])
    close_when_all_decided(entry.shortlist, now=now)
    return decision


def newest_decision_locked(entry: ShortlistEntry) -> Decision | None:
    """The one that counts, on whichever shortlist it was taken; what follows it waits for one another."""
    Application.objects.select_for_update(of=("self",)).get(pk=entry.application_id)
    return newest_decision(entry)
