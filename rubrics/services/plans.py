from collections.abc import Mapping

from django.db import transaction

from rubrics.models import PlannedInterview, Role
from screening.accounts.errors import Refused

MOST_INTERVIEWERS = 20


@transaction.atomic
def plan_interviews(*, role: Role, interviewers: Mapping[str, int]) -> list[PlannedInterview]:
    """How many interviewers each candidate of a role meets with each kit, by its key."""
    Role.objects.select_for_update(of=("self",)).get(pk=role.pk)
    if not all(0 <= number <= MOST_INTERVIEWERS for number in interviewers.values()):
        raise Refused(f"Plan from 0 to {MOST_INTERVIEWERS} interviewers for a kit.")
    return [
        PlannedInterview.objects.update_or_create(role=role, kit_key=key, defaults={"interviewers": number})[0]
        for key, number in interviewers.items()
    ]
