from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps

from rubrics.enums import KickoffState
from rubrics.gates.base import GateRefused
from rubrics.gates.roles import scope_of
from rubrics.models import KickoffAnswer, Role, Scope
from rubrics.queries.approvals import approvals_of, asked_to_approve
from rubrics.services.kickoffs import (
    accept_answer,
    accept_answers,
    answer_questions,
    remind_of_questions,
    return_answer,
    save_drafts,
    send_questions,
)
from rubrics.services.roles import add_member
from rubrics.services.scopes import (
    ScopeChanged,
    approve_scope,
    ask_for_approval,
    fingerprint,
    record_scope_approval,
    save_scope,
)
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.rubrics import RoleFactory

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WORDS = dict.fromkeys(Scope.QUESTIONS, "Claims triage must stay above 0.9 precision.")
pytestmark = pytest.mark.django_db


def seen(role: Role) -> str:
    return fingerprint(Scope.objects.get(role=role).content)


def mails(event: str) -> list[str]:
    return sorted(Delivery.objects.filter(event=event).values_list("recipient", flat=True))


def test_a_scope_is_saved_whole_or_in_part() -> None:
    role = RoleFactory()
    save_scope(role=role, content={"problem": "Drift", "overlap": "4 h with Berlin"})
    scope = save_scope(role=role, content={"problem": "Silent drift"})
    assert (scope.problem, scope.overlap) == ("Silent drift", "4 h with Berlin")
    with pytest.raises(Refused, match="not a question"):
        save_scope(role=role, content={"updated_at": "now"})


def test_newer_text_is_never_overwritten() -> None:
    role = RoleFactory()
    began_with = seen(role)
    save_scope(role=role, content={"problem": "Somebody else's"}, seen=began_with)
    with pytest.raises(ScopeChanged) as conflict:
        save_scope(role=role, content={"problem": "Mine"}, seen=began_with)
    assert conflict.value.scope.problem == "Somebody else's"
    assert Scope.objects.get(role=role).problem == "Somebody else's"


def test_the_client_approves_what_it_read() -> None:
    role = RoleFactory()
    reviewer = ReviewerFactory(client=role.client)
    approval = approve_scope(role=role, seen=seen(role), by=reviewer, now=NOW)
    assert approval.content == WORDS
    assert (approval.approver_name, approval.recorded_by) == (reviewer.name, None)
    with pytest.raises(ScopeChanged):
        approve_scope(role=role, seen="something else", by=reviewer, now=NOW)


def test_others_do_not_approve_for_the_client() -> None:
    role = RoleFactory()
    for somebody in (ReviewerFactory(), RecruiterFactory(), HiringManagerFactory(client=role.client)):
        with pytest.raises(Refused, match="Only a reviewer of this client"):
            approve_scope(role=role, seen=seen(role), by=somebody, now=NOW)


def test_an_incomplete_scope_is_not_approved_in_any_way() -> None:
    role = RoleFactory()
    save_scope(role=role, content={"dependents": " "})
    reviewer = ReviewerFactory(client=role.client)
    with pytest.raises(GateRefused, match="Who depends on it"):
        approve_scope(role=role, seen=seen(role), by=reviewer, now=NOW)
    with pytest.raises(GateRefused):
        record_scope_approval(role=role, approver_name="Mo", where_given="call", by=RecruiterFactory(), now=NOW)
    with pytest.raises(GateRefused):
        ask_for_approval(role=role)
    assert role.scope_approvals.count() == 1


def test_an_approval_given_elsewhere_is_recorded_with_its_place() -> None:
    role, by = RoleFactory(), RecruiterFactory()
    approval = record_scope_approval(role=role, approver_name="Mo", where_given="a call", by=by, now=NOW)
    assert (approval.recorded_by, approval.approved_by, approval.where_given) == (by, None, "a call")
    with pytest.raises(Refused, match="where they did"):
        record_scope_approval(role=role, approver_name="Mo", where_given=" ", by=by, now=NOW)
    with pytest.raises(Refused, match="recruiter"):
        record_scope_approval(role=role, approver_name="Mo", where_given="x", by=HiringManagerFactory(), now=NOW)


