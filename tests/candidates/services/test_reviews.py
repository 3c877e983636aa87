import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from candidates.models import ClientReview, ShortlistEntry
from candidates.services.reviews import ReviewDraft, commit_review, save_review
from candidates.services.shortlists import withdraw_shortlist
from rubrics.gates.base import GateRefused
from screening.accounts.errors import Refused
from screening.accounts.models import User
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.shortlists import LATER, entries_of, evaluated, presented, whole_draft


def visible(user: User) -> set[int]:
    return set(ClientReview.objects.visible_to(user).values_list("reviewer", flat=True))


@pytest.mark.django_db
def test_a_draft_is_kept_as_far_as_it_goes_and_a_later_one_replaces_it() -> None:
    _, [entry], [user] = presented(1)
    first, second, third = whole_draft(entry).levels

    save_review(entry=entry, draft=ReviewDraft(levels={first: 2, second: None}, comment="So far."), by=user, now=LATER)
    review = save_review(entry=entry, draft=ReviewDraft(levels={second: 4, third: 5}), by=user, now=LATER)

    given = {rating.dimension_id: (rating.level, rating.not_assessed) for rating in review.ratings.all()}
    assert given == {second: (4, False), third: (5, False)}
    assert (review.comment, review.is_committed) == ("", False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (lambda pk: ReviewDraft(levels={pk: 6}), "6 is not a level"),
        (lambda pk: ReviewDraft(levels={pk: 0}), "0 is not a level"),
        (lambda _pk: ReviewDraft(levels={-1: 3}), "not part of this role's rubric"),
        (lambda _pk: ReviewDraft(levels={}, basis="hearsay"), "hearsay"),
        (lambda _pk: ReviewDraft(levels={}, verdict="maybe"), "maybe"),
    ],
)
def test_what_is_not_on_offer_is_refused(draft: Callable[[int], ReviewDraft], words: str) -> None:
    _, [entry], [user] = presented(1)
    dimension = next(iter(whole_draft(entry).levels))

    with pytest.raises(Refused, match=words):
        save_review(entry=entry, draft=draft(dimension), by=user, now=LATER)


@pytest.mark.django_db
def test_committing_needs_every_dimension_a_basis_and_a_verdict() -> None:
    _, [entry], [user] = presented(1)
    with pytest.raises(Refused, match="Evaluate the candidate first"):
        commit_review(entry=entry, by=user, now=LATER)

    with pytest.raises(GateRefused) as refused:
        commit_review(entry=entry, by=user, now=LATER, draft=ReviewDraft(levels={}))

    assert [item.code for item in refused.value.missing] == [
        "rating:production-ownership",
        "rating:architectural-judgment",
        "rating:observability",
        "basis",
        "verdict",
    ]
    assert not ClientReview.objects.exists()  # of a refusal nothing is kept


@pytest.mark.django_db
def test_not_assessed_is_an_answer() -> None:
    _, [entry], [user] = presented(1)

    assert commit_review(entry=entry, by=user, now=LATER, draft=whole_draft(entry, None)).is_committed


