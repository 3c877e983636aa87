from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from candidates.services.duplicates import FIND, find_duplicates, look_for_duplicates
from screening.jobs.services.running import work_on


@shared_task(name=FIND)
def find(*, job_id: str) -> None:
    with work_on(job_id) as job:
        if job is not None:
            found = find_duplicates(now=timezone.now())
            job.finish({"url": reverse("candidates:duplicates"), "label": f"The {found} likely pairs"})


@shared_task(name="candidates.look_for_duplicates")
def look() -> None:
    look_for_duplicates(by=None)