def test_every_reviewer_of_the_client_is_asked_once_for_the_same_scope() -> None:
    role = RoleFactory()
    with pytest.raises(Refused, match="no client reviewer"):
        ask_for_approval(role=role)
    people = ReviewerFactory.create_batch(2, client=role.client)
    ReviewerFactory()
    assert ask_for_approval(role=role) == 2
    ask_for_approval(role=role)
    assert mails("scope.approval_asked") == sorted(person.email for person in people)
    assert f"/roles/{role.slug}/" in Delivery.objects.all()[0].text
    save_scope(role=role, content={"problem": "Changed"})
    ask_for_approval(role=role)
    assert len(mails("scope.approval_asked")) == 4


@pytest.fixture
def role() -> Role:
    return RoleFactory()


@pytest.fixture
def manager(role: Role) -> User:
    return add_member(role=role, user=HiringManagerFactory()).user


def asked(role: Role, manager: User, *questions: str) -> list[KickoffAnswer]:
    return send_questions(role=role, questions=questions, to=manager, by=RecruiterFactory())


def test_questions_go_out_in_their_order_and_once(role: Role, manager: User) -> None:
    assert [one.question for one in asked(role, manager, "overlap", "problem")] == ["problem", "overlap"]
    assert [one.question for one in asked(role, manager, "problem", "dependents")] == ["dependents"]
    with pytest.raises(Refused, match="has these questions already"):
        asked(role, manager, "problem")
    assert mails("kickoff.asked") == [manager.email] * 2
    assert "What will break, and who notices?" in Delivery.objects.order_by("pk")[0].text


def test_only_the_team_is_asked_and_only_questions_of_the_scope(role: Role, manager: User) -> None:
    with pytest.raises(Refused, match="not on the team"):
        asked(role, HiringManagerFactory(), "problem")
    with pytest.raises(Refused, match="not a question"):
        asked(role, manager, "salary")


def answer(role: Role, by: User, **answers: str) -> list[KickoffAnswer]:
    return answer_questions(role=role, answers=answers, by=by, now=NOW)


def test_an_accepted_answer_stands_in_the_scope(role: Role, manager: User) -> None:
    [one] = asked(role, manager, "problem")
    [answered] = answer(role, manager, problem="Triage drifts")
    assert (answered.state, answered.answered_at) == (KickoffState.ANSWERED, NOW)
    assert mails("kickoff.answered") == [one.asked_by.email]
    assert accept_answer(kickoff=one).state == KickoffState.ACCEPTED
    assert Scope.objects.get(role=role).content == {**WORDS, "problem": "Triage drifts"}


def test_a_returned_answer_is_given_again(role: Role, manager: User) -> None:
    [one] = asked(role, manager, "problem")
    answer(role, manager, problem="Something")
    with pytest.raises(Refused, match="what is missing"):
        return_answer(kickoff=one, comment=" ", now=NOW)
    returned = return_answer(kickoff=one, comment="Who notices?", now=NOW)
    assert (returned.state, returned.returned_at) == (KickoffState.RETURNED, NOW)
    assert mails("kickoff.returned") == [manager.email]
    assert answer(role, manager, problem="Operations do")[0].state == KickoffState.ANSWERED


def test_an_answer_is_judged_once_and_given_by_who_was_asked(role: Role, manager: User) -> None:
    [one] = asked(role, manager, "problem")
    with pytest.raises(Refused, match="no new answer"):
        accept_answer(kickoff=one)
    with pytest.raises(Refused, match="No question waits for you"):
        answer(role, one.asked_by, problem="x")
    with pytest.raises(Refused, match="at least one answer"):
        answer(role, manager, problem=" ")
    answer(role, manager, problem="x")
    with pytest.raises(Refused, match="No question waits for you"):
        answer(role, manager, problem="y")
    accept_answer(kickoff=one)
    with pytest.raises(Refused, match="accepted"):
        return_answer(kickoff=one, comment="Too late", now=NOW)


