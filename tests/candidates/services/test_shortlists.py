import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction

from candidates.enums import Outcome, ShortlistState, ShowPanel
from candidates.gates.shortlists import missing_to_shortlist
from candidates.models import Application, Evidence, Shortlist, ShortlistEntry
from candidates.services.applications import move_application
from candidates.services.decisions import decide
from candidates.services.reports import build_report
from candidates.services.shortlists import (
    OrderNeedsReason,
    ShownToClient,
    add_entry,
    choose_what_client_sees,
    create_shortlist,
    name_reviewer,
    order_entries,
    present_shortlist,
    release_reviewer,
    remove_entry,
    remove_reviewer,
    withdraw_shortlist,
    write_entry,
)
from rubrics.enums import GateName, NameForm, StageKind
from rubrics.gates.base import GateRefused
from rubrics.services.overrides import approve_override, ask_override
from screening.accounts.errors import Refused
from screening.jobs.models import Delivery
from tests.factories.accounts import RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW, ApplicationFactory, ShortlistReviewerFactory
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import LATER, entries_of, evaluated, presented, scored, shortlist_of

pytestmark = pytest.mark.django_db


def kinds(applications: list[Application]) -> list[str]:
    return [Application.objects.select_related("stage").get(pk=one.pk).stage.kind for one in applications]


def test_shortlists_of_a_role_are_numbered() -> None:
    role, by = RoleFactory(), RecruiterFactory()

    assert [create_shortlist(role=role, by=by).number for _ in range(2)] == [1, 2]
    assert create_shortlist(role=RoleFactory(), by=by).number == 1


def test_who_is_added_stands_by_score_whatever_the_order_of_adding() -> None:
    best, middle, last = scored(RoleFactory(), 3)

    shortlist = shortlist_of([last, best, middle])

    assert [entry.application_id for entry in entries_of(shortlist)] == [best.pk, middle.pk, last.pk]
    assert kinds([best, middle, last]) == [StageKind.SHORTLISTED] * 3


def test_adding_freezes_the_score_of_that_moment() -> None:
    [application] = scored(RoleFactory(), 1)

    entry = shortlist_of([application]).entries.get()

    assert entry.snapshot is not None
    assert entry.snapshot.score == application.score.score
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE candidates_scoresnapshot SET score = 5 WHERE id = %s", [entry.snapshot_id])


def test_somebody_of_another_role_or_twice_is_refused() -> None:
    [application] = scored(RoleFactory(), 1)
    shortlist = shortlist_of([application])

    with pytest.raises(Refused, match="already on the shortlist"):
        add_entry(shortlist=shortlist, application=application, by=shortlist.created_by, now=NOW)
    with pytest.raises(Refused, match="another role"):
        add_entry(shortlist=shortlist, application=ApplicationFactory(), by=shortlist.created_by, now=NOW)


def test_too_little_evidence_needs_an_override_by_two_people() -> None:
    role, asker, colleague = RoleFactory(), RecruiterFactory(), RecruiterFactory()
    weak = ApplicationFactory(role=role, kind=StageKind.SCORED)
    shortlist = create_shortlist(role=role, by=asker)
    with pytest.raises(GateRefused) as refused:
        add_entry(shortlist=shortlist, application=weak, by=asker, now=NOW)
    assert [item.code for item in refused.value.missing] == ["score"]

    override = ask_override(
        gate=GateName.SHORTLIST,
        role=role,
        subject=weak.pk,
        missing=missing_to_shortlist(weak),
        reason="The client asked to see them.",
        by=asker,
        now=NOW,
    )
    with pytest.raises(GateRefused):
        add_entry(shortlist=shortlist, application=weak, by=asker, now=NOW)
    approve_override(override=override, by=colleague, now=NOW)
    entry = add_entry(shortlist=shortlist, application=weak, by=asker, now=NOW)

    assert entry.snapshot is None


def test_who_is_taken_off_goes_back_and_the_others_close_ranks() -> None:
    people = scored(RoleFactory(), 3)
    shortlist = shortlist_of(people)
    first, *others = entries_of(shortlist)

    remove_entry(entry=first, by=shortlist.created_by, now=LATER)

    assert kinds(people) == [StageKind.SCORED, StageKind.SHORTLISTED, StageKind.SHORTLISTED]
    assert [(entry.pk, entry.position) for entry in entries_of(shortlist)] == [
        (entry.pk, place) for place, entry in enumerate(others, start=1)
    ]


