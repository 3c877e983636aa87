from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.test import Client as Browser
from django.urls import reverse

from rubrics.enums import Duty, KickoffState, RoleStatus, StageKind
from rubrics.models import KickoffAnswer, Role, RoleMember, Scope, ScopeApproval
from rubrics.services.kickoffs import answer_questions, send_questions
from rubrics.services.scopes import fingerprint
from screening.accounts.models import User
from tests.factories.accounts import (
    AdministratorFactory,
    ClientFactory,
    HiringManagerFactory,
    RecruiterFactory,
    ReviewerFactory,
)
from tests.factories.candidates import ApplicationFactory
from tests.factories.rubrics import RoleFactory, published_version

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
Enter = Callable[[User], Browser]
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class World:
    """A role in draft, everybody who may look at it, and everybody who may not."""

    role: Role
    recruiter: User
    lead: User
    member: User
    reviewer: User
    outsiders: tuple[User, ...]

    def url(self, name: str, *args: object) -> str:
        return reverse(f"rubrics:{name}", args=[self.role.slug, *args])


@pytest.fixture
def world() -> World:
    role = RoleFactory(status=RoleStatus.DRAFT)
    lead, member, bound = HiringManagerFactory(), HiringManagerFactory(), HiringManagerFactory(client=ClientFactory())
    for user, duty in ((lead, Duty.LEAD), (member, Duty.INTERVIEWER), (bound, Duty.LEAD)):
        RoleMember.objects.create(role=role, user=user, duty=duty)
    return World(
        role=role,
        recruiter=RecruiterFactory(),
        lead=lead,
        member=member,
        reviewer=ReviewerFactory(client=role.client),
        outsiders=(HiringManagerFactory(), ReviewerFactory(), bound),
    )


