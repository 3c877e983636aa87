"""Questions to us about somebody: nobody's judgment shows through them before everybody has judged."""

from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from candidates.models import ClientAnswer, ClientQuestion, ShortlistEntry, ShortlistOpening
from candidates.permissions.client_questions import can_view_client_question
from rubrics.enums import NameForm
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.shortlists import evaluated, presented

pytestmark = pytest.mark.django_db
ASKED = "Why only a two at mentoring for Zebulon?"


@pytest.fixture
def case() -> tuple[ShortlistEntry, list[User], User]:
    """Somebody shown by initials to two who must evaluate, and the recruiter who presented them."""
    by = RecruiterFactory()
    shortlist, entries, reviewers = presented(1, reviewers=2, by=by)
    shortlist.name_form = NameForm.INITIALS
    shortlist.save()
    person = entries[0].application.candidate
    person.name = "Zebulon Quokka"
    person.save()
    return entries[0], reviewers, by


def ask(entry: ShortlistEntry, user: User, text: str = ASKED) -> int:
    return as_(user).post(reverse("candidates:entry_ask", args=[entry.pk]), {"text": text}).status_code


def answer(question: ClientQuestion, user: User, text: str = "Zebulon reviewed nobody's work.") -> int:
    address = reverse("candidates:client_question_answer", args=[question.pk])
    return as_(user).post(address, {"text": text}).status_code


def page(entry: ShortlistEntry, user: User) -> str:
    return as_(user).get(reverse("candidates:entry", args=[entry.pk])).content.decode()


def test_a_question_is_answered_in_place_and_each_side_is_told_without_its_words(
    case: tuple[ShortlistEntry, list[User], User],
) -> None:
    entry, [asker, _], by = case
    Delivery.objects.all().delete()

    assert ask(entry, asker) == 302
    assert "Asked by clients" in as_(by).get("/").content.decode()
    assert answer(ClientQuestion.objects.get(), by) == 302

    assert "Answers to your questions" in as_(asker).get("/").content.decode()
    assert "Asked by clients" not in as_(by).get("/").content.decode()
    told = list(Delivery.objects.order_by("pk"))
    assert [(one.user, one.subject) for one in told] == [
        (by, f"A question about shortlist {entry.shortlist.number}"),
        (asker, f"An answer to your question about shortlist {entry.shortlist.number}"),
    ]
    said = " ".join(one.text + one.html for one in told)
    assert not any(word in said for word in ("Zebulon", "Quokka", "mentoring", "reviewed"))


def test_who_has_read_the_answer_is_not_told_of_it_again(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], by = case
    ask(entry, asker)
    answer(ClientQuestion.objects.get(), by)

    text = page(entry, asker)

    assert "Z. reviewed nobody" in text
    assert "Why only a two at mentoring for Z.?" in text
    assert "Answers to your questions" not in as_(asker).get("/").content.decode()
    assert "Zebulon reviewed nobody" in page(entry, by)


def test_a_colleague_reads_it_only_when_all_who_must_have_committed(
    case: tuple[ShortlistEntry, list[User], User],
) -> None:
    entry, [asker, colleague], _ = case
    ask(entry, asker)
    question = ClientQuestion.objects.get()
    late = ReviewerFactory(client=entry.shortlist.role.client)

    assert "two at mentoring" not in page(entry, colleague)
    assert answer(question, colleague) == 404
    evaluated([entry], colleague)
    assert "two at mentoring" not in page(entry, colleague), "the asker has still to judge"
    evaluated([entry], asker)
    assert "two at mentoring" in page(entry, colleague)
    assert "two at mentoring" not in page(entry, late), "has not judged on their own"


def test_nobody_else_at_all_reads_or_asks(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], by = case
    ask(entry, asker)
    question = ClientQuestion.objects.get()

    for outsider in (ReviewerFactory(), HiringManagerFactory()):
        assert ask(entry, outsider) == 404
        assert answer(question, outsider) == 404
        assert not ClientQuestion.objects.visible_to(outsider).exists()
        assert not can_view_client_question(outsider, question)
    assert ask(entry, by) == 404
    assert ClientAnswer.objects.count() == 0


def test_nothing_typed_is_lost_when_it_is_refused(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], _ = case

    assert ask(entry, asker, "  ") == 422
    assert not ClientQuestion.objects.exists()


def test_what_was_said_stays_as_it_was_said(case: tuple[ShortlistEntry, list[User], User]) -> None:
    entry, [asker, _], by = case
    ask(entry, asker)
    answer(ClientQuestion.objects.get(), by)

    for table in ("clientquestion", "clientanswer"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE candidates_{table} SET text = 'other'")  # of our own


def test_who_opened_what_and_when_is_shown_to_those_who_presented_it(
    case: tuple[ShortlistEntry, list[User], User],
) -> None:
    entry, [reader, silent], by = case
    overview = reverse("candidates:shortlist", args=[entry.shortlist_id])
    before = as_(by).get(overview).content.decode()
    page(entry, reader)
    first = ShortlistOpening.objects.get()
    page(entry, reader)
    as_(reader).get(overview)
    as_(reader).get(reverse("candidates:report_pdf", args=[entry.shortlist_id, "before"]))
    page(entry, by)

    again = ShortlistOpening.objects.get(pk=first.pk)
    after = as_(by).get(overview).content.decode()

    assert again.first_at == first.first_at < again.last_at
    assert sorted(one.what for one in ShortlistOpening.objects.all()) == ["entry", "report", "shortlist"]
    assert "Nobody has opened it yet." in before
    assert "1 person read" in after
    assert "Opened by the client" not in as_(silent).get(overview).content.decode()


def test_what_the_page_takes_does_not_grow_with_what_was_asked(
    case: tuple[ShortlistEntry, list[User], User],
) -> None:
    entry, [asker, _], by = case
    ask(entry, asker)
    answer(ClientQuestion.objects.get(), by)
    address = reverse("candidates:entry", args=[entry.pk])
    browsers = [as_(user) for user in (asker, by)]
    for browser in browsers:
        browser.get(address)  # what is remembered once is remembered now
    few = [statements(partial(browser.get, address)) for browser in browsers]
    for _ in range(3):
        ask(entry, asker)

    assert [statements(partial(browser.get, address)) for browser in browsers] == few
    assert max(few) <= 12, few