def test_who_was_rejected_meanwhile_can_be_taken_off_and_stays_rejected() -> None:
    [application] = scored(RoleFactory(), 1)
    shortlist = shortlist_of([application])
    rejected = application.role.stages.get(kind=StageKind.REJECTED)
    move_application(
        application=Application.objects.get(pk=application.pk),
        to=rejected,
        by=shortlist.created_by,
        now=LATER,
        reason="Took another offer.",
    )

    remove_entry(entry=entries_of(shortlist)[0], by=shortlist.created_by, now=LATER)

    assert kinds([application]) == [StageKind.REJECTED]
    assert not shortlist.entries.exists()


def test_an_order_against_the_scores_needs_a_reason_which_stands_beside_the_person() -> None:
    shortlist = shortlist_of(scored(RoleFactory(), 2))
    best, other = entries_of(shortlist)

    with pytest.raises(OrderNeedsReason, match="departs from the scores"):
        order_entries(shortlist=shortlist, order=[other.pk, best.pk], why=" ")
    assert [entry.pk for entry in entries_of(shortlist)] == [best.pk, other.pk]
    order_entries(shortlist=shortlist, order=[other.pk, best.pk], why="Speaks the client's language.")

    assert [(entry.pk, entry.why) for entry in entries_of(shortlist)] == [
        (other.pk, "Speaks the client's language."),
        (best.pk, ""),
    ]


def test_back_in_the_order_of_the_scores_the_reason_is_gone() -> None:
    shortlist = shortlist_of(scored(RoleFactory(), 2))
    best, other = entries_of(shortlist)
    order_entries(shortlist=shortlist, order=[other.pk, best.pk], why="Because.")

    order_entries(shortlist=shortlist, order=[best.pk, other.pk], why="")

    assert [entry.why for entry in entries_of(shortlist)] == ["", ""]


def test_an_order_of_a_list_that_has_changed_is_refused() -> None:
    shortlist = shortlist_of(scored(RoleFactory(), 2))
    best, other = entries_of(shortlist)

    for order in ([best.pk], [best.pk, best.pk], [best.pk, other.pk, 0]):
        with pytest.raises(Refused, match="changed meanwhile"):
            order_entries(shortlist=shortlist, order=order, why="x")


def test_presenting_needs_people_a_report_of_exactly_this_and_a_reviewer() -> None:
    role, by = RoleFactory(), RecruiterFactory()
    shortlist = create_shortlist(role=role, by=by)

    def missing() -> list[str]:
        with pytest.raises(GateRefused) as refused:
            present_shortlist(shortlist=shortlist, by=by, now=NOW)
        return [item.code for item in refused.value.missing]

    assert missing() == ["entries", "reviewers"]
    [application] = scored(role, 1)
    entry = add_entry(shortlist=shortlist, application=application, by=by, now=NOW)
    assert missing() == ["report", "reviewers"]
    name_reviewer(shortlist=shortlist, user=ReviewerFactory(client=role.client), must=False)
    build_report(shortlist=shortlist, now=NOW, progress=lambda _done, _total: None)
    assert missing() == ["reviewers"]
    name_reviewer(shortlist=shortlist, user=ReviewerFactory(client=role.client), must=True)
    write_entry(entry=entry, summary="Something was changed after the report was built.")
    assert missing() == ["report"]
    build_report(shortlist=shortlist, now=NOW, progress=lambda _done, _total: None)

    assert present_shortlist(shortlist=shortlist, by=by, now=NOW).state == ShortlistState.PRESENTED


def test_presenting_moves_everybody_and_tells_reviewers_nothing_about_them() -> None:
    shortlist, entries, reviewers = presented(2, reviewers=2)

    assert kinds([entry.application for entry in entries]) == [StageKind.WITH_CLIENT] * 2
    told = Delivery.objects.filter(event="shortlist.presented")
    assert {row.user_id for row in told} == {user.pk for user in reviewers}
    for row in told:
        assert f"/shortlists/{shortlist.pk}/" in row.text
        assert not any(entry.application.candidate.name in row.text + row.html for entry in entries)
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        (StageKind.CONTACTED, "Move them to Scored"),
        (StageKind.WITH_CLIENT, "with the client, who decides about it first"),
        (StageKind.OFFER, "The client has decided"),
        (StageKind.HIRED, "decided"),
    ],
)
def test_whoever_stands_elsewhere_is_not_sent_where_nobody_moves_them(kind: StageKind, advice: str) -> None:
    [missing] = missing_to_shortlist(ApplicationFactory(kind=kind))
    assert advice in missing.text


