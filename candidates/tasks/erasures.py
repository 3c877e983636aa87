from celery import shared_task

from candidates.services import erasures
from screening.jobs.services.running import work_on


@shared_task(name=erasures.DELETE_FILES)
def delete_files(*, job_id: str) -> None:
    with work_on(job_id) as job:
        if job is not None:
            job.finish({"deleted": erasures.delete_files(files=job.params["files"])})
