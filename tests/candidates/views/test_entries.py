"""What a client reads of a person, when; and what never reaches them."""

import io
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from pypdf import PdfReader

from candidates.enums import Outcome, ShowPanel
from candidates.gates.shortlists import missing_to_shortlist
from candidates.models import Application, ClientReview, Document, OpinionSeen, Scorecard, Shortlist, ShortlistEntry
from candidates.services.decisions import decide
from candidates.services.reports import build_report
from candidates.services.reviews import save_review
from candidates.services.scores import score_pool
from candidates.services.shortlists import (
    ShownToClient,
    add_entry,
    choose_what_client_sees,
    create_shortlist,
    name_reviewer,
    order_entries,
    present_shortlist,
    write_entry,
)
from rubrics.enums import GateName, NameForm, StageKind
from rubrics.gates.base import Missing
from rubrics.models import Dimension, Level
from rubrics.services.overrides import approve_override, ask_override
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory, ScorecardFactory, submitted_scorecard
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import LATER, entries_of, evaluated, presented, scored, shortlist_of, whole_draft

pytestmark = pytest.mark.django_db


def page(user: User, name: str, *args: object) -> str:
    answer = as_(user).get(reverse(f"candidates:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def posted(entry: ShortlistEntry, level: str = "3", **other: str) -> dict[str, str]:
    version = entry.shortlist.role.rubric_version
    assert version
    levels = {f"level-{pk}": level for pk in version.dimensions.values_list("pk", flat=True)}
    return {**levels, "basis": "evidence", "verdict": "advance", "comment": "Calm.", **other}


@pytest.mark.parametrize("state", ["fresh", "own", "all"])
def test_the_page_costs_the_same_with_two_and_with_twenty_on_the_list(state: str) -> None:
    counts = []
    for people in (2, 20):
        _, entries, [user, colleague] = presented(people, reviewers=2)
        if state == "own":
            evaluated(entries[:1], user)
        if state == "all":
            evaluated(entries, user)
            evaluated(entries, colleague)
        get = partial(as_(user).get, reverse("candidates:entry", args=[entries[0].pk]))
        get()
        counts.append(statements(get))

    assert counts[0] == counts[1] <= 12


def test_the_page_of_staff_and_the_posts_of_the_client_cost_the_same_for_two_and_for_twenty() -> None:
    counts = []
    for people in (2, 20):
        shortlist, entries, [user] = presented(people)
        client, staff = as_(user), as_(shortlist.created_by)
        entry = entries[0]
        look = partial(staff.get, reverse("candidates:entry", args=[entry.pk]))
        look()
        review = partial(client.post, reverse("candidates:review", args=[entry.pk]), posted(entry))
        review()
        commit = partial(client.post, reverse("candidates:review_commit", args=[entry.pk]), posted(entry))
        counts.append([statements(look), statements(review), statements(commit)])

    assert counts[0] == counts[1]
    assert counts[0][0] <= 13  # with what the reader has been shown, looked up to be noted
    assert max(counts[0]) <= 15


def test_only_the_client_it_was_presented_to_and_people_of_the_role_find_it() -> None:
    shortlist, [entry], [user] = presented(1)
    manager = HiringManagerFactory()
    shortlist.role.team.create(user=manager)
    draft_entry = ShortlistEntry.objects.create(
        shortlist=create_shortlist(role=shortlist.role, by=shortlist.created_by),
        application=scored(RoleFactory(), 1)[0],
        position=1,
    )

    for reader in (user, shortlist.created_by, manager):
        assert as_(reader).get(reverse("candidates:entry", args=[entry.pk])).status_code == 200
    for reader in (ReviewerFactory(), HiringManagerFactory()):
        assert as_(reader).get(reverse("candidates:entry", args=[entry.pk])).status_code == 404
    assert as_(user).get(reverse("candidates:entry", args=[draft_entry.pk])).status_code == 404


def test_what_they_have_written_is_there_again_and_only_for_them() -> None:
    _, [entry], [hana, olek] = presented(1, reviewers=2)
    client = as_(hana)

    saved = client.post(reverse("candidates:review", args=[entry.pk]), posted(entry, "2", comment="Half a thought."))

    assert saved["Location"] == reverse("candidates:entry", args=[entry.pk])
    theirs = page(hana, "entry", entry.pk)
    assert "Half a thought." in theirs
    assert theirs.count(" checked>") == len(re.findall(r'value="2" aria-describedby="[^"]+" checked>', theirs)) == 3
    for reader in (olek, entry.shortlist.created_by):
        assert "Half a thought." not in page(reader, "entry", entry.pk)


def test_what_committing_needs_is_not_called_optional() -> None:
    _shortlist, [entry], [user] = presented(1)
    text = page(user, "entry", entry.pk)
    assert "Your verdict</legend>" in text
    assert "What does your evaluation rest on?</legend>" in text
    assert 'Comment <span class="optional">optional</span>' in text


def test_saving_while_they_write_answers_with_what_is_missing() -> None:
    _, [entry], [user] = presented(1)

    answer = as_(user).post(
        reverse("candidates:review", args=[entry.pk]), posted(entry, verdict=""), headers={"HX-Request": "true"}
    )

    words = answer.content.decode()
    assert words.strip().startswith('<div id="saved">')
    assert "Give your verdict" in words


def test_a_commit_with_something_missing_keeps_what_was_typed_and_says_what() -> None:
    _, [entry], [user] = presented(1)
    url = reverse("candidates:review_commit", args=[entry.pk])

    answer = as_(user).post(url, posted(entry, "4", basis="", comment="Not lost."))

    words = answer.content.decode()
    assert answer.status_code == 422
    assert "Say what your evaluation rests on" in words
    assert "Not lost." in words
    assert 'value="4" aria-describedby' in words
    assert not ClientReview.objects.filter(committed_at__isnull=False).exists()


@pytest.mark.parametrize("level", ["6", "x", "٣"])
def test_a_level_that_is_not_offered_is_named(level: str) -> None:
    _, [entry], [user] = presented(1)

    answer = as_(user).post(reverse("candidates:review", args=[entry.pk]), posted(entry, level))

    assert answer.status_code == 422
    assert "not one of the available choices" in answer.content.decode()
    assert not ClientReview.objects.exists()


def test_nobody_but_a_reviewer_of_the_client_evaluates_and_nobody_twice() -> None:
    shortlist, [entry], [user] = presented(1)
    manager = HiringManagerFactory(client=shortlist.role.client)
    shortlist.role.team.create(user=manager)
    url = reverse("candidates:review_commit", args=[entry.pk])

    for other in (shortlist.created_by, manager, ReviewerFactory()):
        assert as_(other).post(url, posted(entry)).status_code == 404
    assert as_(user).post(url, posted(entry)).status_code == 302
    assert as_(user).post(url, posted(entry, "1")).status_code == 404
    assert set(entry.reviews.get().ratings.values_list("level", flat=True)) == {3}


def test_side_by_side_the_largest_difference_comes_first() -> None:
    role = RoleFactory()
    shortlist, [entry], [user] = presented(1, role=role)
    assert role.rubric_version
    near, far, middle = role.rubric_version.dimensions.order_by("position")
    panel = {item["key"]: item["score"] for item in entry.snapshot.dimensions} if entry.snapshot else {}
    assert min(panel.values()) > 4
    levels = {f"level-{near.pk}": "5", f"level-{far.pk}": "1", f"level-{middle.pk}": "3"}

    as_(user).post(
        reverse("candidates:review_commit", args=[entry.pk]), levels | {"basis": "evidence", "verdict": "hold"}
    )

    for reader in (user, shortlist.created_by):
        words = page(reader, "entry", entry.pk).split("Where they differ most comes first")[1]
        places = [words.index(f"<b>{one.name}</b>") for one in (far, middle, near)]
        assert places == sorted(places)


def test_a_recruiter_reads_and_records_and_that_they_have_seen_it_is_noted() -> None:
    _, [entry], [user] = presented(1)
    evaluated([entry], user)
    recruiter = RecruiterFactory()
    client, url = as_(recruiter), reverse("candidates:entry_decide", args=[entry.pk])

    assert "Calm" not in page(recruiter, "entry", entry.pk)
    assert "Convincing on the night shift." in page(recruiter, "entry", entry.pk)
    assert OpinionSeen.objects.filter(user=recruiter, application=entry.application).exists()
    refused = client.post(url, {"outcome": "hire", "why": "They said yes."})
    assert (refused.status_code, "They said yes." in refused.content.decode()) == (422, True)
    answer = client.post(
        url, {"outcome": "hire", "why": "Yes.", "decider_name": "Hana Novak", "where_given": "call of Tuesday"}
    )

    assert answer.status_code == 302
    words = page(recruiter, "entry", entry.pk)
    assert f"Recorded by {recruiter.name}: call of Tuesday" in words
    assert reverse("candidates:engagement_start", args=[entry.application_id]) in words


def test_a_decision_shows_its_gate_before_the_button() -> None:
    _, [entry], [hana, olek] = presented(1, reviewers=2)
    evaluated([entry], hana)

    words = page(hana, "entry", entry.pk)

    assert f"{olek.name} has not committed their evaluation yet." in words
    assert "Record the decision" not in words
    refused = as_(hana).post(
        reverse("candidates:entry_decide", args=[entry.pk]), {"outcome": "hire", "why": "Too early."}
    )
    assert refused.status_code == 422
    assert not entry.decisions.exists()


def test_hiring_managers_read_and_do_not_decide() -> None:
    shortlist, [entry], [user] = presented(1)
    evaluated([entry], user)
    manager = HiringManagerFactory()
    shortlist.role.team.create(user=manager)

    words = page(manager, "entry", entry.pk)

    assert "Convincing on the night shift." in words
    assert "Record the decision" not in words
    url = reverse("candidates:entry_decide", args=[entry.pk])
    assert as_(manager).post(url, {"outcome": "hire", "why": "x"}).status_code == 404


# Canaries: words that must not reach a client before their own evaluation, or at all.

PANEL = ("CANARY-COMMENT", "CANARY-WHY", "CANARY-OVERRIDE", "CANARY-RECOMMENDATION")
HIDDEN = ("Quetzalcoatl", "Hummingbird", "canary@example.org", "+66 99 555 0199", "CANARY-HEADLINE", "CANARY-NOTE")


@pytest.fixture
def planted() -> tuple[Shortlist, list[ShortlistEntry], User]:
    """Two people whose panel levels, comments, name and contact data are all recognisable."""
    role, by, colleague = RoleFactory(), RecruiterFactory(), RecruiterFactory()
    client_user = ReviewerFactory(client=role.client)
    person = CandidateFactory(
        name="Quetzalcoatl Hummingbird", email="canary@example.org", phone="+66 99 555 0199", headline="CANARY-HEADLINE"
    )
    first = ApplicationFactory(role=role, kind=StageKind.SCORED, candidate=person)
    raters = [HiringManagerFactory(name="Rater CANARY-RECOMMENDATION"), HiringManagerFactory()]
    for rater in raters:
        card = submitted_scorecard(first, [5, 5, 5], by=rater)
        assert card.comment == "Kept calm."
    second = ApplicationFactory(role=role, kind=StageKind.SCORED)
    for rater in raters:
        submitted_scorecard(second, [2, 4, 3], by=rater)
    assert role.rubric_version
    score_pool(pool_key=role.rubric_version.pool_key, now=NOW)
    asked = ask_override(
        gate=GateName.SHORTLIST,
        role=role,
        subject=second.pk,
        missing=[Missing("floor:production-ownership", "Production ownership is below its floor of 3.")],
        reason="CANARY-OVERRIDE",
        by=by,
        now=NOW,
    )
    approve_override(override=asked, by=colleague, now=NOW)
    shortlist = create_shortlist(role=role, by=by)
    for application in (first, second):
        entry = add_entry(shortlist=shortlist, application=Application.objects.get(pk=application.pk), by=by, now=NOW)
        write_entry(entry=entry, summary="Kept claims triage honest.")
    ahead, behind = entries_of(shortlist)
    order_entries(shortlist=shortlist, order=[behind.pk, ahead.pk], why="CANARY-WHY")
    shown = ShownToClient(name_form=NameForm.INITIALS, show_cv=False, show_panel=ShowPanel.AFTER)
    choose_what_client_sees(shortlist=shortlist, shown=shown)
    name_reviewer(shortlist=shortlist, user=client_user, must=True)
    build_report(shortlist=shortlist, now=NOW, progress=lambda _done, _total: None)
    shortlist = present_shortlist(shortlist=shortlist, by=by, now=NOW)
    return shortlist, entries_of(shortlist), client_user


def reached(shortlist: Shortlist, entries: list[ShortlistEntry], user: User) -> dict[str, str]:
    """Everything that a client can read, by where they read it."""
    client = as_(user)
    urls = {
        "list": reverse("candidates:shortlists"),
        "role": reverse("candidates:role_shortlists", args=[shortlist.role.slug]),
        "shortlist": reverse("candidates:shortlist", args=[shortlist.pk]),
        "engagements": reverse("candidates:engagements"),
        "api": f"/api/v1/shortlists/{shortlist.pk}/",
        "api reviews": "/api/v1/client-reviews/",
        **{f"entry {entry.pk}": reverse("candidates:entry", args=[entry.pk]) for entry in entries},
    }
    found = {name: client.get(url).content.decode() for name, url in urls.items()}
    for rendering in ("before", "after"):
        answer = client.get(reverse("candidates:report_pdf", args=[shortlist.pk, rendering]))
        if answer.status_code == 200:
            data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
            found[rendering] = "\n".join(each.extract_text() for each in PdfReader(io.BytesIO(data)).pages)
            found[f"{rendering} name"] = answer["Content-Disposition"]
    found["mail"] = "".join(row.subject + row.text + row.html for row in Delivery.objects.filter(user=user))
    return found


def figures(entries: list[ShortlistEntry]) -> list[str]:
    return [f"{value:.2f}" for one in entries if one.snapshot for value in (one.snapshot.score, one.snapshot.lower)]


def test_before_their_own_evaluation_nothing_of_the_panel_reaches_the_client(
    planted: tuple[Shortlist, list[ShortlistEntry], User],
) -> None:
    shortlist, entries, user = planted

    found = reached(shortlist, entries, user)

    assert "after" not in found
    assert "Kept claims triage honest." in found["shortlist"]
    assert "Precision fell" in found["before"]
    for place, words in found.items():
        for canary in (*PANEL, *HIDDEN, *figures(entries), "below its floor", "Below the floor", "Kept calm"):
            assert canary not in words, (place, canary)
        assert "our panel, 90" not in words
    after = as_(user).get(reverse("candidates:report_pdf", args=[shortlist.pk, "after"]))
    assert after.status_code == 404


def test_one_evaluation_of_two_opens_nothing(planted: tuple[Shortlist, list[ShortlistEntry], User]) -> None:
    shortlist, entries, user = planted
    evaluated(entries[:1], user)

    found = reached(shortlist, entries, user)

    assert "after" not in found
    for place, words in found.items():
        for canary in (*PANEL, *HIDDEN, *figures(entries)):
            assert canary not in words, (place, canary)


def test_afterwards_the_panel_opens_and_what_was_not_chosen_still_does_not(
    planted: tuple[Shortlist, list[ShortlistEntry], User],
) -> None:
    shortlist, entries, user = planted
    evaluated(entries, user)

    found = reached(shortlist, entries, user)

    ahead = f"entry {entries[0].pk}"
    assert all(words in found[ahead] for words in ("CANARY-WHY", "CANARY-OVERRIDE"))
    assert all(words in found["after"] for words in ("CANARY-WHY", "CANARY-OVERRIDE"))
    assert all(number in found["after"] for number in figures(entries)[::2])
    for entry in entries:
        assert entry.snapshot
        for place in ("after", "shortlist", f"entry {entry.pk}"):
            assert f"{entry.snapshot.raw_mean:.2f}" in found[place]
            assert "2 interviewers" in found[place]
    for place, words in found.items():
        for canary in (*HIDDEN, "CANARY-COMMENT", "CANARY-RECOMMENDATION", "Kept calm"):
            assert canary not in words, (place, canary)


def test_of_too_little_evidence_no_figure_stands_on_page_or_paper() -> None:
    role, by = RoleFactory(), RecruiterFactory()
    user = ReviewerFactory(client=role.client)
    alone = ApplicationFactory(role=role, kind=StageKind.SCORED)
    submitted_scorecard(alone, [4, 4, 4], by=HiringManagerFactory())
    scored(role, 2)
    asked = ask_override(
        gate=GateName.SHORTLIST,
        role=role,
        subject=alone.pk,
        missing=missing_to_shortlist(alone),
        reason="Known well.",
        by=by,
        now=NOW,
    )
    approve_override(override=asked, by=RecruiterFactory(), now=NOW)
    shortlist = shortlist_of([alone], by=by)
    name_reviewer(shortlist=shortlist, user=user, must=True)
    build_report(shortlist=shortlist, now=NOW, progress=lambda _done, _total: None)
    shortlist = present_shortlist(shortlist=shortlist, by=by, now=NOW)
    [entry] = entries_of(shortlist)
    evaluated([entry], user)
    assert entry.snapshot
    assert not entry.snapshot.rankable

    found = reached(shortlist, [entry], user)

    for place in ("after", "shortlist"):
        assert f"{entry.snapshot.score:.2f}" not in found[place]
    assert "not enough evidence" in found["after"]
    for place in ("shortlist", f"entry {entry.pk}"):
        assert "too little evidence for a score" in found[place]


def test_the_cv_goes_to_the_client_only_where_that_was_chosen_and_under_nobodys_name() -> None:
    for chosen in (False, True):
        role = RoleFactory()
        [application] = scored(role, 1)
        document = Document(
            candidate=application.candidate, name="Nok Ariyawat.pdf", content_type="application/pdf", size=4, sha256="x"
        )
        document.file.save("x", ContentFile(b"%PDF"), save=True)
        shortlist, [entry], user = _presented(application, show_cv=chosen)
        url = reverse("candidates:entry_cv", args=[entry.pk])

        assert (url in page(user, "entry", entry.pk)) == chosen
        answer = as_(user).get(url)
        assert answer.status_code == (200 if chosen else 404)
        if chosen:
            assert "Nok" not in answer["Content-Disposition"]
            assert answer["Content-Disposition"].startswith("attachment")
        assert as_(ReviewerFactory()).get(url).status_code == 404
        assert as_(shortlist.created_by).get(url).status_code == 200


def _presented(application: Application, *, show_cv: bool) -> tuple[Shortlist, list[ShortlistEntry], User]:
    by, user = RecruiterFactory(), ReviewerFactory(client=application.role.client)
    shortlist = create_shortlist(role=application.role, by=by)
    add_entry(shortlist=shortlist, application=Application.objects.get(pk=application.pk), by=by, now=NOW)
    shown = ShownToClient(name_form=NameForm.FULL, show_cv=show_cv, show_panel=ShowPanel.AFTER)
    choose_what_client_sees(shortlist=shortlist, shown=shown)
    name_reviewer(shortlist=shortlist, user=user, must=True)
    build_report(shortlist=shortlist, now=NOW, progress=lambda _done, _total: None)
    shortlist = present_shortlist(shortlist=shortlist, by=by, now=NOW)
    return shortlist, entries_of(shortlist), user


def test_shown_right_away_means_right_away() -> None:
    role = RoleFactory()
    [application] = scored(role, 1)
    shortlist, [entry], user = _presented(application, show_cv=False)
    assert "Our panel:" not in page(user, "entry", entry.pk)

    Shortlist.objects.filter(pk=shortlist.pk).update(show_panel=ShowPanel.BEFORE)

    assert "Our panel:" in page(user, "entry", entry.pk)
    assert as_(user).get(reverse("candidates:report_pdf", args=[shortlist.pk, "after"])).status_code == 200


def test_a_draft_of_a_colleague_changes_nothing_one_can_see() -> None:
    _, [entry], [hana, olek] = presented(1, reviewers=2)
    evaluated([entry], hana)
    before = page(hana, "entry", entry.pk), page(hana, "shortlist", entry.shortlist_id)

    save_review(entry=entry, draft=whole_draft(entry, 1, "decline"), by=olek, now=LATER)

    after = page(hana, "entry", entry.pk), page(hana, "shortlist", entry.shortlist_id)
    assert [_without_tokens(one) for one in before] == [_without_tokens(one) for one in after]


def _without_tokens(words: str) -> str:
    return "\n".join(line for line in words.splitlines() if "csrf" not in line.lower())


def test_levels_of_the_rubric_stand_with_their_anchors() -> None:
    _, [entry], [user] = presented(1)
    words = page(user, "entry", entry.pk)

    version = entry.shortlist.role.rubric_version
    for level in Level.objects.filter(dimension__in=Dimension.objects.filter(version=version)):
        assert level.anchor in words
    assert Scorecard.objects.filter(interview__application=entry.application).count() == 2
    ScorecardFactory(interview=entry.application.interviews.first(), interviewer=entry.shortlist.created_by)
    assert as_(entry.shortlist.created_by).get(reverse("candidates:entry", args=[entry.pk])).status_code == 404


def test_a_later_decision_may_follow() -> None:
    _, [entry], [user] = presented(1)
    evaluated([entry], user)
    decide(entry=entry, outcome=Outcome.HIRE, why="Yes.", by=user, now=LATER)

    answer = as_(user).post(
        reverse("candidates:entry_decide", args=[entry.pk]), {"outcome": "reject", "why": "They declined our offer."}
    )

    assert answer.status_code == 302
    words = page(user, "entry", entry.pk)
    assert words.index("They declined our offer.") < words.index("Yes.")


def test_a_file_is_handed_to_a_client_under_a_name_that_tells_nobodys(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    [application] = scored(RoleFactory(), 1)
    document = Document(
        candidate=application.candidate, name="Nok Ariyawat.pdf", content_type="application/pdf", size=4, sha256="x"
    )
    document.file.save("x", ContentFile(b"%PDF"), save=True)
    shortlist, _, user = _presented(application, show_cv=True)
    url = reverse("candidates:document", args=[document.pk])
    assert as_(user).get(url)["Content-Disposition"] == f'attachment; filename="cv-{document.pk}.pdf"'
    assert "Nok Ariyawat.pdf" in as_(shortlist.created_by).get(url)["Content-Disposition"]
    shown = reverse("candidates:shortlist_shown", args=[shortlist.pk])
    assert as_(shortlist.created_by).post(shown).status_code == 422
    Shortlist.objects.update(name_form="initials")
    detail = page(shortlist.created_by, "shortlist", shortlist.pk)
    assert "it names the person" in detail
