from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from candidates.services import exports
from screening.jobs.services.running import work_on


@shared_task(name=exports.BUILD)
def build_export(*, job_id: str) -> None:
    with work_on(job_id) as job:
        if job is not None:
            export = job.params["export"]
            exports.build_export(export_id=export, wanted=job.params["wanted"], now=timezone.now(), report=job.report)
            job.finish({"url": reverse("candidates:export_file", args=[export]), "label": "Download the file"})


@shared_task(name=exports.FORGET)
def forget_export(*, job_id: str) -> None:
    with work_on(job_id) as job:
        if job is not None:
            exports.forget_export(export_id=job.params["export"])
