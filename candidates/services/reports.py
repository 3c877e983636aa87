"""Building a shortlist's report: both renderings, once for each content."""

from collections.abc import Callable
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from candidates.enums import Rendering
from candidates.models import Report, Shortlist, ShortlistVersion
from candidates.queries.reports import load_report, report_key
from candidates.queries.shortlist_versions import prepared_of
from candidates.reporting import fingerprint, render, without_panel
from screening.accounts.models import User
from screening.jobs.models import Job
from screening.jobs.services.jobs import request_job


def request_report(*, shortlist: Shortlist, by: User, version: ShortlistVersion | None = None) -> Job:
    """Of the shortlist as it is, or of the `version` in preparation."""
    which = f", version {version.number}," if version else ""
    return request_job(
        task="candidates.build_report",
        params={"shortlist": shortlist.pk, "of_next": version is not None},
        title=f"Build the report of shortlist {shortlist.number}{which} for {shortlist.role.title}",
        key=report_key(shortlist, version.number if version else None),
        by=by,
    )


def build_report(
    *,
    shortlist: Shortlist,
    now: datetime,
    progress: Callable[[int, int], None],
    of_next: bool = False,
) -> list[Report]:
    """Render what has not been rendered yet of exactly this content; `progress` is told (done, of how many).

    `of_next`: of the version in preparation; of none when it was presented or given up meanwhile.
    """
    present = Shortlist.objects.select_related(
        "role__client", "role__scope", "role__rubric_version__rubric", "rubric_version__rubric"
    )
    found = present.get(pk=shortlist.pk)
    prepared = prepared_of(found, ShortlistVersion.objects.all()) if of_next else None
    if of_next and prepared is None:
        return []
    after = load_report(found, dated=now.date(), prepared=prepared)
    renderings = {Rendering.BEFORE: without_panel(after), Rendering.AFTER: after}
    reports = []
    for done, (rendering, content) in enumerate(renderings.items()):
        progress(done, len(renderings))
        mark = fingerprint(content)
        report = Report.objects.filter(shortlist=shortlist, rendering=rendering, fingerprint=mark).first()
        built = Report(
            shortlist=shortlist, version=content.version, rendering=rendering, fingerprint=mark, built_at=now
        )
        reports.append(report or _store(built, render(content)))
    progress(len(renderings), len(renderings))
    return reports


@transaction.atomic
def _store(report: Report, pdf: bytes) -> Report:
    report.size = len(pdf)
    report.file.save("report.pdf", ContentFile(pdf), save=False)
    report.save()
    return report
