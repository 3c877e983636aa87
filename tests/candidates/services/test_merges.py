"""Two files become one and two again: nothing is lost, nobody sees more, and what is in the way is said."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from candidates.enums import DocumentKind
from candidates.gates.interviews import missing_for_panel
from candidates.models import (
    Application,
    Candidate,
    DifferentPeople,
    Document,
    LikelyDuplicate,
    Merge,
    Note,
    OpinionSeen,
    Scorecard,
)
from candidates.queries.merges import compare
from candidates.services.applications import add_application
from candidates.services.candidates import CandidateDetails, tag_candidate, update_candidate
from candidates.services.consents import give_consent
from candidates.services.erasures import ask_erasure, erase_candidate
from candidates.services.merges import merge_candidates, tell_apart
from candidates.services.notes import add_note
from rubrics.enums import StageKind
from rubrics.gates.base import GateRefused
from rubrics.models import RoleMember
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import User
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    InterviewFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
    submitted_scorecard,
)
from tests.factories.mails import CandidateMailFactory
from tests.factories.merges import document, merge, undo
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
CANARY = "Quetzalcoatl Ariyawat"


@pytest.fixture
def by() -> User:
    return RecruiterFactory()


@pytest.fixture
def administrator() -> User:
    return AdministratorFactory()


def test_what_belongs_to_the_file_that_goes_stands_with_the_one_that_stays(by: User) -> None:
    into, going = CandidateFactory(), CandidateFactory()
    application = ApplicationFactory(candidate=going)
    note = Note.objects.create(candidate=going, application=application, author=by, text="Calm.")
    cv, letter = document(going), CandidateMailFactory(candidate=going, by=by)
    for name in ("python", "remote"):
        tag_candidate(candidate=going, name=name)
    tag_candidate(candidate=into, name="python")

    merge(into, going, by)

    going.refresh_from_db()
    assert going.merged_into == into
    assert going.merged_at == NOW
    for row in (application, note, cv, letter):
        row.refresh_from_db()
        assert row.candidate == into
        assert row.moved_from == going
    assert into.consents.count() == 2
    assert set(into.tags.values_list("name", flat=True)) == {"python", "remote"}


def test_the_recruiter_chooses_which_facts_survive(by: User) -> None:
    into = CandidateFactory(name="V. Quill", email="old@example.org", links=["https://a.example"], location="")
    going = CandidateFactory(name="Vera Quill", email="vera@example.org", links=["https://b.example"], location="Bern")

    merged = merge(into, going, by, theirs=["name", "email"])

    into.refresh_from_db()
    assert (into.name, into.email, into.location) == ("Vera Quill", "vera@example.org", "")
    assert into.links == ["https://a.example", "https://b.example"]
    undo(merged, by)
    into.refresh_from_db()
    going.refresh_from_db()
    assert (into.name, into.email, into.links) == ("V. Quill", "old@example.org", ["https://a.example"])
    assert (going.email, going.merged_into, going.merged_at) == ("vera@example.org", None, None)


def test_of_two_applications_to_one_role_the_chosen_one_goes_on(by: User) -> None:
    role = RoleFactory()
    mine, theirs = ApplicationFactory(role=role), ApplicationFactory(role=role)

    merged = merge(mine.candidate, theirs.candidate, by, live={role.pk: theirs.pk})

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.merged_into, theirs.merged_into) == (theirs, None)
    assert list(Application.objects.visible_to(by).of_role(role)) == [theirs]
    with pytest.raises(Refused, match="already in the pipeline"):
        add_application(candidate=mine.candidate, role=role, source="", owner=None, by=by, now=NOW)
    undo(merged, by)
    mine.refresh_from_db()
    assert mine.merged_into is None
    assert set(Application.objects.visible_to(by).of_role(role)) == {mine, theirs}


def test_the_choice_of_the_application_that_goes_on_has_to_be_made(by: User) -> None:
    role = RoleFactory()
    mine, theirs = ApplicationFactory(role=role), ApplicationFactory(role=role)
    for live in ({}, {role.pk: 0}):
        with pytest.raises(GateRefused, match="Choose which application"):
            merge(mine.candidate, theirs.candidate, by, live=live)
    assert not Merge.objects.exists()


def test_the_database_itself_keeps_a_person_to_one_application_a_role(by: User) -> None:
    role = RoleFactory()
    mine, theirs = ApplicationFactory(role=role), ApplicationFactory(role=role)
    with pytest.raises(IntegrityError), transaction.atomic():
        Candidate.objects.filter(pk=theirs.candidate_id).update(merged_into=mine.candidate_id)


def test_who_came_furthest_is_proposed() -> None:
    role = RoleFactory()
    early = ApplicationFactory(role=role, kind=StageKind.CONTACTED)
    late = ApplicationFactory(role=role, kind=StageKind.SCORED)
    [clash] = compare(into=early.candidate, candidate=late.candidate).clashes
    assert clash.proposed == late


def test_a_scorecard_owed_where_both_applied_is_waited_for(by: User) -> None:
    role = RoleFactory()
    mine, theirs = ApplicationFactory(role=role), ApplicationFactory(role=role)
    owed = ScorecardFactory(interview=InterviewFactory(application=mine))
    with pytest.raises(GateRefused, match="still owed"):
        merge(mine.candidate, theirs.candidate, by)
    owed.delete()
    merge(mine.candidate, theirs.candidate, by)


def test_an_application_the_client_has_is_not_set_aside(by: User) -> None:
    role = RoleFactory()
    mine, theirs = ApplicationFactory(role=role), ApplicationFactory(role=role, kind=StageKind.WITH_CLIENT)
    ShortlistEntryFactory(shortlist=PresentedShortlistFactory(role=role), application=theirs)
    with pytest.raises(GateRefused, match="Let that one go on"):
        merge(mine.candidate, theirs.candidate, by, live={role.pk: mine.pk})
    merge(mine.candidate, theirs.candidate, by, live={role.pk: theirs.pk})
    mine.refresh_from_db()
    assert mine.merged_into == theirs


def test_neither_can_be_set_aside_when_both_are_on_shortlists(by: User) -> None:
    role = RoleFactory()
    both = [ApplicationFactory(role=role, kind=StageKind.SHORTLISTED) for _ in range(2)]
    with pytest.raises(GateRefused, match="Both stand on a shortlist"):
        merge(both[0].candidate, both[1].candidate, by)


def test_the_second_of_two_recruiters_is_told(by: User) -> None:
    one, two, three = CandidateFactory(), CandidateFactory(), CandidateFactory()
    seen = compare(into=one, candidate=two).seen
    merge(three, two, by)
    with pytest.raises(Conflict, match="went into another file meanwhile"):
        merge_candidates(candidate=two, into=one, theirs=(), live={}, seen=seen, by=by, now=NOW)


def test_what_changed_since_it_was_shown_is_looked_at_again(by: User) -> None:
    one, two = CandidateFactory(), CandidateFactory()
    seen = compare(into=one, candidate=two).seen
    ApplicationFactory(candidate=two)
    with pytest.raises(Conflict, match="changed since you looked"):
        merge_candidates(candidate=two, into=one, theirs=(), live={}, seen=seen, by=by, now=NOW)
    assert not Merge.objects.exists()


def test_who_still_has_to_judge_one_of_them_merges_neither() -> None:
    interviewer = RecruiterFactory()
    application, other = ApplicationFactory(), CandidateFactory()
    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=interviewer)
    for into, going in ((application.candidate, other), (other, application.candidate)):
        with pytest.raises(Refused, match="still have to judge"):
            merge(into, going, interviewer)


@pytest.mark.parametrize("part", [HiringManagerFactory, ReviewerFactory])
def test_only_staff_merge(part: Callable[[], User]) -> None:
    role = RoleFactory()
    user = part()
    if user.is_hiring_manager:
        RoleMember.objects.create(role=role, user=user)
    application = ApplicationFactory(role=role)
    with pytest.raises(Refused):
        merge(application.candidate, CandidateFactory(), user)


def test_nobody_merges_their_own_file(by: User) -> None:
    with pytest.raises(Refused, match="closed to you"):
        merge(CandidateFactory(), CandidateFactory(user=by), by)


def test_an_erased_file_is_not_merged(by: User, administrator: User) -> None:
    gone = CandidateFactory()
    erase_candidate(candidate=gone, reason="Asked for", by=administrator)
    for into, going in ((CandidateFactory(), gone), (gone, CandidateFactory())):
        with pytest.raises(Refused):
            merge(into, going, by)
    assert not Merge.objects.exists()


def test_two_people_with_accounts_are_two_people(by: User) -> None:
    with pytest.raises(GateRefused, match="two people"):
        merge(CandidateFactory(user=HiringManagerFactory()), CandidateFactory(user=HiringManagerFactory()), by)


def test_who_judged_the_one_is_not_the_other(by: User) -> None:
    manager = HiringManagerFactory()
    judged = submitted_scorecard(ApplicationFactory(), [4, 3, 4], by=manager).interview.application.candidate
    with pytest.raises(GateRefused, match="sits on a panel"):
        merge(judged, CandidateFactory(user=manager), by)


def test_whoever_is_linked_to_either_never_sees_the_merged_file(by: User) -> None:
    linked = RecruiterFactory()
    into, going = CandidateFactory(), CandidateFactory(user=linked)
    merged = merge(into, going, by)
    assert not Candidate.objects.visible_to(linked).exists()
    undo(merged, by)
    assert list(Candidate.objects.visible_to(linked)) == [into]


def test_an_interviewer_who_owes_a_scorecard_on_one_reads_no_notes_on_either(by: User) -> None:
    interviewer = RecruiterFactory()
    application, into = ApplicationFactory(), CandidateFactory()
    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=interviewer)
    Note.objects.create(candidate=into, author=by, text="Calm.")
    assert Note.objects.visible_to(interviewer).exists()
    merge(into, application.candidate, by)
    assert not Note.objects.visible_to(interviewer).exists()


def test_an_application_set_aside_is_sealed_with_the_one_that_goes_on(by: User) -> None:
    role = RoleFactory()
    aside, live = ApplicationFactory(role=role), ApplicationFactory(role=role)
    submitted_scorecard(aside, [4, 3, 4])
    merge(live.candidate, aside.candidate, by, live={role.pk: live.pk})
    manager = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=manager)
    assert Scorecard.objects.visible_to(manager).exists()
    own = ScorecardFactory(interview=InterviewFactory(application=live), interviewer=manager)
    assert list(Scorecard.objects.visible_to(manager)) == [own]


def test_who_read_opinions_on_the_one_set_aside_joins_no_panel_of_the_other(by: User) -> None:
    role = RoleFactory()
    aside, live = ApplicationFactory(role=role), ApplicationFactory(role=role)
    manager = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=manager)
    OpinionSeen.objects.create(user=manager, application=aside, first_seen_at=NOW)
    assert missing_for_panel(live, [manager]) == []
    merge(live.candidate, aside.candidate, by, live={role.pk: live.pk})
    [missing] = missing_for_panel(live, [manager])
    assert "already seen" in missing.text


def test_a_client_sees_the_documents_of_the_file_it_was_shown_and_later_ones(by: User) -> None:
    role = RoleFactory()
    reviewer = ReviewerFactory(client=role.client)
    shown = ApplicationFactory(role=role, kind=StageKind.WITH_CLIENT)
    ShortlistEntryFactory(shortlist=PresentedShortlistFactory(role=role, show_cv=True), application=shown)
    into = CandidateFactory()
    theirs, hidden = document(shown.candidate), document(into)

    merge_candidates(
        candidate=shown.candidate,
        into=into,
        theirs=(),
        live={},
        seen=compare(into=into, candidate=shown.candidate).seen,
        by=by,
        now=timezone.now(),
    )

    assert list(Document.objects.visible_to(reviewer)) == [theirs]
    later = document(into, kind=DocumentKind.CV)
    assert set(Document.objects.visible_to(reviewer)) == {theirs, later}
    assert hidden in Document.objects.visible_to(by)


def test_a_hiring_manager_sees_no_further_roles(by: User) -> None:
    role = RoleFactory()
    manager = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=manager)
    mine, elsewhere = ApplicationFactory(role=role), ApplicationFactory()
    submitted_scorecard(elsewhere, [4, 3, 4])
    merge(mine.candidate, elsewhere.candidate, by)
    assert list(Application.objects.visible_to(manager)) == [mine]
    assert not Scorecard.objects.visible_to(manager).exists()


def test_what_is_written_to_a_merged_file_follows_it(by: User) -> None:
    into, going = CandidateFactory(), CandidateFactory()
    stale = Candidate.objects.get(pk=going.pk)
    merged = merge(into, going, by)
    note = add_note(candidate=stale, text="Late.", by=by, now=NOW)
    consent = give_consent(candidate=stale, now=NOW)
    note.refresh_from_db()
    consent.refresh_from_db()
    assert (note.candidate, consent.candidate) == (into, into)
    undo(merged, by)
    note.refresh_from_db()
    assert note.candidate == going


def test_what_was_written_since_stays_and_what_was_edited_since_is_told(by: User) -> None:
    into, going = CandidateFactory(headline="One"), CandidateFactory(headline="Two")
    merged = merge(into, going, by, theirs=["headline", "name"])
    into.refresh_from_db()
    details = CandidateDetails(name=into.name, email=into.email, phone=into.phone, headline="Three")
    update_candidate(candidate=into, details=details)
    note = add_note(candidate=into, text="Since.", by=by, now=NOW)
    assert undo(merged, by) == ["Headline"]
    into.refresh_from_db()
    note.refresh_from_db()
    assert (into.headline, note.candidate) == ("Three", into)


def test_a_request_for_erasure_is_not_lost(by: User) -> None:
    into, going = CandidateFactory(), CandidateFactory()
    ask_erasure(candidate=going, now=NOW)
    merged = merge(into, going, by)
    into.refresh_from_db()
    assert into.erasure_requested_at == NOW
    undo(merged, by)
    into.refresh_from_db()
    assert into.erasure_requested_at is None


def test_erasing_the_person_erases_what_both_files_said(by: User, administrator: User) -> None:
    into, going = CandidateFactory(), CandidateFactory(name=CANARY, headline=CANARY)
    Note.objects.create(candidate=going, author=by, text=CANARY)
    merged = merge(into, going, by, theirs=["name", "headline"])
    into.refresh_from_db()
    erase_candidate(candidate=into, reason="Asked for", by=administrator)
    merged.refresh_from_db()
    assert merged.replaced == {}
    assert not Note.objects.filter(text=CANARY).exists()
    with connection.cursor() as cursor:
        for table in ("candidate", "candidateevent", "merge", "mergeevent", "note", "noteevent"):
            cursor.execute(f"SELECT count(*) FROM candidates_{table} t WHERE t::text LIKE %s", [f"%{CANARY}%"])
            assert cursor.fetchone() == (0,), table
    with pytest.raises(Refused):
        undo(merged, by)


def test_merges_are_taken_apart_in_the_opposite_order(by: User) -> None:
    one, two, three, four = (CandidateFactory() for _ in range(4))
    application = ApplicationFactory(candidate=one)
    first, second = merge(two, one, by), merge(two, three, by)
    with pytest.raises(GateRefused, match="later"):
        undo(first, by)
    third = merge(four, two, by)
    with pytest.raises(GateRefused, match="Undo that merge first"):
        undo(second, by)
    application.refresh_from_db()
    assert application.candidate == four
    for merged in (third, second, first):
        undo(merged, by)
    application.refresh_from_db()
    assert (application.candidate, application.moved_from) == (one, None)
    with pytest.raises(GateRefused, match="undone already"):
        undo(first, by)


def test_a_file_is_only_merged_into_one_that_stands(by: User) -> None:
    one, two, three = (CandidateFactory() for _ in range(3))
    merge(two, one, by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Candidate.objects.filter(pk=three.pk).update(merged_into=one)


def test_an_address_somebody_else_took_meanwhile_stops_the_undoing(by: User) -> None:
    into, going = CandidateFactory(), CandidateFactory(email="vera@example.org")
    merged = merge(into, going, by)
    CandidateFactory(email="vera@example.org")
    with pytest.raises(Refused, match="has this e-mail"):
        undo(merged, by)
    going.refresh_from_db()
    assert going.merged_into == into


def test_told_apart_they_are_not_proposed_and_merging_overrules_it(by: User) -> None:
    one, two = CandidateFactory(), CandidateFactory()
    LikelyDuplicate.objects.create(one=one, two=two, reasons=["phone"], found_at=NOW)
    for pair in ((two, one), (one, two)):
        tell_apart(one=pair[0], two=pair[1], by=by, now=NOW)
    assert DifferentPeople.objects.count() == 1
    assert not LikelyDuplicate.objects.exists()
    merge(two, one, by)
    assert not DifferentPeople.objects.exists()


def test_nobody_is_merged_with_themselves(by: User) -> None:
    person = CandidateFactory()
    with pytest.raises(Refused, match="two people"):
        merge(person, person, by)
    with pytest.raises(Refused, match="two people"):
        tell_apart(one=person, two=person, by=by, now=NOW)


def test_history_keeps_both_steps(by: User) -> None:
    into, going = CandidateFactory(), CandidateFactory()
    undo(merge(into, going, by), by)
    events = Candidate.objects.model.pgh_event_model.objects  # type: ignore[attr-defined]  # made by pghistory
    told = list(events.filter(pgh_obj=going).order_by("pgh_id").values_list("merged_into", flat=True))
    assert told[-2:] == [into.pk, None]
