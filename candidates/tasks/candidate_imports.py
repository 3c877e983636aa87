from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from candidates.services import candidate_imports
from candidates.services.import_runs import run_import
from screening.jobs.services.running import Work, work_on


@shared_task(name=candidate_imports.CHECK)
def check_import(*, job_id: str) -> None:
    with work_on(job_id) as job:
        if job is not None:
            candidate_imports.check_import(import_id=job.params["import"], report=job.report)
            job.finish(_back(job, "See what was found"))


@shared_task(name=candidate_imports.RUN)
def run(*, job_id: str) -> None:
    with work_on(job_id) as job:
        if job is not None and job.by is not None:
            run_import(import_id=job.params["import"], by=job.by, now=timezone.now(), report=job.report)
            job.finish(_back(job, "See what came of it"))


@shared_task(name=candidate_imports.FORGET)
def forget_import(*, job_id: str) -> None:
    with work_on(job_id) as job:
        if job is not None:
            candidate_imports.forget_import(import_id=job.params["import"])


def _back(job: Work, label: str) -> dict[str, str]:
    return {"url": reverse("candidates:import", args=[job.params["import"]]), "label": label}
