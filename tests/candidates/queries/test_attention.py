"""Each rule just before and just after its threshold, by what the role says; and only of whom one may read."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from candidates.enums import InterviewState, Opened
from candidates.models import Application, Engagement, EngagementReview, ShortlistOpening
from candidates.queries.attention import COLUMNS, RULES, Asked, Row, cases_of, needs_attention
from candidates.querysets.seal import closed_once
from candidates.services.scorecards import approve_correction
from rubrics.enums import RoleStatus, StageKind
from rubrics.models import Role
from screening.accounts.models import User
from tests.asking import statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import (
    NOW,
    ApplicationFactory,
    CandidateFactory,
    ClientReviewFactory,
    InterviewFactory,
    PresentedShortlistFactory,
    ScorecardFactory,
    ShortlistEntryFactory,
    ShortlistReviewerFactory,
    submit_levels,
    submitted_scorecard,
)
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def rows(what: str, user: User, now: datetime = NOW, **asked: Any) -> list[Row]:
    return [Row(*values) for values in cases_of(what, Asked(user, now, **asked))]


def unread(role: Role) -> Any:
    shortlist = PresentedShortlistFactory(role=role)
    ShortlistEntryFactory(shortlist=shortlist)
    return ShortlistReviewerFactory(shortlist=shortlist, user=ReviewerFactory(client=role.client, name="Slow Reader"))


def test_a_stage_s_own_days_come_before_the_role_s() -> None:
    role, user = RoleFactory(stage_days=10), RecruiterFactory()
    role.stages.filter(kind=StageKind.SCREENING).update(attention_days=2)
    role.stages.filter(kind=StageKind.SOURCED).update(attention_days=0)
    for kind in (StageKind.SOURCED, StageKind.SCREENING, StageKind.CONTACTED, StageKind.HIRED, StageKind.REJECTED):
        ApplicationFactory(role=role, kind=kind, candidate__name=kind, stage_since=NOW - 5 * DAY)

    assert [row.who for row in rows("stages", user)] == ["screening"]
    later = rows("stages", user, NOW + 6 * DAY)
    assert [(row.who, row.passed) for row in later] == [("screening", NOW - 3 * DAY), ("contacted", NOW + 5 * DAY)]
    assert [row.allowed for row in later] == ["2 d", "10 d"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.integers(0, 365),
    own=st.none() | st.integers(0, 365),
    waited=st.integers(0, 366 * 24 * 60).map(lambda minutes: minutes * MINUTE),
)
def test_who_stays_longer_than_allowed_is_found_and_nobody_else(
    db: None, days: int, own: int | None, waited: timedelta
) -> None:
    role = RoleFactory(stage_days=days)
    role.stages.filter(kind=StageKind.CONTACTED).update(attention_days=own)
    ApplicationFactory(role=role, kind=StageKind.CONTACTED, stage_since=NOW - waited)

    found = [row for row in rows("stages", RecruiterFactory()) if row.slug == role.slug]

    allowed = days if own is None else own
    assert bool(found) == (allowed > 0 and waited > allowed * DAY)
    assert [NOW - row.passed for row in found] == [waited - allowed * DAY for _ in found]


def test_a_correction_waits_for_somebody_else_than_its_author() -> None:
    author, user = RecruiterFactory(name="Ruth Okonjo"), RecruiterFactory()
    original = submitted_scorecard(ApplicationFactory(), [3, 3, 3], by=author)
    for corrects_fact in (False, True):
        amendment = ScorecardFactory(
            interview=original.interview,
            interviewer=author,
            amends=original,
            amendment_reason="The wrong system",
            corrects_fact=corrects_fact,
        )
        assert rows("corrections", user) == [], "a draft is its author's"
        submit_levels(amendment, [3, 3, 4], independent=False)

    assert [(row.ref, row.about) for row in rows("corrections", user)] == [(amendment.pk, "Ruth Okonjo")]
    assert rows("corrections", author) == []
    approve_correction(scorecard=amendment, by=user, now=NOW)
    assert rows("corrections", user) == []


def test_consent_is_missed_after_the_role_s_days() -> None:
    role, user = RoleFactory(consent_days=2), RecruiterFactory()
    for kind in (StageKind.SCREENING, StageKind.CONTACTED):
        ApplicationFactory(role=role, kind=kind, candidate=CandidateFactory(name=kind, consented=False))
    ApplicationFactory(role=role, kind=StageKind.SCREENING)

    assert rows("consent", user, NOW + 2 * DAY) == []
    assert [row.who for row in rows("consent", user, NOW + 2 * DAY + MINUTE)] == ["screening"]
    Role.objects.update(consent_days=0)
    assert rows("consent", user, NOW + 99 * DAY) == []


def test_a_panel_stays_small_for_as_long_as_the_role_allows() -> None:
    application = ApplicationFactory(role=RoleFactory(panel_size=2, panel_days=4))
    ScorecardFactory(interview=InterviewFactory(application=application))
    user = RecruiterFactory()

    assert rows("panels", user, NOW + 4 * DAY) == []
    assert [row.words for row in rows("panels", user, NOW + 5 * DAY)] == ["1 of 2 interviewers"]
    ScorecardFactory(interview=InterviewFactory(application=application))
    assert rows("panels", user, NOW + 5 * DAY) == []


def test_scorecards_and_interviews() -> None:
    user, role = RecruiterFactory(), RoleFactory(marking_hours=6)
    card = ScorecardFactory(interview__application__role=role, interviewer__name="Late One", due_at=NOW)
    InterviewFactory(application__role=role, state=InterviewState.SCHEDULED, ends_at=NOW + HOUR)

    assert (rows("scorecards", user, NOW), rows("interviews", user, NOW + 7 * HOUR)) == ([], [])
    [late] = rows("scorecards", user, NOW + MINUTE)
    [unmarked] = rows("interviews", user, NOW + 7 * HOUR + MINUTE)
    assert (late.words, late.url) == ("Late One has not submitted", f"/interviews/{card.interview_id}/")
    assert (unmarked.since, unmarked.passed, unmarked.allowed) == (NOW + HOUR, NOW + 7 * HOUR, "6 h")


@pytest.mark.parametrize("state", [InterviewState.CANCELLED, InterviewState.NO_SHOW])
def test_nobody_waits_for_the_scorecards_of_what_did_not_take_place(state: InterviewState) -> None:
    ScorecardFactory(interview__state=state, due_at=NOW)
    assert rows("scorecards", RecruiterFactory(), NOW + DAY) == []


def test_the_page_s_statement_finds_what_the_lists_find_for_each_reader_at_each_moment() -> None:
    """Though it was made for an earlier moment, and for somebody to whom the same is closed."""
    role, other = RoleFactory(panel_size=2), RoleFactory(stage_days=3)
    users = [RecruiterFactory(), RecruiterFactory(time_zone="Pacific/Kiritimati")]
    for owner in (*users, None):
        person = CandidateFactory(consented=False)
        application = ApplicationFactory(role=role, owner=owner, candidate=person, stage_since=NOW)
        ScorecardFactory(interview=InterviewFactory(application=application), due_at=NOW)
        ApplicationFactory(role=other, owner=owner, stage_since=NOW)
    sealed = InterviewFactory(application=ApplicationFactory(role=role, stage_since=NOW))
    for interviewer in (users[0], RecruiterFactory()):
        ScorecardFactory(interview=sealed, interviewer=interviewer, due_at=NOW)

    seen = set()
    for moment in (NOW, NOW + MINUTE, NOW + 4 * DAY, NOW + 15 * DAY):
        for user in users:
            for everybody in (False, True):
                asked = Asked(user, moment, everybody)
                with closed_once(user):
                    found = needs_attention(asked)
                assert found == needs_attention(asked), "asked anew"
                counted = {what: items.total for what, items in found.items()}
                listed = {what: len(rows(what, user, moment, everybody=everybody)) for what in RULES}
                assert counted == {what: number for what, number in listed.items() if number}
                seen.add(tuple(counted.items()))
    assert len(seen) >= 8, "they do differ"


def test_a_shortlist_may_stay_unopened_and_opened_for_different_days() -> None:
    role, user = RoleFactory(unopened_days=2, unevaluated_days=6), RecruiterFactory()
    reviewer = unread(role)
    presented = reviewer.shortlist.presented_at

    assert rows("shortlists", user, presented + 2 * DAY) == []
    [row] = rows("shortlists", user, presented + 2 * DAY + MINUTE)
    assert row.words == f"Slow Reader of {role.client.name} has not opened it"
    ShortlistOpening.objects.create(
        shortlist=reviewer.shortlist, what=Opened.SHORTLIST, user=reviewer.user, first_at=presented, last_at=presented
    )
    assert rows("shortlists", user, presented + 6 * DAY) == []
    [row] = rows("shortlists", user, presented + 6 * DAY + MINUTE)
    assert row.words == f"Slow Reader of {role.client.name} has not evaluated anybody"
    entry = reviewer.shortlist.entries.get()
    ClientReviewFactory(entry=entry, reviewer=reviewer.user, committed_at=presented)
    assert rows("shortlists", user, presented + 60 * DAY) == []


def test_a_review_at_work_is_late_by_the_reader_s_own_day() -> None:
    role = RoleFactory(review_days=7)
    engagement = Engagement.objects.create(
        application=ApplicationFactory(role=role, kind=StageKind.HIRED, candidate__name="New Hire"),
        started_on=NOW.date() - 30 * DAY, created_by=RecruiterFactory(),
    )  # fmt: skip
    EngagementReview.objects.create(engagement=engagement, day=30, due_on=NOW.date())
    east, west = RecruiterFactory(time_zone="Pacific/Kiritimati"), RecruiterFactory(time_zone="Pacific/Midway")
    moment = datetime.combine(NOW.date() + 7 * DAY, NOW.time(), NOW.tzinfo).replace(hour=12)

    assert [row.who for row in rows("reviews", east, moment)] == ["New Hire"], "there it is the eighth day already"
    assert rows("reviews", west, moment) == []
    [row] = rows("reviews", west, moment + DAY)
    assert (row.words, row.url) == ("Review of day 30", f"/engagements/{engagement.pk}/")
    assert list(needs_attention(Asked(east, moment))) == ["reviews"]
    Engagement.objects.update(ended_on=NOW.date(), end_reason="Moved away.")
    assert rows("reviews", east, moment) == []


def test_only_the_own_and_nobody_s_people_unless_everybody_s_are_asked_for() -> None:
    user, role, now = RecruiterFactory(), RoleFactory(), NOW + 100 * DAY
    for name, owner in (("Mine", user), ("Nobody's", None), ("A colleague's", RecruiterFactory())):
        card = ScorecardFactory(interview__application__role=role, interview__application__owner=owner)
        Application.objects.filter(pk=card.interview.application_id).update(stage_since=NOW)
        card.interview.application.candidate.name = name
        card.interview.application.candidate.save()

    for what in ("scorecards", "panels", "stages"):
        assert {row.who for row in rows(what, user, now)} == {"Mine", "Nobody's"}, what
        assert len(rows(what, user, now, everybody=True)) == 3, what


def test_what_is_sealed_is_in_none_of_them() -> None:
    user, role, now = RecruiterFactory(), RoleFactory(panel_size=9), NOW + 400 * DAY
    application = ApplicationFactory(role=role, candidate=CandidateFactory(name="Sealed", consented=False))
    interview = InterviewFactory(application=application)
    ScorecardFactory(interview=interview, interviewer=user)
    ScorecardFactory(interview=interview)
    shortlist = unread(role).shortlist
    ShortlistEntryFactory(shortlist=shortlist, application=application)

    assert needs_attention(Asked(user, now)).keys() == {"stages"}, "of the other person on the shortlist"
    told = {what for what in RULES for row in rows(what, user, now, everybody=True) if row.who == "Sealed"}
    assert told == set()
    assert needs_attention(Asked(RecruiterFactory(), now)).keys() >= {"stages", "scorecards", "panels", "shortlists"}


def test_nobody_but_staff_reads_them() -> None:
    ApplicationFactory(stage_since=NOW - 300 * DAY)
    assert needs_attention(Asked(HiringManagerFactory(), NOW)) == {}
    assert needs_attention(Asked(ReviewerFactory(), NOW)) == {}


def test_roles_that_are_not_open_wait_for_nobody_in_their_stages() -> None:
    role = RoleFactory(status=RoleStatus.ON_HOLD)
    ApplicationFactory(role=role, stage_since=NOW - 300 * DAY)
    assert needs_attention(Asked(RecruiterFactory(), NOW)) == {}


def test_the_first_of_many_with_their_number_in_one_statement() -> None:
    role, user, now = RoleFactory(stage_days=1), RecruiterFactory(), NOW + 100 * DAY
    for days in range(8):
        ApplicationFactory(role=role, candidate__name=f"{days} days", stage_since=NOW - days * DAY)
    found: list[Any] = []

    with closed_once(user):
        assert statements(lambda: found.append(needs_attention(Asked(user, now)))) == 1
    items = found[0]["stages"]
    assert [item.title for item in items.rows] == ["7 days", "6 days", "5 days", "4 days", "3 days"]
    assert (items.total, items.more, items.url) == (8, True, "/attention/?rule=stages")
    assert len(COLUMNS) == len(Row.__dataclass_fields__)
