"""After how long something of a role needs attention."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from candidates.models import Scorecard
from candidates.services.reminders import HOUR
from rubrics.models import Role
from rubrics.models.thresholds import Thresholds
from screening.accounts.errors import Refused
from screening.accounts.models import User


@transaction.atomic
def change_thresholds(
    *, role: Role, numbers: Mapping[str, int], stage_days: Mapping[int, int | None], by: User
) -> Role:
    """`numbers` by name (`Thresholds.MOST`), `stage_days` by id of the stages that have days of their own, or no more.

    What is owed already becomes due by as many hours earlier or later. Raises Refused for a number out of range.
    """
    if not by.is_staff_of_firm:
        raise Refused("Only a recruiter or an administrator can change this.")
    locked = Role.objects.select_for_update(of=("self",)).get(pk=role.pk)
    hours = locked.scorecard_hours
    for name in Thresholds.MOST:
        setattr(locked, name, numbers.get(name, getattr(locked, name)))
    _refuse_out_of_range(locked, stage_days)
    locked.save(update_fields=list(Thresholds.MOST))
    _change_stages(locked, stage_days)
    later = (locked.scorecard_hours - hours) * HOUR
    if later:
        owed = Scorecard.objects.owed().filter(interview__application__role=locked, due_at__isnull=False)
        owed.update(due_at=F("due_at") + later)
    return locked


def _refuse_out_of_range(role: Role, stage_days: Mapping[int, int | None]) -> None:
    try:
        role.clean_fields(exclude=[field.name for field in role._meta.fields if field.name not in Thresholds.MOST])
        role.validate_constraints()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    if any(days is not None and not 0 <= days <= Thresholds.MOST["stage_days"] for days in stage_days.values()):
        raise Refused("A stage's days are out of range.")


def _change_stages(role: Role, stage_days: Mapping[int, int | None]) -> None:
    for stage in role.stages.filter(pk__in=stage_days):
        if stage.attention_days != stage_days[stage.pk]:
            stage.attention_days = stage_days[stage.pk]
            stage.save(update_fields=["attention_days"])
