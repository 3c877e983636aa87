import rules

from screening.accounts.models import User
from screening.accounts.permissions import is_administrator
from screening.jobs.models import Delivery, Job


@rules.predicate
def asked_for(user: User, job: Job) -> bool:
    return job.created_by_id == user.pk


@rules.predicate
def can_view_delivery(user: User, delivery: Delivery) -> bool:  # noqa: ARG001  # the same for all of them
    return user.is_administrator


can_view_job = is_administrator | asked_for
can_cancel_job = can_view_job
can_read_outbox = is_administrator