@pytest.mark.parametrize("shown", ShowPanel)
def test_the_mail_says_when_the_panels_levels_appear(shown: ShowPanel) -> None:
    shortlist, _, _ = presented()
    Shortlist.objects.filter(pk=shortlist.pk).update(show_panel=shown)

    name_reviewer(shortlist=shortlist, user=ReviewerFactory(client=shortlist.role.client), must=True)

    told = Delivery.objects.filter(event="shortlist.presented").latest("pk")
    for words in (told.text, told.html):
        assert ("when you have committed all of them" in words) is (shown == ShowPanel.AFTER)


def test_what_was_presented_stays_as_it_is() -> None:
    shortlist, [entry, other], [reviewer] = presented(2)
    shown = ShownToClient(name_form=NameForm.FULL, show_cv=True, show_panel=ShowPanel.BEFORE)
    by = shortlist.created_by

    for change in (
        lambda: write_entry(entry=entry, summary="New."),
        lambda: remove_entry(entry=entry, by=by, now=NOW),
        lambda: order_entries(shortlist=shortlist, order=[other.pk, entry.pk], why="x"),
        lambda: choose_what_client_sees(shortlist=shortlist, shown=shown),
        lambda: remove_reviewer(reviewer=shortlist.reviewers.get(user=reviewer)),
        lambda: present_shortlist(shortlist=shortlist, by=by, now=NOW),
    ):
        with pytest.raises(Refused, match="can’t be changed"):
            change()


def test_a_reviewer_named_late_gets_mail_too() -> None:
    shortlist, _, _ = presented()
    late = ReviewerFactory(client=shortlist.role.client)

    name_reviewer(shortlist=shortlist, user=late, must=False)

    assert Delivery.objects.filter(event="shortlist.presented", user=late).exists()


@pytest.mark.parametrize("who", ["another client", "a recruiter", "closed"])
def test_only_people_of_this_client_evaluate(who: str) -> None:
    shortlist = create_shortlist(role=RoleFactory(), by=RecruiterFactory())
    user = {
        "another client": ReviewerFactory,
        "a recruiter": RecruiterFactory,
        "closed": lambda: ReviewerFactory(client=shortlist.role.client, is_active=False),
    }[who]()

    with pytest.raises(Refused, match="not a reviewer of this client"):
        name_reviewer(shortlist=shortlist, user=user, must=True)


def test_an_absent_reviewer_is_released_with_a_reason_and_one_must_remain() -> None:
    shortlist, [entry], [present, absent] = presented(1, reviewers=2)
    waiting = shortlist.reviewers.get(user=absent)
    evaluated([entry], present)
    with pytest.raises(GateRefused, match=absent.name):
        decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=present, now=LATER)
    with pytest.raises(Refused, match="Say why"):
        release_reviewer(reviewer=waiting, reason=" ", by=shortlist.created_by, now=LATER)

    release_reviewer(reviewer=waiting, reason="On parental leave.", by=shortlist.created_by, now=LATER)

    with pytest.raises(Refused, match="has to stay"):
        release_reviewer(
            reviewer=shortlist.reviewers.get(user=present), reason="Too.", by=shortlist.created_by, now=LATER
        )
    with pytest.raises(Refused, match="Nobody waits"):
        release_reviewer(reviewer=waiting, reason="Again.", by=shortlist.created_by, now=LATER)
    assert decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=present, now=LATER).outcome == Outcome.HIRE


def test_the_database_keeps_a_release_without_reason_out() -> None:
    _shortlist, _, [user] = presented()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE candidates_shortlistreviewer SET released_at = now() WHERE user_id = %s", [user.pk])


def test_withdrawing_takes_people_back_unless_they_stand_elsewhere() -> None:
    role = RoleFactory()
    both, one = scored(role, 2)
    first, second = shortlist_of([both, one]), shortlist_of([both])

    withdraw_shortlist(shortlist=first, reason="The role changed.", by=first.created_by, now=LATER)

    assert kinds([both, one]) == [StageKind.SHORTLISTED, StageKind.SCORED]
    first.refresh_from_db()
    assert (first.state, first.withdrawn_reason) == (ShortlistState.WITHDRAWN, "The role changed.")
    assert second.entries.count() == 1