@pytest.fixture
def enter() -> Enter:
    def signed_in(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return signed_in


def written(role: Role, **changes: str) -> dict[str, str]:
    content = Scope.objects.get(role=role).content
    return {**content, "seen": fingerprint(content), **changes}


def test_the_list_shows_each_their_own_roles(world: World, enter: Enter) -> None:
    ApplicationFactory(role=world.role)
    for user in (world.recruiter, world.lead, world.member, world.reviewer):
        assert world.role.title in enter(user).get(reverse("rubrics:roles")).text
    for user in world.outsiders:
        assert world.role.title not in enter(user).get(reverse("rubrics:roles")).text
    assert "Candidates" not in enter(world.reviewer).get(reverse("rubrics:roles")).text


def test_the_list_is_filtered_by_status_and_text(world: World, enter: Enter) -> None:
    other = RoleFactory(title="Analyst")
    browser = enter(world.recruiter)

    def listed(**filters: str) -> set[int]:
        page = browser.get(reverse("rubrics:roles"), filters).context["page"]
        return {role.pk for role in page}

    assert listed() == {world.role.pk, other.pk}
    assert listed(status="open") == {other.pk}
    assert listed(status="nonsense") == {world.role.pk, other.pk}
    assert listed(q="analy") == {other.pk}
    assert listed(q=world.role.client.name) == {world.role.pk}
    assert listed(q="nobody") == set()


def test_a_recruiter_makes_a_role(world: World, enter: Enter) -> None:
    data = {"client": world.role.client_id, "title": "Data Lead", "openings": 2, "panel_size": 3, "name_form": "full"}
    url = reverse("rubrics:role_new")
    answer = enter(world.recruiter).post(url, data)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/roles/data-lead/"
    role = Role.objects.get(slug="data-lead")
    assert (role.openings, role.created_by, role.stages.count()) == (2, world.recruiter, 11)
    refused = enter(world.recruiter).post(url, {**data, "title": "", "openings": 0})
    assert refused.status_code == 422
    assert {"title", "openings"} <= set(refused.context["form"].errors)
    for user in (world.lead, world.reviewer):
        assert enter(user).get(url).status_code == 404
        assert enter(user).post(url, data).status_code == 404


def test_the_page_of_a_role_shows_each_what_is_theirs(world: World, enter: Enter) -> None:
    pages = {}
    for user in (world.recruiter, world.lead, world.member, world.reviewer):
        answer = enter(user).get(world.url("role"))
        assert answer.status_code == 200
        pages[user.pk] = answer.text
    assert "Save the scope" in pages[world.recruiter.pk]
    assert "Save the scope" in pages[world.lead.pk]
    assert "Save the scope" not in pages[world.member.pk] + pages[world.reviewer.pk]
    assert "Open the role" in pages[world.recruiter.pk]
    assert "Open the role" not in pages[world.lead.pk] + pages[world.reviewer.pk]
    assert world.member.name in pages[world.lead.pk]
    assert world.member.name not in pages[world.reviewer.pk]
    for user in world.outsiders:
        assert enter(user).get(world.url("role")).status_code == 404


@pytest.mark.parametrize("name", ["role", "role_rubric"])
def test_outsiders_meet_nothing(name: str, world: World, enter: Enter) -> None:
    for user in world.outsiders:
        assert enter(user).get(world.url(name)).status_code == 404
    for user in (world.recruiter, world.lead, world.reviewer):
        assert enter(user).get(world.url(name)).status_code == 200


POSTS = (
    "scope_gate",
    "scope",
    "approval_request",
    "approval_record",
    "kickoff_send",
    "override_ask",
    "member_add",
    "stage_add",
    "role_version",
    "role_settings",
)


@pytest.mark.parametrize("name", POSTS)
def test_only_staff_act_on_a_role_and_the_lead_on_its_scope(name: str, world: World, enter: Enter) -> None:
    for user in (world.member, world.reviewer, *world.outsiders):
        assert enter(user).post(world.url(name)).status_code == 404
    lead = enter(world.lead).post(world.url(name)).status_code
    assert (lead != 404) == (name in {"scope", "scope_gate"})
    assert enter(world.recruiter).post(world.url(name)).status_code in {200, 302, 422}


def test_the_lead_writes_the_scope_until_the_role_is_opened(world: World, enter: Enter) -> None:
    browser = enter(world.lead)
    answer = browser.post(world.url("scope"), written(world.role, problem="Silent drift"))
    assert answer.status_code == 302
    assert Scope.objects.get(role=world.role).problem == "Silent drift"
    Role.objects.filter(pk=world.role.pk).update(status=RoleStatus.OPEN)
    assert browser.post(world.url("scope"), written(world.role, problem="x")).status_code == 404


def test_a_scope_changed_meanwhile_shows_both_texts_and_is_then_replaced_on_purpose(world: World, enter: Enter) -> None:
    browser = enter(world.recruiter)
    mine = written(world.role, problem="Mine")
    Scope.objects.filter(role=world.role).update(problem="Theirs")
    answer = browser.post(world.url("scope"), mine)
    assert answer.status_code == 409
    assert "Mine" in answer.text
    assert "Theirs" in answer.text
    again = {**mine, "seen": answer.context["scope_form"]["seen"].value()}
    assert browser.post(world.url("scope"), again).status_code == 302
    assert Scope.objects.get(role=world.role).problem == "Mine"


def test_the_gate_list_follows_what_is_being_written(world: World, enter: Enter) -> None:
    browser = enter(world.recruiter)
    answer = browser.post(world.url("scope_gate"), written(world.role, problem=" "))
    codes = {item.code for item in answer.context["missing"]}
    assert {"scope:problem", "approval"} <= codes
    assert "Answer “What will break, and who notices?”" in answer.text
    answer = browser.post(world.url("scope_gate"), written(world.role))
    assert not {"scope:problem", "approval"} & {item.code for item in answer.context["missing"]}
    assert Scope.objects.get(role=world.role).problem.strip()


def test_the_client_approves_exactly_what_it_read(world: World, enter: Enter) -> None:
    Scope.objects.filter(role=world.role).update(problem="Newer")
    browser = enter(world.reviewer)
    form = browser.get(world.url("role")).context["approve_form"]
    Scope.objects.filter(role=world.role).update(problem="Newest")
    assert browser.post(world.url("approval"), form.initial).status_code == 409
    form = browser.get(world.url("role")).context["approve_form"]
    assert browser.post(world.url("approval"), form.initial).status_code == 302
    approval = ScopeApproval.objects.filter(approved_by=world.reviewer).get()
    assert approval.content["problem"] == "Newest"
    page = browser.get(world.url("role"))
    assert page.context["approve_form"] is None
    assert f'By <span dir="auto">{world.reviewer.name}' in page.text
    for user in (world.recruiter, world.lead, *world.outsiders):
        assert enter(user).post(world.url("approval"), form.initial).status_code == 404


def test_an_approval_is_recorded_for_the_client(world: World, enter: Enter) -> None:
    Scope.objects.filter(role=world.role).update(problem="Newer")
    data = {"approver_name": "Mo", "where_given": "in a call", "seen": written(world.role)["seen"]}
    browser = enter(world.recruiter)
    assert browser.post(world.url("approval_record"), {**data, "where_given": ""}).status_code == 422
    assert browser.post(world.url("approval_record"), data).status_code == 302
    assert "in a call" in browser.get(world.url("role")).text


def test_what_is_refused_comes_back_with_its_reason(world: World, enter: Enter) -> None:
    browser = enter(world.recruiter)
    Scope.objects.filter(role=world.role).update(problem="")
    answer = browser.post(world.url("role_status", "open"))
    assert answer.status_code == 422
    assert "Answer “What will break, and who notices?”" in answer.text
    assert browser.post(world.url("role_status", "nonsense")).status_code == 404
    assert browser.post(world.url("role_status", "on_hold")).status_code == 422


def test_a_role_is_opened_held_and_closed(world: World, enter: Enter) -> None:
    browser = enter(world.recruiter)
    for status in ("open", "on_hold", "open", "filled", "closed"):
        assert browser.post(world.url("role_status", status)).status_code == 302
        world.role.refresh_from_db()
        assert world.role.status == status
    for user in (world.lead, world.reviewer):
        assert enter(user).post(world.url("role_status", "open")).status_code == 404


def test_kick_off_from_question_to_scope(world: World, enter: Enter) -> None:
    staff, lead = enter(world.recruiter), enter(world.lead)
    sent = staff.post(world.url("kickoff_send"), {"to": world.lead.pk, "questions": ["problem", "overlap"]})
    assert sent.status_code == 302
    first, second = KickoffAnswer.objects.order_by("pk")
    answers = world.url("kickoff_answers")
    send = {"then": "send"}
    assert enter(world.member).post(answers, {"answer-problem": "x", **send}).status_code == 404
    assert lead.post(answers, {"answer-problem": " ", **send}).status_code == 422
    assert lead.post(answers, {"answer-problem": "Triage drifts", **send}).status_code == 302
    assert lead.post(answers, {"answer-problem": "Again", **send}).status_code == 422
    back, accept = (reverse(f"rubrics:kickoff_{name}", args=[first.pk]) for name in ("return", "accept"))
    assert lead.post(accept).status_code == 404
    assert staff.post(back, {"comment": ""}).status_code == 422
    assert staff.post(back, {"comment": "Who notices?"}).status_code == 302
    page = lead.get(world.url("role")).text
    assert "Who notices?" in page
    assert page.index("What will break") < page.index("Which working hours"), "what was returned comes first"
    assert lead.post(answers, {"answer-problem": "Operations notice", **send}).status_code == 302
    assert staff.post(accept).status_code == 302
    assert Scope.objects.get(role=world.role).problem == "Operations notice"
    second.refresh_from_db()
    assert second.state == KickoffState.SENT
    for user in (world.reviewer, *world.outsiders):
        assert enter(user).post(answers, {"answer-problem": "x", **send}).status_code == 404


def test_what_is_written_is_kept_for_its_author_alone(world: World, enter: Enter) -> None:
    send_questions(role=world.role, questions=["problem", "overlap"], to=world.lead, by=world.recruiter)
    lead, answers = enter(world.lead), world.url("kickoff_answers")
    typed = {"answer-problem": "Canary half written", "answer-overlap": ""}
    saved = lead.post(answers, typed, headers={"HX-Request": "true"})
    assert saved.status_code == 200
    assert "Kept" in saved.text
    assert "<html" not in saved.text
    assert "Canary half written" in lead.get(world.url("role")).text
    for user in (world.recruiter, world.member, AdministratorFactory()):
        assert "Canary half written" not in enter(user).get(world.url("role")).text
    refused = lead.post(answers, {"answer-problem": "y" * 6000, "answer-overlap": "Kept as typed", "then": "send"})
    assert refused.status_code == 422
    assert "Kept as typed" in refused.text


def test_a_recruiter_reminds_and_accepts_all(world: World, enter: Enter) -> None:
    send_questions(role=world.role, questions=["problem", "overlap", "dependents"], to=world.lead, by=world.recruiter)
    staff, lead = enter(world.recruiter), enter(world.lead)
    remind = world.url("kickoff_remind", world.lead.pk)
    assert lead.post(remind).status_code == 404
    assert staff.post(world.url("kickoff_remind", world.member.pk)).status_code == 404
    assert staff.post(remind).status_code == 302
    assert staff.post(remind).status_code == 422
    assert "reminded" in staff.get(world.url("role")).text
    typed = {"answer-problem": "Drift", "answer-overlap": "4 h", "then": "send"}
    assert lead.post(world.url("kickoff_answers"), typed).status_code == 302
    page = staff.get(world.url("role")).text
    assert "Accept all 2" in page
    assert "It would replace what the scope says now" in page
    assert lead.post(world.url("kickoff_accept_all")).status_code == 404
    assert staff.post(world.url("kickoff_accept_all")).status_code == 302
    assert Scope.objects.get(role=world.role).overlap == "4 h"
    assert staff.post(world.url("kickoff_accept_all")).status_code == 422


def test_kick_off_is_kept_from_the_client(world: World, enter: Enter) -> None:
    send_questions(role=world.role, questions=["problem"], to=world.lead, by=world.recruiter)
    answer_questions(role=world.role, answers={"problem": "Canary in the kick-off"}, by=world.lead, now=NOW)
    assert "Canary in the kick-off" in enter(world.member).get(world.url("role")).text
    assert "Canary in the kick-off" not in enter(world.reviewer).get(world.url("role")).text


def test_an_approval_that_no_longer_holds_says_what_changed(world: World, enter: Enter) -> None:
    browser = enter(world.reviewer)
    Scope.objects.filter(role=world.role).update(overlap="Two hours with Lisbon")
    for user in (world.recruiter, world.reviewer):
        page = enter(user).get(world.url("role")).text
        assert "Out of date" in page
        assert "<ins>Two hours with Lisbon</ins>" in page
    assert browser.post(world.url("approval"), {"seen": written(world.role)["seen"]}).status_code == 302
    page = browser.get(world.url("role")).text
    assert "Out of date" not in page
    assert "Two hours with Lisbon" in page


def test_whom_to_add_is_said_when_there_is_nobody(world: World, enter: Enter) -> None:
    for person in User.objects.who_can_interview_for(world.role.client).exclude(memberships__role=world.role):
        RoleMember.objects.create(role=world.role, user=person)
    page = enter(world.recruiter).get(world.url("role")).text
    assert "Everybody who can interview for this client is on the team" in page
    assert "Choose somebody" not in page


def test_an_override_needs_two_people(world: World, enter: Enter) -> None:
    Role.objects.filter(pk=world.role.pk).update(bar=None)
    staff, second = enter(world.recruiter), enter(AdministratorFactory())
    assert staff.post(world.url("override_ask"), {"reason": ""}).status_code == 422
    assert staff.post(world.url("override_ask"), {"reason": "Canary reason"}).status_code == 302
    override = world.role.overrides.get()
    approve = reverse("rubrics:override_approve", args=[override.pk])
    assert enter(world.lead).post(approve).status_code == 404
    assert staff.post(approve).status_code == 422
    assert second.post(approve).status_code == 302
    assert second.post(reverse("rubrics:override_decline", args=[override.pk])).status_code == 422
    assert staff.post(world.url("role_status", "open")).status_code == 302
    assert "Canary reason" in second.get(world.url("role")).text
    for user in (world.lead, world.reviewer):
        assert "Canary reason" not in enter(user).get(world.url("role")).text


def test_an_override_about_a_candidate_is_not_answered_here(world: World, enter: Enter) -> None:
    other = world.role.overrides.create(
        gate="shortlist", subject=1, waives=["floor"], reason="Canary", asked_by=world.recruiter, asked_at=NOW
    )
    browser = enter(AdministratorFactory())
    for name in ("approve", "decline"):
        assert browser.post(reverse(f"rubrics:override_{name}", args=[other.pk])).status_code == 404
    assert "Canary" not in browser.get(world.url("role")).text


def test_the_team_is_put_together(world: World, enter: Enter) -> None:
    browser, person = enter(world.recruiter), HiringManagerFactory()
    stranger = HiringManagerFactory(client=ClientFactory())
    add = world.url("member_add")
    assert browser.post(add, {"person": stranger.pk, "duty": "interviewer"}).status_code == 422
    assert browser.post(add, {"person": person.pk, "duty": "observer"}).status_code == 302
    member = world.role.team.get(user=person)
    field = f"duty-{member.pk}-duty"
    assert browser.post(world.url("member_duty", member.pk), {field: "king"}).status_code == 422
    assert browser.post(world.url("member_duty", member.pk), {field: "lead"}).status_code == 302
    member.refresh_from_db()
    assert member.duty == Duty.LEAD
    assert browser.post(world.url("member_remove", member.pk)).status_code == 302
    assert not world.role.team.filter(user=person).exists()
    assert enter(world.lead).post(world.url("member_remove", world.role.team.all()[0].pk)).status_code == 404


def test_settings_are_staffs(world: World, enter: Enter) -> None:
    browser = enter(world.recruiter)
    assert browser.get(world.url("role_settings")).status_code == 200
    data = {"title": "Staff", "openings": 1, "panel_size": 2, "bar": "9", "name_form": "initials"}
    refused = browser.post(world.url("role_settings"), data)
    assert refused.status_code == 422
    assert "lies outside the levels" in refused.text
    assert browser.post(world.url("role_settings"), {**data, "bar": "4"}).status_code == 302
    world.role.refresh_from_db()
    assert (world.role.title, world.role.name_form) == ("Staff", "initials")
    for user in (world.lead, world.reviewer, *world.outsiders):
        assert enter(user).get(world.url("role_settings")).status_code == 404


def test_a_version_is_pinned_on_purpose(world: World, enter: Enter) -> None:
    other, narrow = published_version(), published_version(lowest=0, highest=3, evidence_from=None)
    browser = enter(world.recruiter)
    moving = browser.post(world.url("role_version"), {"version": other.pk})
    assert moving.headers["Location"] == f"/roles/{world.role.slug}/version/?version={other.pk}", (
        "read before it is done"
    )
    Role.objects.filter(pk=world.role.pk).update(rubric_version=None)
    assert browser.post(world.url("role_version"), {"version": narrow.pk}).status_code == 422
    assert browser.post(world.url("role_version"), {"version": other.pk}).status_code == 302
    world.role.refresh_from_db()
    assert world.role.rubric_version == other


def test_stages_are_renamed_added_and_dropped(world: World, enter: Enter) -> None:
    browser = enter(world.recruiter)
    first = world.role.stages.get(kind=StageKind.SCREENING)
    assert browser.post(world.url("stage_rename", first.pk), {"name": "Phone call"}).status_code == 302
    assert browser.post(world.url("stage_rename", first.pk), {"name": "Scored"}).status_code == 422
    assert browser.post(world.url("stage_add"), {"kind": "screening", "name": "Test task"}).status_code == 302
    assert browser.post(world.url("stage_add"), {"kind": "screening", "name": ""}).status_code == 422
    assert browser.post(world.url("stage_drop", first.pk)).status_code == 302
    assert [stage.name for stage in world.role.stages.filter(kind=StageKind.SCREENING)] == ["Test task"]
    only = world.role.stages.get(kind=StageKind.OFFER)
    assert browser.post(world.url("stage_drop", only.pk)).status_code == 422
    elsewhere = RoleFactory().stages.all()[0]
    assert browser.post(world.url("stage_drop", elsewhere.pk)).status_code == 404


def test_pages_that_change_nothing_refuse_posts_and_the_others_gets(world: World, enter: Enter) -> None:
    browser = enter(world.recruiter)
    for name in ("role", "role_rubric"):
        assert browser.post(world.url(name)).status_code == 405
    for name in ("scope", "approval", "kickoff_send", "override_ask", "member_add", "stage_add"):
        assert browser.get(world.url(name)).status_code == 405
