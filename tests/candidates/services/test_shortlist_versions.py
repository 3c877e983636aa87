"""A presented shortlist grows and shrinks by versions: prepared unseen, then put before the client as a whole."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from candidates.enums import Outcome, Rendering, ShowPanel
from candidates.gates.shortlists import missing_to_decide
from candidates.models import (
    Application,
    ClientReview,
    Evidence,
    Report,
    Shortlist,
    ShortlistEntry,
    ShortlistVersion,
    VersionPlace,
)
from candidates.permissions.shortlists import can_view_panel
from candidates.services.decisions import decide
from candidates.services.erasures import erase_candidate
from candidates.services.evaluation_reminders import remind_reviewers
from candidates.services.reports import build_report
from candidates.services.shortlist_versions import (
    add_place,
    begin_version,
    drop_version,
    order_places,
    present_version,
    remove_place,
    write_place,
)
from candidates.services.shortlists import OrderNeedsReason, name_reviewer, present_shortlist, withdraw_shortlist
from rubrics.enums import StageKind
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Delivery, Job
from tests.factories.accounts import AdministratorFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import LATER, entries_of, evaluated, scored, shortlist_of

pytestmark = pytest.mark.django_db
LAST = LATER + timedelta(days=1)


def unheard(_done: int, _total: int) -> None:
    return None


def with_client(listed: int = 2, people: int = 3) -> tuple[Shortlist, list[Application], User, User]:
    """A presented shortlist of the first `listed` of the scored people, its reviewer, and the recruiter."""
    role, by = RoleFactory(), RecruiterFactory()
    applications = scored(role, people)
    shortlist = shortlist_of(applications[:listed], by=by)
    user: User = ReviewerFactory(client=role.client)
    name_reviewer(shortlist=shortlist, user=user, must=True)
    build_report(shortlist=shortlist, now=NOW, progress=unheard)
    return present_shortlist(shortlist=shortlist, by=by, now=NOW), applications, user, by


def begun(shortlist: Shortlist, by: User) -> ShortlistVersion:
    return begin_version(shortlist=shortlist, by=by, now=LATER)


def put_before(version: ShortlistVersion, by: User) -> Shortlist:
    build_report(shortlist=version.shortlist, of_next=True, now=LAST, progress=unheard)
    present_version(version=version, by=by, now=LAST)
    return Shortlist.objects.get(pk=version.shortlist_id)


def stage_of(application: Application) -> str:
    return Application.objects.select_related("stage").get(pk=application.pk).stage.kind


def test_what_is_prepared_changes_nothing_for_the_client() -> None:
    shortlist, (_, _, late), client, by = with_client()
    before = list(ShortlistEntry.objects.values())
    version = begun(shortlist, by)
    assert begun(shortlist, by) == version
    place = add_place(version=version, application=late, by=by, now=LATER)
    write_place(place=place, summary=" Ran the payments cluster. ", rests_on=[])
    remove_place(place=version.places.earliest("position"), by=by, now=LATER)
    reports = build_report(shortlist=shortlist, of_next=True, now=LATER, progress=unheard)

    assert list(ShortlistEntry.objects.values()) == before
    assert stage_of(late) == StageKind.SHORTLISTED
    assert not Report.objects.visible_to(client).filter(pk__in=[report.pk for report in reports]).exists()
    assert not ShortlistVersion.objects.visible_to(client).filter(presented_at=None).exists()
    assert Report.objects.visible_to(by).filter(version=2).count() == 2


def test_a_newcomer_comes_with_the_version_and_the_others_keep_what_was_written() -> None:
    shortlist, (first, second, late), client, by = with_client()
    entries = entries_of(shortlist)
    evaluated(entries, client)
    decide(entry=entries[0], outcome=Outcome.REJECT, why="Not on call.", by=client, now=LATER)
    told = Delivery.objects.filter(user=client).count()
    version = begun(shortlist, by)
    incident = Evidence.objects.filter(scorecard__interview__application=late).exclude(incident="").first()
    place = add_place(version=version, application=late, by=by, now=LATER)
    write_place(place=place, summary="Ran the cluster.", rests_on=[incident.pk] if incident else [])
    shortlist = put_before(version, by)

    assert (shortlist.version, shortlist.state) == (2, "presented")
    kept = {entry.application_id: entry for entry in entries_of(shortlist)}
    assert {kept[one.application_id].pk for one in entries} == {one.pk for one in entries}
    assert ClientReview.objects.filter(committed_at__isnull=False).count() == 2
    new = kept[late.pk]
    assert (new.joined_in, new.summary, stage_of(late)) == (2, "Ran the cluster.", StageKind.WITH_CLIENT)
    assert list(new.claims.values_list("evidence", flat=True)) == ([incident.pk] if incident else [])
    assert stage_of(first) == StageKind.REJECTED
    assert [item.code for item in missing_to_decide(new, now=LAST)] == [f"review:{client.pk}"]
    assert missing_to_decide(kept[second.pk], now=LAST) == []
    [letter] = Delivery.objects.filter(user=client).order_by("-pk")[
        : Delivery.objects.filter(user=client).count() - told
    ]
    assert "version 2" in letter.text
    assert late.candidate.name not in letter.text
    assert late.candidate.name not in letter.subject
    with pytest.raises(Refused):
        present_version(version=version, by=by, now=LAST)
    assert Delivery.objects.filter(user=client).count() == told + 1


def test_who_is_taken_out_goes_back_and_can_be_judged_and_decided_on_no_longer() -> None:
    shortlist, (first, second, _), client, by = with_client()
    evaluated(entries_of(shortlist)[:1], client)
    version = begun(shortlist, by)
    remove_place(place=version.places.get(application=first), by=by, now=LATER)
    shortlist = put_before(version, by)

    gone = ShortlistEntry.objects.select_related("shortlist").get(application=first)
    assert (gone.left_in, stage_of(first)) == (2, StageKind.SCORED)
    assert [entry.application_id for entry in shortlist.entries.on_list()] == [second.pk]
    assert shortlist.entries.on_list().get().position == 1
    assert [item.code for item in missing_to_decide(gone, now=LAST)] == ["listed"]
    with pytest.raises(GateRefused):
        decide(entry=gone, outcome=Outcome.HIRE, why="Yes.", by=client, now=LAST)

    again = begun(shortlist, by)
    add_place(version=again, application=Application.objects.get(pk=first.pk), by=by, now=LAST)
    put_before(again, by)
    gone.refresh_from_db()
    assert (gone.left_in, gone.joined_in) == (None, 3)
    assert gone.reviews.filter(committed_at__isnull=False).count() == 1


def test_whom_the_client_decided_on_stays() -> None:
    shortlist, _, client, by = with_client()
    entries = entries_of(shortlist)
    evaluated(entries, client)
    decide(entry=entries[0], outcome=Outcome.HIRE, why="Yes.", by=client, now=LATER)
    version = begun(shortlist, by)
    with pytest.raises(GateRefused):
        remove_place(place=version.places.get(entry=entries[0]), by=by, now=LATER)
    remove_place(place=version.places.get(entry=entries[1]), by=by, now=LATER)
    assert put_before(version, by).state == "decided"
    with pytest.raises(Refused):
        begun(Shortlist.objects.get(pk=shortlist.pk), by)


def test_presenting_needs_a_change_and_the_report_of_exactly_this() -> None:
    shortlist, (_, _, late), _, by = with_client()
    version = begun(shortlist, by)

    def missing() -> set[str]:
        with pytest.raises(GateRefused) as refused:
            present_version(version=version, by=by, now=LAST)
        return {item.code for item in refused.value.missing}

    assert missing() == {"changes"}
    place = add_place(version=version, application=late, by=by, now=LATER)
    assert missing() == {"report"}
    build_report(shortlist=shortlist, of_next=True, now=LATER, progress=unheard)
    write_place(place=place, summary="Another word.", rests_on=[])
    assert missing() == {"report"}
    late.stage = late.role.stages.filter(kind=StageKind.REJECTED).first() or late.stage
    late.save(update_fields=["stage"])
    assert missing() == {"report", f"stage:{late.pk}"}


def test_a_version_needs_somebody_on_it_and_somebody_who_evaluates() -> None:
    shortlist, _, client, by = with_client(listed=1)
    version = begun(shortlist, by)
    remove_place(place=version.places.get(), by=by, now=LAST)
    name_reviewer(shortlist=shortlist, user=client, must=False)
    with pytest.raises(GateRefused) as refused:
        present_version(version=version, by=by, now=LAST)
    assert [item.code for item in refused.value.missing] == ["entries", "reviewers"]


def test_the_order_needs_a_reason_where_it_departs_from_the_scores() -> None:
    shortlist, *_, by = with_client()
    version = begun(shortlist, by)
    order = list(version.places.order_by("-position").values_list("pk", flat=True))
    with pytest.raises(OrderNeedsReason):
        order_places(version=version, order=order, why="")
    order_places(version=version, order=order, why="Can begin in May.")
    shortlist = put_before(version, by)
    assert [entry.why for entry in shortlist.entries.order_by("position")] == ["Can begin in May.", ""]
    with pytest.raises(Refused):
        order_places(version=version, order=order[::-1], why="")


def test_a_report_belongs_to_its_version_and_says_what_changed() -> None:
    shortlist, (_, _, late), client, by = with_client()
    version = begun(shortlist, by)
    add_place(version=version, application=late, by=by, now=LATER)
    shortlist = put_before(version, by)
    first, second = (Report.objects.filter(version=number).order_by("rendering") for number in (1, 2))
    assert {one.fingerprint for one in first}.isdisjoint({one.fingerprint for one in second})
    assert [one.rendering for one in second] == [Rendering.AFTER, Rendering.BEFORE]
    rebuilt = build_report(shortlist=shortlist, now=LAST, progress=unheard)
    assert {one.pk for one in rebuilt} == {one.pk for one in second}
    assert {(one.version, one.rendering) for one in Report.objects.visible_to(client)} == {(1, "before"), (2, "before")}


def test_what_a_reviewer_had_opened_stays_open_and_nothing_else_opens() -> None:
    shortlist, (_, _, late), client, by = with_client()
    slow: User = ReviewerFactory(client=client.client)
    entries = entries_of(shortlist)
    evaluated(entries, client)
    version = begun(shortlist, by)
    add_place(version=version, application=late, by=by, now=LATER)
    shortlist = put_before(version, by)
    new = shortlist.entries.get(application=late)

    for one in entries:
        assert can_view_panel(client, one)
        assert not can_view_panel(slow, one)
    assert not can_view_panel(client, new)
    assert set(ShortlistEntry.objects.panel_visible_to(client)) == set(entries)
    assert {(one.version, one.rendering) for one in Report.objects.visible_to(client)} == {
        (1, "before"), (1, "after"), (2, "before"),
    }  # fmt: skip

    ClientReview.objects.bulk_create(
        [
            ClientReview(
                entry=one, reviewer=slow, saved_at=LAST, committed_at=LAST + timedelta(hours=1),
                basis="evidence", verdict="hold",
            )
            for one in entries
        ]
    )  # fmt: skip
    assert not ShortlistEntry.objects.panel_visible_to(slow).exists()
    evaluated([ShortlistEntry.objects.select_related("shortlist__role__rubric_version").get(pk=new.pk)], client)
    assert can_view_panel(client, new)
    Shortlist.objects.update(show_panel=ShowPanel.BEFORE)
    assert ShortlistEntry.objects.panel_visible_to(slow).count() == 3


def test_a_version_given_up_or_withdrawn_with_its_shortlist_leaves_nobody_between() -> None:
    shortlist, (_, _, late), _, by = with_client()
    version = begun(shortlist, by)
    add_place(version=version, application=late, by=by, now=LATER)
    drop_version(version=version, by=by, now=LATER)
    assert stage_of(late) == StageKind.SCORED
    assert list(ShortlistVersion.objects.values_list("number", flat=True)) == [1]

    again = begun(shortlist, by)
    add_place(version=again, application=Application.objects.get(pk=late.pk), by=by, now=LATER)
    withdraw_shortlist(shortlist=shortlist, reason="Frozen.", by=by, now=LATER)
    assert stage_of(late) == StageKind.SCORED
    assert not VersionPlace.objects.filter(version__presented_at=None).exists()


def test_reminders_begin_anew_with_a_version() -> None:
    shortlist, (_, _, late), client, by = with_client()
    evaluated(entries_of(shortlist), client)
    week = timedelta(days=8)
    Delivery.objects.update(created_at=NOW)
    assert remind_reviewers(now=LATER + week) == 0
    version = begun(shortlist, by)
    add_place(version=version, application=late, by=by, now=LATER)
    put_before(version, by)
    assert remind_reviewers(now=LAST + timedelta(days=2)) == 0
    assert remind_reviewers(now=LAST + week) == 1
    assert remind_reviewers(now=LAST + week) == 0


def test_an_erasure_takes_the_report_of_a_version_in_preparation_along() -> None:
    shortlist, (first, _, late), _, by = with_client()
    version = begun(shortlist, by)
    place = add_place(version=version, application=late, by=by, now=LATER)
    write_place(place=place, summary="Ran the cluster.", rests_on=[])
    prepared = {
        report.file.name for report in build_report(shortlist=shortlist, of_next=True, now=LATER, progress=unheard)
    }
    presented = {report.file.name for report in Report.objects.filter(version=1)}
    erase_candidate(candidate=late.candidate, reason="asked", by=AdministratorFactory())
    gone = set(Job.objects.get(task="candidates.delete_files").params["files"])
    assert prepared <= gone
    assert not presented & gone
    place.refresh_from_db()
    assert place.summary == ""
    assert version.places.get(application=first).entry_id


def test_the_database_keeps_a_presented_version_as_it_was() -> None:
    shortlist, (_, _, late), _, by = with_client()
    version = begun(shortlist, by)
    add_place(version=version, application=late, by=by, now=LATER)
    put_before(version, by)
    for statement in (
        "UPDATE candidates_versionplace SET summary = 'x'",
        "DELETE FROM candidates_versionplace",
        "UPDATE candidates_shortlistversion SET number = 9",
        "DELETE FROM candidates_shortlistversion",
    ):
        with pytest.raises(DatabaseError, match=r"refused|denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
