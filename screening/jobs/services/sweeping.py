"""What a lost message left behind: the rows are read again and their tasks sent again."""

from datetime import datetime, timedelta

from screening.jobs.models import Delivery, Job
from screening.jobs.services.waking import send

GRACE = timedelta(seconds=10)  # what has only just become due has its own message under way
AT_ONCE = 500


def sweep(*, now: datetime) -> int:
    """Wakes what is due, oldest first. Twice is harmless: whoever comes second finds nothing to do."""
    jobs = Job.objects.due(now - GRACE).order_by("due_at").values_list("task", "pk")[:AT_ONCE]
    deliveries = Delivery.objects.due(now - GRACE).order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]
    sent = [send(task, job_id=str(pk)) for task, pk in jobs]
    sent += [send("jobs.deliver", delivery_id=pk) for pk in deliveries]
    return sum(sent)
