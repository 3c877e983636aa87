"""Roles whose candidates have been scored, and shortlists made of them through the services."""

from collections.abc import Sequence
from datetime import timedelta

from django.core.files.base import ContentFile

from candidates.models import Application, Report, Shortlist, ShortlistEntry
from candidates.queries.reports import present_fingerprints
from candidates.services.reviews import ReviewDraft, commit_review
from candidates.services.scores import score_pool
from candidates.services.shortlists import add_entry, create_shortlist, name_reviewer, present_shortlist
from rubrics.enums import StageKind
from rubrics.models import Role
from screening.accounts.models import User
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory, submitted_scorecard
from tests.factories.rubrics import RoleFactory

LATER = NOW + timedelta(days=1)


def scored(role: Role, people: int, *, levels: Sequence[Sequence[int | None]] = ()) -> list[Application]:
    """Applications scored by two interviewers each, the best first unless `levels` (of each person) says otherwise."""
    raters = [HiringManagerFactory(), HiringManagerFactory()]
    dimensions = role.rubric_version.dimensions.count() if role.rubric_version else 0
    applications: list[Application] = []
    for place in range(people):
        given = levels[place] if levels else [5 - place % 3] * dimensions
        application = ApplicationFactory(role=role, kind=StageKind.SCORED, candidate=CandidateFactory())
        for rater in raters:
            submitted_scorecard(application, list(given), by=rater)
        applications.append(application)
    assert role.rubric_version
    score_pool(pool_key=role.rubric_version.pool_key, now=NOW)
    return applications


def shortlist_of(applications: Sequence[Application], *, by: User | None = None) -> Shortlist:
    by = by or RecruiterFactory()
    shortlist = create_shortlist(role=applications[0].role, by=by)
    for application in applications:
        add_entry(shortlist=shortlist, application=Application.objects.get(pk=application.pk), by=by, now=NOW)
    return shortlist


def presented(
    people: int = 2, *, reviewers: int = 1, role: Role | None = None, by: User | None = None
) -> tuple[Shortlist, list[ShortlistEntry], list[User]]:
    """A shortlist with its client, the entries in order, and the reviewers who must evaluate."""
    by = by or RecruiterFactory()
    role = role or RoleFactory()
    shortlist = shortlist_of(scored(role, people), by=by)
    users: list[User] = [ReviewerFactory(client=role.client) for _ in range(reviewers)]
    for user in users:
        name_reviewer(shortlist=shortlist, user=user, must=True)
    reported(shortlist)
    shortlist = present_shortlist(shortlist=shortlist, by=by, now=NOW)
    return shortlist, entries_of(shortlist), users


def reported(shortlist: Shortlist) -> None:
    """Both renderings of what the shortlist says now, without their pages: setting those takes longer than the rest."""
    for rendering, mark in present_fingerprints(shortlist).items():
        report = Report(shortlist=shortlist, rendering=rendering, fingerprint=mark, size=5, built_at=NOW)
        report.file.save("report.pdf", ContentFile(b"%PDF-"), save=False)
        report.save()


def entries_of(shortlist: Shortlist) -> list[ShortlistEntry]:
    whole = shortlist.entries.select_related("shortlist__role__rubric_version", "application__candidate")
    return list(whole.order_by("position"))


def whole_draft(entry: ShortlistEntry, level: int | None = 3, verdict: str = "advance") -> ReviewDraft:
    version = entry.shortlist.measured_by
    assert version
    levels: dict[int, int | None] = dict.fromkeys(version.dimensions.values_list("pk", flat=True), level)
    return ReviewDraft(levels=levels, basis="evidence", verdict=verdict, comment="Convincing on the night shift.")


def evaluated(entries: Sequence[ShortlistEntry], by: User, level: int | None = 3) -> None:
    for entry in entries:
        commit_review(entry=entry, by=by, now=LATER, draft=whole_draft(entry, level))
