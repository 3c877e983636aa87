from celery import shared_task

from candidates.services import documents
from screening.jobs.services.running import work_on


@shared_task(name=documents.EXTRACT_TEXT)
def extract_text(*, job_id: str) -> None:
    with work_on(job_id) as job:
        if job is not None:
            job.finish({"characters": documents.extract_text(document_id=job.params["document"])})
