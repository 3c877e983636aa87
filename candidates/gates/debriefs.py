from candidates.models import Application, Scorecard
from rubrics.gates.base import Missing


def missing_to_meet(application: Application) -> list[Missing]:
    """A debrief is held, and comes to an outcome, once nobody on the panel is still to judge on their own."""
    of_it = Scorecard.objects.filter(interview__application=application)
    waited_for = dict.fromkeys(of_it.owed().order_by("interviewer__name").values_list("interviewer__name", flat=True))
    return [*awaited_missing(waited_for), *nobody_missing(anybody=of_it.submitted().exists())]


def awaited_missing(names: dict[str, None]) -> list[Missing]:
    return [Missing("awaited", f"{name} has not sealed their scorecard.") for name in names]


def nobody_missing(*, anybody: bool) -> list[Missing]:
    return [] if anybody else [Missing("nobody", "No scorecard has been sealed.")]
