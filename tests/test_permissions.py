"""Who may call what: every URL × method × part, declared here and compared with what the program answers.

A URL that is not declared fails. Letters: a administrator, r recruiter, m manager on the role's team whose scorecard is
in, s manager on the team who still owes theirs, o manager of another role, c reviewer of the role's client, x reviewer
of another client. Whoever is not named gets 404; nobody signed in is sent to the sign-in page, or 401 by the API.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.abridged import UNABRIDGED
from tests.installation import Installation, install

EVERYBODY, INSIDE, STAFF, TEAM = "armsocx", "armso", "ar", "arms"


@dataclass(frozen=True)
class May:
    """Who may read (GET) and who may write (POST, or PUT where `put`); None where the method does not exist."""

    read: str | None = None
    write: str | None = None
    put: bool = False


def read(who: str) -> May:
    return May(read=who)


def write(who: str) -> May:
    return May(write=who)


DECLARED: dict[str, May] = {
    # what every signed-in person has
    "accounts:profile": May(EVERYBODY, EVERYBODY),
    "accounts:notices": write(EVERYBODY),
    "accounts:token_new": write(EVERYBODY),
    "accounts:token_revoke": write("r"),
    "candidates:today": read(EVERYBODY),
    "candidates:attention": read(STAFF),
    "candidates:thresholds": May(STAFF, STAFF),
    "candidates:search": read(EVERYBODY),
    # people, clients, audit, outbox
    "accounts:people": read("a"),
    "accounts:invite": May("a", "a"),
    "accounts:withdraw_invitation": write("a"),
    "accounts:person": May("a", "a"),
    "accounts:deactivate": write("a"),
    "accounts:reactivate": write("a"),
    "accounts:clients": read(STAFF),
    "accounts:client_new": May("a", "a"),
    "accounts:client": May("a", "a"),
    "accounts:audit": read("a"),
    "jobs:job": read("ar"),
    "jobs:cancel": write("ar"),
    "jobs:outbox": read("a"),
    "jobs:delivery": read("a"),
    "jobs:resend": write("a"),
    # roles
    "rubrics:roles": read(EVERYBODY),
    "rubrics:role_new": May(STAFF, STAFF),
    "rubrics:role": read("armsc"),
    "rubrics:role_status": write(STAFF),
    "rubrics:role_settings": May(STAFF, STAFF),
    "rubrics:role_version": write(STAFF),
    "rubrics:stage_add": write(STAFF),
    "rubrics:stage_rename": write(STAFF),
    "rubrics:stage_drop": write(STAFF),
    "rubrics:member_add": write(STAFF),
    "rubrics:member_duty": write(STAFF),
    "rubrics:member_remove": write(STAFF),
    "rubrics:scope": write(STAFF),
    "rubrics:scope_gate": write(STAFF),
    "rubrics:approval": write("c"),
    "rubrics:approval_request": write(STAFF),
    "rubrics:approval_record": write(STAFF),
    "rubrics:kickoff_send": write(STAFF),
    "rubrics:kickoff_answers": write("m"),
    "rubrics:kickoff_remind": write(STAFF),
    "rubrics:kickoff_accept_all": write(STAFF),
    "rubrics:kickoff_accept": write(STAFF),
    "rubrics:kickoff_return": write(STAFF),
    "rubrics:override_ask": write(STAFF),
    "rubrics:override_approve": write(STAFF),
    "rubrics:override_decline": write(STAFF),
    # rubrics
    "rubrics:role_rubric": read("armsc"),
    "rubrics:role_plan": write(STAFF),
    "rubrics:kits": May(TEAM, TEAM),
    "rubrics:kits_preview": write(TEAM),
    "rubrics:kit_add": write(TEAM),
    "rubrics:kit_remove": write(TEAM),
    "rubrics:kit_move": write(TEAM),
    "rubrics:rubrics": read(EVERYBODY),
    "rubrics:rubric_load": May(STAFF, STAFF),
    "rubrics:rubric_load_shipped": write(STAFF),
    "rubrics:version": read("armsoc"),
    "rubrics:version_changes": read(TEAM),
    "rubrics:version_yaml": read(STAFF),
    "rubrics:version_samples": read(INSIDE),
    "rubrics:version_upload": write(TEAM),
    "rubrics:version_equivalent": write(TEAM),
    "rubrics:version_publish": May(STAFF, STAFF),
    "rubrics:version_draft": write(STAFF),
    "rubrics:rubric_new": May(STAFF, STAFF),
    # writing a draft in place, and talking about it
    "rubrics:part_about": May(TEAM, TEAM),
    "rubrics:part_scale": May(TEAM, TEAM),
    "rubrics:part_weights": May(TEAM, TEAM),
    "rubrics:part_dimension": May(TEAM, TEAM),
    "rubrics:part_anchor": May(TEAM, TEAM),
    "rubrics:part_question": May(TEAM, TEAM),
    "rubrics:part_signals": May(TEAM, TEAM),
    "rubrics:dimension_add": May(TEAM, TEAM),
    "rubrics:dimension_move": write(TEAM),
    "rubrics:dimension_remove": write(TEAM),
    "rubrics:question_add": May(TEAM, TEAM),
    "rubrics:question_move": write(TEAM),
    "rubrics:question_remove": write(TEAM),
    "rubrics:comment_add": May(TEAM, TEAM),
    "rubrics:comment_add_on": May(TEAM, TEAM),
    "rubrics:comments_resolve": write(TEAM),
    "rubrics:comments_resolve_on": write(TEAM),
    # candidates and their pipeline
    "candidates:candidates": read(INSIDE),
    "candidates:candidate_new": May(STAFF, STAFF),
    "candidates:candidate": read(TEAM),
    "candidates:candidate_edit": May(STAFF, STAFF),
    "candidates:duplicates": read(STAFF),
    "candidates:duplicates_look": write(STAFF),
    "candidates:merge_choose": read(STAFF),
    "candidates:merge": May(STAFF, STAFF),
    "candidates:merge_apart": write(STAFF),
    "candidates:merge_undo": write(STAFF),
    "candidates:add_to_role": May(STAFF, STAFF),
    "candidates:note_add": write("arm"),
    "candidates:note": May("r", "r"),  # who wrote it
    "candidates:note_delete": write("r"),
    "candidates:mentionable": read("arm"),
    "candidates:mention": read("m"),  # who is named in it
    "candidates:candidate_mail": May(STAFF, STAFF),
    "candidates:mail": read(STAFF),
    "candidates:mail_take_back": write(STAFF),
    "candidates:mail_templates": read(STAFF),
    "candidates:mail_template_new": May(STAFF, STAFF),
    "candidates:mail_template": May(STAFF, STAFF),
    "candidates:mail_template_archive": write(STAFF),
    "candidates:mail_template_restore": write(STAFF),
    "candidates:tag_add": write(STAFF),
    "candidates:tag_remove": write(STAFF),
    "candidates:document_add": write(STAFF),
    "candidates:document": read(STAFF),
    "candidates:document_delete": write(STAFF),
    "candidates:consent_record": write(STAFF),
    "candidates:consent_withdraw": write(STAFF),
    "candidates:link_send": write(STAFF),
    "candidates:link_renew": write(STAFF),
    "candidates:erase": write("a"),
    "candidates:pipeline": read(TEAM),
    "candidates:pipeline_changes": read(TEAM),
    "candidates:bulk_plan": write(STAFF),
    "candidates:bulk": read("ar"),
    "candidates:bulk_start": write("r"),
    "candidates:bulk_words": write("r"),
    "candidates:bulk_undo": write("r"),
    "candidates:bulk_cancel": write("r"),
    "candidates:column": read(TEAM),
    "candidates:move": May(STAFF, STAFF),
    "candidates:move_undo": write(STAFF),
    "candidates:saved_views": read(INSIDE),
    "candidates:saved_view_new": write(INSIDE),
    "candidates:saved_view_change": write("r"),
    "candidates:saved_view_delete": write("r"),
    "candidates:import_scorecards": May(STAFF, STAFF),
    "candidates:imports": May(STAFF, STAFF),
    "candidates:import": read("ar"),  # r brought the file
    "candidates:import_reading": write("ar"),
    "candidates:import_columns": write("ar"),
    "candidates:import_map_again": write("ar"),
    "candidates:import_decisions": write("ar"),
    "candidates:import_go_on": write("ar"),
    "candidates:import_discard": write("ar"),
    "candidates:import_left_out": read("ar"),
    "candidates:export": write(STAFF),
    "candidates:pipeline_export": write(STAFF),
    "candidates:export_file": read("r"),  # who asked for it
    # interviews and scorecards
    "candidates:interviews": read(INSIDE),
    "candidates:interview": read(TEAM),
    "candidates:interview_hold": write(STAFF),
    "candidates:interview_cancel": write(STAFF),
    "candidates:interview_no_show": write(STAFF),
    "candidates:interview_panel": write(STAFF),
    "candidates:interview_move": May(STAFF, STAFF),
    "candidates:interview_invite": write(STAFF),
    "candidates:interview_calendar": read(TEAM),
    "candidates:role_interviews": read(TEAM),
    "candidates:interview_new": May(STAFF, STAFF),
    "candidates:scorecard": read("arm"),
    "candidates:scorecard_draft": write("s"),
    "candidates:scorecard_submit": May("s", "s"),
    "candidates:scorecard_hand_over": May("ars", "ars"),
    "candidates:scorecard_excuse": write(STAFF),
    "candidates:scorecard_amend": May("m", "m"),
    "candidates:scorecard_discard": write("m"),
    "candidates:scorecard_approve": write(STAFF),
    "candidates:samples": read(INSIDE),
    "candidates:sample": May(INSIDE, INSIDE),
    "candidates:leans": read(STAFF),
    "candidates:comparison": read(TEAM),
    "candidates:version_move": May(STAFF, STAFF),
    "candidates:side_by_side": read(TEAM),
    "candidates:sensitivity": read(TEAM),
    "candidates:insights": read(TEAM),
    "candidates:insights_interviewers": read(TEAM),
    "candidates:insights_questions": read(TEAM),
    "candidates:insights_pools": read(STAFF),
    "candidates:validity": read(STAFF),
    "candidates:agreement": read(STAFF),
    "candidates:insights_pipeline": read(INSIDE),
    "candidates:insights_people": read(INSIDE),
    "candidates:insights_pipeline_csv": read(STAFF),
    "candidates:score": read("arm"),
    "candidates:debrief": read(TEAM),  # s reads only that it opens once theirs is in
    "candidates:debrief_meeting": read(TEAM),  # the same
    "candidates:debrief_outcome": write("arm"),
    "candidates:debrief_ask": write("arm"),
    "candidates:debrief_question": read("arm"),
    "candidates:debrief_answer": write("arm"),
    "candidates:debrief_resolve": write(STAFF),
    # shortlists, the client's own evaluation, decisions
    "candidates:shortlists": read(EVERYBODY),
    "candidates:role_shortlists": read("armsc"),
    "candidates:shortlist_new": write(STAFF),
    "candidates:shortlist": read("armsc"),
    "candidates:shortlist_preview": read(STAFF),
    "candidates:shortlist_order": write(STAFF),
    "candidates:shortlist_shown": write(STAFF),
    "candidates:shortlist_withdraw": write(STAFF),
    "candidates:reviewer_new": write(STAFF),
    "candidates:reviewer_remove": write(STAFF),
    "candidates:reviewer_release": write(STAFF),
    "candidates:reviewer_remind": write(STAFF),
    "candidates:shortlist_add": May(STAFF, STAFF),
    "candidates:shortlist_override": write(STAFF),
    "candidates:shortlist_next": May(STAFF, STAFF),
    "candidates:shortlist_next_add": May(STAFF, STAFF),
    "candidates:shortlist_next_order": write(STAFF),
    "candidates:shortlist_next_summary": write(STAFF),
    "candidates:shortlist_next_remove": write(STAFF),
    "candidates:shortlist_next_report": write(STAFF),
    "candidates:shortlist_next_present": May(STAFF, STAFF),
    "candidates:shortlist_next_drop": write(STAFF),
    "candidates:shortlist_version": read("armsc"),
    "candidates:shortlist_version_pdf": read("armsc"),
    "candidates:entry": read("armsc"),
    "candidates:entry_preview": read(STAFF),
    "candidates:entry_cv": read("arc"),
    "candidates:entry_ask": write("c"),
    "candidates:client_question_answer": write("arc"),
    "candidates:entry_summary": write(STAFF),
    "candidates:entry_remove": write(STAFF),
    "candidates:shortlist_present": May(STAFF, STAFF),
    "candidates:present_override": write(STAFF),
    "candidates:override_approve": write(STAFF),
    "candidates:override_decline": write(STAFF),
    "candidates:report_build": write(STAFF),
    "candidates:report_pdf": read("armsc"),
    "candidates:review": write("c"),
    "candidates:review_commit": write("c"),
    "candidates:entry_meet": May("c", "c"),
    "candidates:meeting": read("arc"),
    "candidates:meeting_arrange": May(STAFF, STAFF),
    "candidates:meeting_decline": write(STAFF),
    "candidates:meeting_cancel": write("arc"),
    "candidates:meeting_hold": write("arc"),
    "candidates:meeting_invite": write(STAFF),
    "candidates:meeting_calendar": read("arc"),
    "candidates:meeting_candidate_calendar": read(STAFF),
    "candidates:entry_decide": write("arc"),
    "candidates:offer_make": write("arc"),
    "candidates:offer_answer": write("arc"),
    "candidates:entry_feedback": May(STAFF, STAFF),
    # engagements
    "candidates:engagements": read(EVERYBODY),
    "candidates:engagement": read("armsc"),
    "candidates:engagement_end": write("arc"),
    "candidates:engagement_review": May("c", "c"),
    "candidates:engagement_review_save": write("c"),
    "candidates:engagement_start": May("arc", "arc"),
    # the API
    "role-list": read(EVERYBODY),
    "role-detail": read("armsc"),
    "rubricversion-list": read(EVERYBODY),
    "rubricversion-detail": read("armsoc"),
    "candidate-list": read(EVERYBODY),
    "candidate-detail": read(STAFF),
    "application-list": read(EVERYBODY),
    "application-detail": read("arms"),
    "application-move": write(STAFF),
    "interview-list": read(EVERYBODY),
    "interview-detail": read(TEAM),
    "scorecard-list": read(EVERYBODY),
    "scorecard-detail": read("arm"),
    "scorecard-draft": May(write="s", put=True),
    "scorecard-submit": write("s"),
    "score-list": read(EVERYBODY),
    "score-detail": read("arm"),
    "shortlist-list": read(EVERYBODY),
    "shortlist-detail": read("armsc"),
    "clientreview-list": read(EVERYBODY),
    "clientreview-detail": read(TEAM),  # c has not committed their own yet
}
OPEN_TO_ALL = {
    "healthz", "metrics", "schema", "accounts:invitation", "candidates:own_page", "candidates:own_consent", "candidates:own_withdraw",
    "candidates:own_erasure", "account_logout",
}  # fmt: skip
"""Signed links, health, the API's description and signing out: no account needed; their own tests hold what they do."""


