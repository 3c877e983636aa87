"""Building a shortlist's report: both renderings, once for each content."""

from collections.abc import Callable
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from candidates.enums import Rendering
from candidates.models import Report, Shortlist
from candidates.queries.reports import load_report
from candidates.reporting import fingerprint, render, without_panel
from screening.accounts.models import User
from screening.jobs.models import Job
from screening.jobs.services.jobs import request_job


def request_report(*, shortlist: Shortlist, by: User) -> Job:
    return request_job(
        task="candidates.build_report",
        params={"shortlist": shortlist.pk},
        title=f"Build the report of shortlist {shortlist.number} for {shortlist.role.title}",
        key=f"build_report:{shortlist.pk}",
        by=by,
    )


def build_report(*, shortlist: Shortlist, now: datetime, progress: Callable[[int, int], None]) -> list[Report]:
    """Render what has not been rendered yet of exactly this content; `progress` is told (done, of how many)."""
    present = Shortlist.objects.select_related("role__client", "role__scope", "role__rubric_version__rubric")
    after = load_report(present.get(pk=shortlist.pk), dated=now.date())
    renderings = {Rendering.BEFORE: without_panel(after), Rendering.AFTER: after}
    reports = []
    for done, (rendering, content) in enumerate(renderings.items()):
        progress(done, len(renderings))
        mark = fingerprint(content)
        report = Report.objects.filter(shortlist=shortlist, rendering=rendering, fingerprint=mark).first()
        reports.append(report or _store(shortlist, rendering, mark, render(content), now))
    progress(len(renderings), len(renderings))
    return reports


@transaction.atomic
def _store(shortlist: Shortlist, rendering: Rendering, mark: str, pdf: bytes, now: datetime) -> Report:
    report = Report(shortlist=shortlist, rendering=rendering, fingerprint=mark, size=len(pdf), built_at=now)
    report.file.save("report.pdf", ContentFile(pdf), save=False)
    report.save()
    return report
