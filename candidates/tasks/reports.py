from celery import shared_task
from django.utils import timezone

from candidates.models import Shortlist
from candidates.services.reports import build_report
from screening.jobs.services.running import work_on


@shared_task(name="candidates.build_report")
def build_report_task(*, job_id: str) -> None:
    with work_on(job_id) as job:
        if job is None:
            return
        shortlist = Shortlist.objects.filter(pk=job.params["shortlist"]).first()
        if shortlist is None:
            job.finish({})
            return
        of_next = bool(job.params.get("of_next"))
        reports = build_report(shortlist=shortlist, of_next=of_next, now=timezone.now(), progress=job.report)
        job.finish({"reports": [report.pk for report in reports]})