def urls(patterns: Any = None, namespace: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every named URL of the program with the arguments it takes, the sign-in library's apart."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            if str(pattern.pattern) != "accounts/":
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from urls(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            regex = pattern.pattern.regex.groupindex
            yield f"{namespace}{pattern.name}", set(regex)


def arguments_of(name: str, takes: set[str], found: Installation) -> dict[str, Any]:
    """What stands in a URL: declared under its own name, or under the noun it begins with."""
    if not takes:
        return {}
    if name in found.arguments:
        return found.arguments[name]
    noun = name.rpartition(":")[2]
    if "slug" in takes:
        return found.arguments["role"]
    by_prefix = {
        "scorecard_draft": "owed", "scorecard_submit": "owed", "scorecard_excuse": "owed",
        "scorecard_hand_over": "owed",
        "interview_new": "application", "add_to_role": "candidate", "note_add": "candidate", "tag_add": "candidate",
        "mentionable": "candidate", "mail_template": "template",
        "document_add": "candidate", "consent": "candidate", "link": "candidate", "erase": "candidate",
        "move": "application", "debrief": "application", "scorecard": "scorecard", "score": "application",
        "reviewer_new": "shortlist",
    }  # fmt: skip
    for prefix, thing in by_prefix.items():
        if noun.startswith(prefix):
            return found.arguments[thing]
    return found.arguments[noun.partition("_")[0]]


def answer(browser: Browser, method: str, address: str, payload: dict[str, Any]) -> int:
    """The status of one request, everything it wrote undone."""
    with transaction.atomic():
        if method == "PUT":
            response = browser.put(address, payload, content_type="application/json")
        else:
            response = getattr(browser, method.lower())(address, payload if method == "POST" else None)
        transaction.set_rollback(True)
    return int(response.status_code)


def asking(who: str | None, browsers: dict[str, Browser], turn: int) -> dict[str, Browser]:
    """Whose answer is looked at: everybody's; abridged one's who may and one's who may not, each in turn."""
    if UNABRIDGED:
        return browsers
    groups = (
        [letter for letter in browsers if letter in (who or "")],
        [letter for letter in browsers if letter not in (who or "")],
    )
    return {letter: browsers[letter] for group in groups for letter in group[turn % max(len(group), 1) :][:1]}


def wrong_answers(name: str, address: str, found: Installation, browsers: dict[str, Browser]) -> Iterator[str]:
    api, may = address.startswith("/api/"), DECLARED[name]
    turn = list(DECLARED).index(name)
    for method, who in (("GET", may.read), ("PUT" if may.put else "POST", may.write), ("DELETE", None)):
        for letter, browser in asking(who, browsers, turn).items():
            status = answer(browser, method, address, found.payload)
            if who is None:
                right = status in {404, 405}
            elif letter in who:
                right = status < 500 and status not in {401, 403, 404, 405}
            else:
                right = status == 404
            if not right:
                yield f"{method} {name} as {letter}: {status}, declared for {who!r}"
        status = answer(Browser(), method, address, {})
        if status not in ({401, 403} if api else {302}):
            yield f"{method} {name} signed out: {status}"


def test_every_url_is_declared() -> None:
    names = {name for name, _ in urls()}
    assert names - set(DECLARED) - OPEN_TO_ALL == set(), "declare who may call it"
    assert set(DECLARED) | OPEN_TO_ALL == names, "declared, but there is no such URL"


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(4))
def test_every_url_answers_each_part_as_declared(part: int) -> None:
    found = install()
    browsers = {}
    for letter, user in found.people.items():
        browsers[letter] = Browser(raise_request_exception=False)
        browsers[letter].force_login(user)
    wrong: list[str] = []
    for name, takes in sorted(urls())[part::4]:
        if name in DECLARED:
            address = reverse(name, kwargs=arguments_of(name, takes, found))
            wrong += wrong_answers(name, address, found, browsers)
    assert not wrong, "\n" + "\n".join(wrong)
