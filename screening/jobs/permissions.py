import rules

from screening.accounts.models import User
from screening.accounts.permissions import can_read_history_of_people, is_administrator
from screening.jobs.enums import TO_CANDIDATES
from screening.jobs.models import Delivery, Job


@rules.predicate
def asked_for(user: User, job: Job) -> bool:
    return job.created_by_id == user.pk


@rules.predicate
def can_view_delivery(user: User, delivery: Delivery) -> bool:
    """A letter to a candidate carries contact data; it is closed while one may not read about people."""
    to_candidate = delivery.event.startswith(TO_CANDIDATES)
    return user.is_administrator and (not to_candidate or can_read_history_of_people(user))


can_view_job = is_administrator | asked_for
can_cancel_job = can_view_job
can_read_outbox = is_administrator
