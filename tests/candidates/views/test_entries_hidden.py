"""What of a person reaches a client only after their own evaluation, or never: looked for by planted words."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from pypdf import PdfReader

from candidates.enums import ShowPanel
from candidates.gates.shortlists import missing_to_shortlist
from candidates.models import Application, Document, Shortlist, ShortlistEntry
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
from rubrics.services.overrides import approve_override, ask_override
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.asking import as_, page
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory, submitted_scorecard
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import LATER, entries_of, evaluated, presented, scored, shortlist_of, whole_draft

pytestmark = pytest.mark.django_db


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
