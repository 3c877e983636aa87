from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from candidates.enums import BulkOutcome
from candidates.models import BulkAction
from candidates.services.bulk import BULK, next_chunk
from screening.jobs.services.running import work_on


@shared_task(name=BULK)
def bulk(*, job_id: str) -> None:
    with work_on(job_id) as job:
        if job is None:
            return
        planned = BulkAction.objects.select_related("role", "to_stage", "by", "template")
        action = planned.filter(pk=job.params["bulk"]).first()
        if action is None:
            return
        left = BulkOutcome.DONE if action.undo_asked_at else BulkOutcome.WAITING
        total = action.items.filter(outcome=left).count()
        done = 0
        job.report(done, total)
        while chunk := next_chunk(action=action, now=timezone.now()):
            done += chunk
            job.report(done, total)
        job.finish({"url": reverse("candidates:bulk", args=[action.pk]), "label": "What became of it"})