def test_whoever_is_with_the_client_goes_on_no_other_list_until_decided_on() -> None:
    first, [entry, other], [user] = presented(2)
    by = first.created_by
    second = create_shortlist(role=first.role, by=by)
    with pytest.raises(GateRefused, match="with the client, who decides about it first"):
        add_entry(shortlist=second, application=entry.application, by=by, now=LATER)
    assert kinds([entry.application]) == [StageKind.WITH_CLIENT]

    evaluated([entry, other], user)
    decide(entry=entry, outcome=Outcome.REJECT, why="Not now.", by=user, now=LATER)
    reopened = Application.objects.get(pk=entry.application_id)
    scored_stage = first.role.stages.get(kind=StageKind.SCORED)
    move_application(application=reopened, to=scored_stage, by=by, now=LATER)
    reopened = Application.objects.get(pk=entry.application_id)
    added = add_entry(shortlist=second, application=reopened, by=by, now=LATER)
    remove_entry(entry=added, by=by, now=LATER)
    assert kinds([entry.application, other.application]) == [StageKind.SCORED, StageKind.WITH_CLIENT]


def test_of_two_drafts_with_the_same_person_one_waits_for_the_other() -> None:
    role, by = RoleFactory(), RecruiterFactory()
    [both] = scored(role, 1)
    first, second = shortlist_of([both], by=by), shortlist_of([both], by=by)
    for shortlist in (first, second):
        name_reviewer(shortlist=shortlist, user=ReviewerFactory(client=role.client), must=True)
        build_report(shortlist=shortlist, now=NOW, progress=lambda _done, _total: None)
    present_shortlist(shortlist=first, by=by, now=NOW)

    with pytest.raises(GateRefused, match=f"{both.candidate.name} is with the client on shortlist {first.number}"):
        present_shortlist(shortlist=second, by=by, now=LATER)
    withdraw_shortlist(shortlist=first, reason="Too early.", by=by, now=LATER)
    assert kinds([both]) == [StageKind.SHORTLISTED]
    assert present_shortlist(shortlist=second, by=by, now=LATER).state == ShortlistState.PRESENTED


def test_withdrawing_needs_a_reason_and_that_nobody_was_decided_on() -> None:
    shortlist, [entry], [user] = presented(1)
    with pytest.raises(Refused, match="Say why"):
        withdraw_shortlist(shortlist=shortlist, reason="", by=shortlist.created_by, now=LATER)
    evaluated([entry], user)
    decide(entry=entry, outcome=Outcome.REJECT, why="No.", by=user, now=LATER)

    with pytest.raises(Refused):
        withdraw_shortlist(shortlist=shortlist, reason="Late.", by=shortlist.created_by, now=LATER)


def test_a_reviewer_is_named_once() -> None:
    shortlist = create_shortlist(role=RoleFactory(), by=RecruiterFactory())
    user = ReviewerFactory(client=shortlist.role.client)
    ShortlistReviewerFactory(shortlist=shortlist, user=user)

    name_reviewer(shortlist=shortlist, user=user, must=False)

    assert [reviewer.must for reviewer in shortlist.reviewers.all()] == [False]
    assert ShortlistEntry.objects.filter(shortlist=shortlist).count() == 0


def test_reviewers_are_told_of_a_withdrawal_and_not_why() -> None:
    shortlist, _, users = presented(reviewers=2)
    Delivery.objects.all().delete()

    withdraw_shortlist(shortlist=shortlist, reason="Zebulon found another job", by=shortlist.created_by, now=LATER)

    told = list(Delivery.objects.order_by("pk"))
    assert [one.user for one in told] == users
    assert not any("Zebulon" in one.text + one.html for one in told)


def test_a_summary_rests_on_incidents_of_the_person_that_count() -> None:
    first, second = scored(RoleFactory(), 2)
    shortlist = shortlist_of([first, second])
    entry = shortlist.entries.get(application=first)
    own, other = (
        Evidence.objects.filter(scorecard__interview__application=one).exclude(incident="").earliest("pk")
        for one in (first, second)
    )

    write_entry(entry=entry, summary="Kept it up.", rests_on=[own.pk])
    assert [claim.evidence for claim in entry.claims.all()] == [own]
    with pytest.raises(Refused, match="does not stand in a scorecard of this person"):
        write_entry(entry=entry, summary="Kept it up.", rests_on=[other.pk])
    assert [claim.evidence for claim in entry.claims.all()] == [own]
    write_entry(entry=entry, summary="Kept it up.", rests_on=[])
    assert not entry.claims.exists()
