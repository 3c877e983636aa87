from celery import shared_task
from django.db import transaction
from django.utils import timezone

from candidates.services.scores import score_pool
from screening.jobs.services.running import work_on


@shared_task(name="candidates.score_pool")
def score_pool_task(*, job_id: str) -> None:
    with work_on(job_id) as job:
        if job is None:
            return
        with transaction.atomic():
            runs = score_pool(pool_key=job.params["pool_key"], now=timezone.now())
            job.finish({"runs": [run.pk for run in runs]})