def test_what_is_ready_is_sent_in_one_mail_and_the_rest_stays_open(role: Role, manager: User) -> None:
    asked(role, manager, "problem", "dependents", "overlap")
    sent = answer(role, manager, problem="Drift", overlap="4 h", dependents=" ", decides_alone="never asked")
    assert [one.question for one in sent] == ["problem", "overlap"]
    assert role.kickoff_answers.get(question="dependents").state == KickoffState.SENT
    [mail] = Delivery.objects.filter(event="kickoff.answered")
    assert "1 more is still open" in mail.text


def test_a_draft_is_kept_until_it_is_sent_and_leaves_no_history(role: Role, manager: User) -> None:
    [one] = asked(role, manager, "problem")
    save_drafts(role=role, drafts={"problem": "Half a thou", "overlap": "never asked"}, by=manager)
    one.refresh_from_db()
    assert (one.draft, one.answer, one.state) == ("Half a thou", "", KickoffState.SENT)
    assert "Half a thou" not in str(list(apps.get_model("rubrics", "KickoffAnswerEvent").objects.values()))
    answer(role, manager, problem="A whole thought")
    one.refresh_from_db()
    assert (one.draft, one.answer) == ("", "A whole thought")
    assert save_drafts(role=role, drafts={"problem": "Too late"}, by=manager) == 0
    one.refresh_from_db()
    assert one.draft == ""


def test_all_answers_are_accepted_at_once_the_later_of_two(role: Role, manager: User) -> None:
    other = add_member(role=role, user=HiringManagerFactory()).user
    with pytest.raises(Refused, match="No answer waits"):
        accept_answers(role=role)
    for person in (manager, other):
        asked(role, person, "problem", "overlap")
    answer_questions(role=role, answers={"problem": "Later"}, by=manager, now=NOW + timedelta(hours=1))
    answer(role, other, problem="Earlier", overlap="2 h")
    assert len(accept_answers(role=role)) == 3
    scope = Scope.objects.get(role=role)
    assert (scope.problem, scope.overlap) == ("Later", "2 h")
    assert role.kickoff_answers.filter(state=KickoffState.SENT).count() == 1


def test_who_has_not_answered_is_reminded_once_a_day(role: Role, manager: User) -> None:
    by = RecruiterFactory()
    with pytest.raises(Refused, match="Nothing waits"):
        remind_of_questions(role=role, to=manager, by=by, now=NOW)
    asked(role, manager, "problem", "overlap")
    answer(role, manager, overlap="2 h")
    assert [one.question for one in remind_of_questions(role=role, to=manager, by=by, now=NOW)] == ["problem"]
    with pytest.raises(Refused, match="less than a day ago"):
        remind_of_questions(role=role, to=manager, by=by, now=NOW + timedelta(hours=23))
    remind_of_questions(role=role, to=manager, by=by, now=NOW + timedelta(hours=25))
    assert mails("kickoff.reminder") == [manager.email] * 2
    text = Delivery.objects.filter(event="kickoff.reminder")[0].text
    assert "What will break" in text
    assert "Which working hours" not in text


def test_whoever_made_the_role_hears_of_the_clients_approval() -> None:
    made_by = RecruiterFactory()
    role = RoleFactory(created_by=made_by)
    approve_scope(role=role, seen=seen(role), by=ReviewerFactory(client=role.client), now=NOW)
    assert mails("scope.approved") == [made_by.email]


def test_an_approval_says_what_changed_since_and_who_was_asked() -> None:
    role = RoleFactory()
    reviewer = ReviewerFactory(client=role.client)
    scope = scope_of(role)
    assert approvals_of(role, scope).current is not None
    assert asked_to_approve(role, seen(role)) == []
    changed = save_scope(role=role, content={"overlap": "Two hours"})
    found = approvals_of(role, changed)
    assert found.current is None
    assert found.last is not None
    [change] = found.changed
    assert (change.before, change.now) == (WORDS["overlap"], "Two hours")
    ask_for_approval(role=role)
    assert [person for person, _ in asked_to_approve(role, seen(role))] == [reviewer]
    save_scope(role=role, content={"overlap": WORDS["overlap"]})
    assert approvals_of(role, scope_of(role)).current is not None, "back at what was approved"
