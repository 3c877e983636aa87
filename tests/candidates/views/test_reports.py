from functools import partial

import pytest
from django.urls import reverse

from candidates.models import Report, ShortlistEntry
from candidates.services.reports import build_report
from candidates.services.shortlists import name_reviewer
from candidates.tasks.reports import build_report_task
from rubrics.enums import GateName
from rubrics.models import GateOverride
from screening.jobs.enums import JobState
from screening.jobs.models import Job
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, ReviewerFactory
from tests.factories.candidates import NOW
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import evaluated, presented, scored, shortlist_of

pytestmark = pytest.mark.django_db


def test_from_the_button_to_both_renderings_and_the_client() -> None:
    shortlist = shortlist_of(scored(RoleFactory(), 2))
    name_reviewer(shortlist=shortlist, user=ReviewerFactory(client=shortlist.role.client), must=True)
    client, url = as_(shortlist.created_by), reverse("candidates:shortlist_present", args=[shortlist.pk])
    assert "The report of exactly this content has not been built." in client.get(url).content.decode()

    assert client.post(reverse("candidates:report_build", args=[shortlist.pk])).status_code == 302
    assert client.post(reverse("candidates:report_build", args=[shortlist.pk])).status_code == 302
    job = Job.objects.get(task="candidates.build_report")  # asked twice, built once
    waiting = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert waiting.strip().startswith('<div class="split" id="present">')
    assert f'hx-get="{url}"' in waiting
    build_report_task(job_id=str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.progress, job.total) == (JobState.DONE, 2, 2)
    ready = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in ready
    assert "Ready to be presented" in ready
    for rendering in ("before", "after"):
        answer = client.get(reverse("candidates:report_pdf", args=[shortlist.pk, rendering]))
        assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Type"] == "application/pdf"
    assert client.post(url)["Location"] == reverse("candidates:shortlist", args=[shortlist.pk])
    shortlist.refresh_from_db()
    assert shortlist.state == "presented"


def test_presenting_too_early_says_what_is_missing_and_changes_nothing() -> None:
    shortlist = shortlist_of(scored(RoleFactory(), 1))
    client, url = as_(shortlist.created_by), reverse("candidates:shortlist_present", args=[shortlist.pk])

    refused = client.post(url)

    assert refused.status_code == 422
    assert "Name at least one person at the client who must evaluate." in refused.content.decode()
    shortlist.refresh_from_db()
    assert shortlist.state == "draft"


def test_a_change_after_building_is_said_and_the_same_content_is_built_once() -> None:
    shortlist = shortlist_of(scored(RoleFactory(), 1))
    client, url = as_(shortlist.created_by), reverse("candidates:shortlist_present", args=[shortlist.pk])
    for _ in range(2):
        build_report(shortlist=shortlist, now=NOW, progress=lambda _done, _total: None)
    assert Report.objects.filter(shortlist=shortlist).count() == 2
    assert "exactly what the shortlist says now" in client.get(url).content.decode()

    ShortlistEntry.objects.filter(shortlist=shortlist).update(summary="Something else.")

    assert "Something has changed since the report was built." in client.get(url).content.decode()


def test_presenting_without_a_reviewer_may_be_asked_for() -> None:
    shortlist = shortlist_of(scored(RoleFactory(), 1))
    build_report(shortlist=shortlist, now=NOW, progress=lambda _done, _total: None)
    client, url = as_(shortlist.created_by), reverse("candidates:present_override", args=[shortlist.pk])

    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "They name somebody on Monday."}).status_code == 302

    override = GateOverride.objects.get(gate=GateName.PRESENT)
    assert (override.subject, override.waives) == (shortlist.pk, ["reviewers"])


def test_the_pdf_goes_to_whom_the_page_goes() -> None:
    shortlist, entries, [hana, olek] = presented(1, reviewers=2)
    manager = HiringManagerFactory()
    shortlist.role.team.create(user=manager)
    urls = [reverse("candidates:report_pdf", args=[shortlist.pk, each]) for each in ("before", "after", "other")]

    def answers(user: object) -> list[int]:
        return [as_(user).get(url).status_code for url in urls]  # type: ignore[arg-type]

    assert answers(hana) == [200, 404, 404]
    assert answers(manager) == [200, 200, 404]
    assert answers(ReviewerFactory()) == answers(HiringManagerFactory()) == [404, 404, 404]
    evaluated(entries, hana)
    assert answers(hana) == [200, 200, 404]
    assert answers(olek) == [200, 404, 404]


def test_presenting_costs_the_same_for_two_and_for_twenty() -> None:
    counts = []
    for people in (2, 20):
        shortlist = shortlist_of(scored(RoleFactory(), people))
        name_reviewer(shortlist=shortlist, user=ReviewerFactory(client=shortlist.role.client), must=True)
        build_report(shortlist=shortlist, now=NOW, progress=lambda _done, _total: None)
        client, url = as_(shortlist.created_by), reverse("candidates:shortlist_present", args=[shortlist.pk])
        counts.append(statements(partial(client.post, url)))

    assert counts[0] == counts[1]