@pytest.mark.django_db
def test_a_committed_evaluation_stays_as_it_is() -> None:
    _, [entry], [user] = presented(1)
    evaluated([entry], user, level=2)

    with pytest.raises(Refused, match="can’t be changed any more"):
        save_review(entry=entry, draft=whole_draft(entry, 5), by=user, now=LATER)
    with pytest.raises(Refused, match="can’t be changed any more"):
        commit_review(entry=entry, by=user, now=LATER, draft=whole_draft(entry, 5))
    assert set(entry.reviews.get().ratings.values_list("level", flat=True)) == {2}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE candidates_clientreview SET verdict = 'decline'",
        "UPDATE candidates_clientreview SET committed_at = NULL",
        "DELETE FROM candidates_clientreview",
        "UPDATE candidates_clientrating SET level = 5",
        "DELETE FROM candidates_clientrating",
        (
            "INSERT INTO candidates_clientrating (review_id, dimension_id, level, not_assessed)"
            " SELECT review_id, dimension_id, 5, false FROM candidates_clientrating LIMIT 1"
        ),
        "TRUNCATE candidates_clientreview CASCADE",
        "TRUNCATE candidates_clientrating",
    ],
)
def test_the_database_refuses_to_change_a_committed_evaluation(sql: str) -> None:
    _, [entry], [user] = presented(1)
    evaluated([entry], user)

    with (
        pytest.raises(DatabaseError, match=r"refused|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.django_db
def test_nobody_sees_an_evaluation_before_it_is_committed_and_colleagues_only_after_their_own() -> None:
    shortlist, [entry], [hana, olek] = presented(1, reviewers=2)
    recruiter, manager = RecruiterFactory(), HiringManagerFactory()
    shortlist.role.team.create(user=manager)
    save_review(entry=entry, draft=whole_draft(entry), by=hana, now=LATER)
    assert [visible(one) for one in (hana, olek, recruiter, manager)] == [{hana.pk}, set(), set(), set()]

    evaluated([entry], hana)
    assert [visible(one) for one in (olek, recruiter, manager)] == [set(), {hana.pk}, {hana.pk}]
    save_review(entry=entry, draft=whole_draft(entry), by=olek, now=LATER)
    assert [visible(one) for one in (hana, olek)] == [{hana.pk}, {olek.pk}]

    evaluated([entry], olek)
    assert [visible(one) for one in (hana, olek)] == [{hana.pk, olek.pk}] * 2


@pytest.mark.django_db
def test_the_panel_opens_when_everybody_on_the_shortlist_has_been_evaluated() -> None:
    _, [first, second], [user] = presented(2)

    def open_to(reader: User) -> int:
        return ShortlistEntry.objects.panel_visible_to(reader).count()

    assert open_to(user) == 0
    evaluated([first], user)
    assert open_to(user) == 0
    evaluated([second], user)
    assert open_to(user) == 2


@pytest.mark.django_db
def test_a_shortlist_taken_back_takes_no_more_evaluations() -> None:
    shortlist, [entry], [user] = presented(1)
    withdraw_shortlist(shortlist=shortlist, reason="Role changed.", by=shortlist.created_by, now=LATER)
    [entry] = entries_of(shortlist)

    with pytest.raises(Refused, match="not with the client"):
        save_review(entry=entry, draft=whole_draft(entry), by=user, now=LATER)


class TestAtTheSameTime:
    """Two reviewers, and one with two windows, on a database that really commits."""

    def together(self, *acts: Callable[[], object]) -> list[BaseException | None]:
        ready, outcomes = threading.Barrier(len(acts)), dict.fromkeys(range(len(acts)))

        def run(place: int, act: Callable[[], object]) -> None:
            try:
                ready.wait()
                act()
            except Exception as error:  # noqa: BLE001 -- handed to the test
                outcomes[place] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return list(outcomes.values())

    def test_two_reviewers_commit_and_neither_disturbs_the_other(self, committed_db: str) -> None:
        _, [entry], [hana, olek] = presented(1, reviewers=2)

        failed = self.together(
            lambda: commit_review(entry=entry, by=hana, now=LATER, draft=whole_draft(entry, 2)),
            lambda: commit_review(entry=entry, by=olek, now=LATER, draft=whole_draft(entry, 5)),
        )

        assert failed == [None, None]
        for user, level in ((hana, 2), (olek, 5)):
            assert set(entry.reviews.get(reviewer=user).ratings.values_list("level", flat=True)) == {level}

    def test_of_a_commit_and_a_later_draft_the_commit_stays_whole(self, committed_db: str) -> None:
        _, [entry], [user] = presented(1)
        save_review(entry=entry, draft=whole_draft(entry, 4), by=user, now=LATER)

        self.together(
            lambda: commit_review(entry=entry, by=user, now=LATER, draft=whole_draft(entry, 4)),
            lambda: save_review(entry=entry, draft=whole_draft(entry, 1), by=user, now=LATER),
        )

        review = entry.reviews.get()
        assert review.is_committed
        assert set(review.ratings.values_list("level", flat=True)) == {4}

    def test_the_first_saves_of_one_reviewer_in_two_windows_make_one_evaluation(self, committed_db: str) -> None:
        _, [entry], [user] = presented(1)

        failed = self.together(
            *(lambda: save_review(entry=entry, draft=whole_draft(entry), by=user, now=LATER) for _ in range(4))
        )

        assert failed == [None] * 4
        assert entry.reviews.count() == 1
