from functools import partial

import pytest
from django.urls import reverse

from candidates.enums import ShortlistState
from candidates.models import OpinionSeen, Shortlist, ShortlistEntry
from candidates.services.shortlists import create_shortlist
from rubrics.models import GateOverride
from tests.asking import as_, instances, statements
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import ScorecardFactory, ShortlistEntryFactory, ShortlistFactory
from tests.factories.rubrics import RoleFactory
from tests.factories.shortlists import entries_of, presented, scored, shortlist_of

pytestmark = pytest.mark.django_db


def test_pages_of_building_cost_the_same_for_two_and_for_twenty() -> None:
    recruiter, counts = RecruiterFactory(), []
    client = as_(recruiter)
    for people in (2, 20):
        shortlist = shortlist_of(scored(RoleFactory(), people * 2)[:people], by=recruiter)
        names = ("shortlist", "shortlist_add", "shortlist_present")
        urls = [reverse(f"candidates:{name}", args=[shortlist.pk]) for name in names]
        for url in urls:
            assert client.get(url).status_code == 200  # who has seen what is noted by the first look
        counts.append([statements(partial(client.get, url)) for url in urls])

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
    assert max(instances(partial(client.get, url)) for url in urls) <= 5 * 20 + 50


def test_the_page_of_a_presented_shortlist_costs_the_same_for_two_and_for_twenty() -> None:
    counts = []
    for people in (2, 20):
        shortlist, _, [reviewer] = presented(people)
        url = reverse("candidates:shortlist", args=[shortlist.pk])
        looks = [partial(as_(user).get, url) for user in (shortlist.created_by, reviewer)]
        for look in looks:
            look()
        counts.append([statements(look) for look in looks])

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
    assert max(instances(look) for look in looks) <= 5 * 20 + 50


def test_lists_cost_the_same_for_two_and_for_twenty() -> None:
    role, recruiter = RoleFactory(), RecruiterFactory()
    client, counts = as_(recruiter), []
    urls = (reverse("candidates:shortlists"), reverse("candidates:role_shortlists", args=[role.slug]))
    for more in (2, 18):
        for _ in range(more):
            ShortlistFactory(role=role)
        counts.append([statements(partial(client.get, url)) for url in urls])

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
    assert max(instances(partial(client.get, url)) for url in urls) <= 5 * 20 + 50


def test_everybody_finds_the_shortlists_they_may_read_and_nobody_another() -> None:
    shortlist, _, [reviewer] = presented(1)
    ShortlistFactory(role=shortlist.role)  # a draft, which no client sees
    ours = reverse("candidates:shortlist", args=[shortlist.pk])
    manager = HiringManagerFactory()
    shortlist.role.team.create(user=manager)

    for user, drafts in (
        (shortlist.created_by, True),
        (AdministratorFactory(), True),
        (manager, True),
        (reviewer, False),
    ):
        page = as_(user).get(reverse("candidates:shortlists")).content.decode()
        assert ours in page
        assert ("Draft" in page) == drafts
    for user in (ReviewerFactory(), HiringManagerFactory()):
        assert ours not in as_(user).get(reverse("candidates:shortlists")).content.decode()
        assert as_(user).get(ours).status_code == 404


def test_a_recruiter_begins_a_shortlist_and_is_led_to_the_suggestions() -> None:
    role, recruiter = RoleFactory(), RecruiterFactory()

    answer = as_(recruiter).post(reverse("candidates:shortlist_new", args=[role.slug]))

    created = Shortlist.objects.get(role=role)
    assert answer["Location"] == reverse("candidates:shortlist_add", args=[created.pk])
    assert created.created_by == recruiter


@pytest.mark.parametrize("who", ["client", "manager"])
def test_nobody_outside_the_firm_builds_one(who: str) -> None:
    shortlist, [entry], [reviewer] = presented(1)
    manager = HiringManagerFactory()
    shortlist.role.team.create(user=manager)
    client = as_(reviewer if who == "client" else manager)

    for name, args in (
        ("shortlist_new", [shortlist.role.slug]),
        ("shortlist_add", [shortlist.pk]),
        ("shortlist_order", [shortlist.pk]),
        ("shortlist_shown", [shortlist.pk]),
        ("shortlist_present", [shortlist.pk]),
        ("shortlist_withdraw", [shortlist.pk]),
        ("report_build", [shortlist.pk]),
        ("reviewer_new", [shortlist.pk]),
        ("reviewer_release", [shortlist.pk, shortlist.reviewers.get().pk]),
        ("entry_summary", [entry.pk]),
        ("entry_remove", [entry.pk]),
    ):
        assert client.post(reverse(f"candidates:{name}", args=args)).status_code == 404, name
    for name in ("shortlist_preview", "shortlist_add", "shortlist_present"):
        assert client.get(reverse(f"candidates:{name}", args=[shortlist.pk])).status_code == 404, name
    shortlist.refresh_from_db()
    assert shortlist.state == ShortlistState.PRESENTED


def test_the_suggestions_are_by_score_with_ties_marked_and_thin_evidence_apart() -> None:
    role = RoleFactory()
    best, tied, _low, thin = scored(role, 4, levels=[(5, 5, 5), (5, 5, 5), (1, 1, 1), (3, 3, None)])
    shortlist = create_shortlist(role=role, by=RecruiterFactory())

    page = as_(shortlist.created_by).get(reverse("candidates:shortlist_add", args=[shortlist.pk])).content.decode()

    places = [page.index(one.candidate.name) for one in (best, tied, thin)]
    assert places[2] > page.index("Not enough evidence") > max(places[:2])
    assert 'class="tie"' in page
    assert "below its floor" in page  # the one at 1 stands below the must-have
    assert page.count("Ask for an override") == 2


def test_adding_meets_the_gate_and_says_what_is_missing() -> None:
    role = RoleFactory()
    best, low = scored(role, 2, levels=[(5, 5, 5), (1, 1, 1)])
    shortlist = create_shortlist(role=role, by=RecruiterFactory())
    client, url = as_(shortlist.created_by), reverse("candidates:shortlist_add", args=[shortlist.pk])

    assert client.post(url, {"application": best.pk}).status_code == 302
    refused = client.post(url, {"application": low.pk})

    assert refused.status_code == 422
    assert "below its floor of 3" in refused.content.decode()
    assert [entry.application for entry in shortlist.entries.all()] == [best]


def test_an_override_is_asked_for_with_what_is_missing_and_answered_by_a_colleague() -> None:
    role = RoleFactory()
    _best, low = scored(role, 2, levels=[(5, 5, 5), (1, 1, 1)])
    shortlist, colleague = create_shortlist(role=role, by=RecruiterFactory()), RecruiterFactory()
    client = as_(shortlist.created_by)
    url = reverse("candidates:shortlist_override", args=[shortlist.pk])

    assert client.post(url, {"application": low.pk, "reason": " "}).status_code == 422
    assert client.post(url, {"application": low.pk, "reason": "The client knows them."}).status_code == 302

    override = GateOverride.objects.get(subject=low.pk)
    assert override.waives == ["floor:production-ownership"]
    shortlists = reverse("candidates:role_shortlists", args=[role.slug])
    assert reverse("rubrics:override_approve", args=[override.pk]) not in client.get(shortlists).content.decode()
    theirs = as_(colleague)
    assert reverse("rubrics:override_approve", args=[override.pk]) in theirs.get(shortlists).content.decode()


def test_whoever_is_with_the_client_is_offered_neither_a_button_nor_an_override() -> None:
    shown, [entry], _ = presented(1)
    draft, client = create_shortlist(role=shown.role, by=shown.created_by), as_(shown.created_by)
    page = client.get(reverse("candidates:shortlist_add", args=[draft.pk])).content.decode()
    assert "Another shortlist with them is with the client" in page
    assert "Ask for an override" not in page
    assert f'value="{entry.application_id}">Add' not in page

    url = reverse("candidates:shortlist_override", args=[draft.pk])
    refused = client.post(url, {"application": entry.application_id, "reason": "They asked."})
    assert refused.status_code == 422
    assert not GateOverride.objects.exists()


def test_of_two_drafts_the_page_to_present_says_who_is_with_the_client_already() -> None:
    shown, [entry], _ = presented(1)
    draft = create_shortlist(role=shown.role, by=shown.created_by)
    ShortlistEntryFactory(shortlist=draft, application=entry.application)
    page = as_(shown.created_by).get(reverse("candidates:shortlist_present", args=[draft.pk])).content.decode()
    assert f"{entry.application.candidate.name} is with the client on shortlist {shown.number} already." in page


def test_nobody_chooses_on_what_is_sealed_from_them() -> None:
    role, recruiter = RoleFactory(), RecruiterFactory()
    [application] = scored(role, 1)
    ScorecardFactory(interview=application.interviews.first(), interviewer=recruiter)
    shortlist = create_shortlist(role=role, by=recruiter)
    client, url = as_(recruiter), reverse("candidates:shortlist_add", args=[shortlist.pk])

    assert application.candidate.name not in client.get(url).content.decode()
    assert client.post(url, {"application": application.pk}).status_code == 404
    assert not OpinionSeen.objects.filter(user=recruiter).exists()


def test_a_shortlist_with_somebody_sealed_does_not_exist_for_who_owes_the_scorecard() -> None:
    shortlist, [entry], _ = presented(1)
    recruiter = RecruiterFactory()
    url = reverse("candidates:shortlist", args=[shortlist.pk])
    assert as_(recruiter).get(url).status_code == 200

    ScorecardFactory(interview=entry.application.interviews.first(), interviewer=recruiter)

    assert as_(recruiter).get(url).status_code == 404
    assert as_(recruiter).get(reverse("candidates:entry", args=[entry.pk])).status_code == 404


def test_whoever_reads_a_shortlist_inside_has_seen_opinions_and_a_client_has_not() -> None:
    shortlist, [entry], [reviewer] = presented(1)
    recruiter, url = RecruiterFactory(), reverse("candidates:shortlist", args=[shortlist.pk])

    as_(recruiter).get(url)
    as_(reviewer).get(url)

    seen = OpinionSeen.objects.filter(application=entry.application)
    assert set(seen.values_list("user", flat=True)) == {recruiter.pk}


def test_a_move_against_the_scores_asks_why_and_keeps_what_was_wanted() -> None:
    shortlist = shortlist_of(scored(RoleFactory(), 2))
    best, other = entries_of(shortlist)
    client, url = as_(shortlist.created_by), reverse("candidates:shortlist_order", args=[shortlist.pk])

    asked = client.post(url, {"move": f"{other.pk}:up"})
    assert asked.status_code == 422
    wanted = f"{other.pk},{best.pk}"
    assert f'value="{wanted}"' in asked.content.decode()
    assert client.post(url, {"order": wanted, "why": "Knows claims."}).status_code == 302

    assert [entry.pk for entry in entries_of(shortlist)] == [other.pk, best.pk]
    assert client.post(url, {"move": f"{best.pk}:up"}).status_code == 302
    assert [entry.pk for entry in entries_of(shortlist)] == [best.pk, other.pk]


@pytest.mark.parametrize("order", [{"move": "x:up"}, {"order": "1,a"}, {"move": "999999:sideways"}])
def test_a_made_up_order_changes_nothing(order: dict[str, str]) -> None:
    shortlist = shortlist_of(scored(RoleFactory(), 2))
    before = entries_of(shortlist)

    answer = as_(shortlist.created_by).post(reverse("candidates:shortlist_order", args=[shortlist.pk]), order)

    assert answer.status_code == 422
    assert entries_of(shortlist) == before


def test_a_summary_too_long_is_kept_in_the_page() -> None:
    shortlist = shortlist_of(scored(RoleFactory(), 1))
    [entry] = entries_of(shortlist)
    client, url = as_(shortlist.created_by), reverse("candidates:entry_summary", args=[entry.pk])

    refused = client.post(url, {"summary": "x" * 2001})
    assert (refused.status_code, "x" * 2001 in refused.content.decode()) == (422, True)
    assert client.post(url, {"summary": "Kept triage honest."}).status_code == 302

    entry.refresh_from_db()
    assert entry.summary == "Kept triage honest."


def test_reviewers_are_named_removed_and_after_presenting_released() -> None:
    role, recruiter = RoleFactory(), RecruiterFactory()
    shortlist = create_shortlist(role=role, by=recruiter)
    reviewer, stranger = ReviewerFactory(client=role.client), ReviewerFactory()
    client, url = as_(recruiter), reverse("candidates:reviewer_new", args=[shortlist.pk])

    assert client.post(url, {"person": stranger.pk, "must": "on"}).status_code == 422
    assert client.post(url, {"person": reviewer.pk, "must": "on"}).status_code == 302
    named = shortlist.reviewers.get()
    assert (named.user, named.must) == (reviewer, True)
    assert client.post(reverse("candidates:reviewer_remove", args=[shortlist.pk, named.pk])).status_code == 302
    assert not shortlist.reviewers.exists()

    shown, _, [present, _absent] = presented(1, reviewers=2, by=recruiter)
    release = reverse("candidates:reviewer_release", args=[shown.pk, shown.reviewers.get(user=present).pk])
    assert client.post(release, {"reason": ""}).status_code == 422
    assert client.post(release, {"reason": "On leave."}).status_code == 302
    assert "On leave." in client.get(reverse("candidates:shortlist", args=[shown.pk])).content.decode()


def test_what_the_client_sees_is_chosen_and_what_makes_no_sense_is_not() -> None:
    shortlist = shortlist_of(scored(RoleFactory(), 1))
    client, url = as_(shortlist.created_by), reverse("candidates:shortlist_shown", args=[shortlist.pk])

    assert client.post(url, {"name_form": "nickname", "show_panel": "after"}).status_code == 422
    assert client.post(url, {"name_form": "initials", "show_panel": "before", "show_cv": "on"}).status_code == 302

    shortlist.refresh_from_db()
    assert (shortlist.name_form, shortlist.show_panel, shortlist.show_cv) == ("initials", "before", True)


def test_withdrawing_says_why() -> None:
    shortlist, _, _ = presented(1)
    client, url = as_(shortlist.created_by), reverse("candidates:shortlist_withdraw", args=[shortlist.pk])

    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "The role is on hold."}).status_code == 302

    page = client.get(reverse("candidates:shortlist", args=[shortlist.pk])).content.decode()
    assert "The role is on hold." in page


def test_before_their_own_evaluation_a_client_reads_people_in_the_order_of_the_alphabet() -> None:
    shortlist, entries, [reviewer] = presented(3)
    for entry, name in zip(entries, ("Zoe Zimmer", "Bo Berg", "Ada Aalto"), strict=True):
        entry.application.candidate.name = name
        entry.application.candidate.save()

    page = as_(reviewer).get(reverse("candidates:shortlist", args=[shortlist.pk])).content.decode()

    assert page.index("Ada Aalto") < page.index("Bo Berg") < page.index("Zoe Zimmer")
    assert "0 of 3 evaluated" in page


def test_the_preview_is_the_page_of_the_client() -> None:
    shortlist, entries, [reviewer] = presented(2)
    recruiter = as_(shortlist.created_by)

    theirs = as_(reviewer).get(reverse("candidates:shortlist", args=[shortlist.pk])).content.decode()
    preview = recruiter.get(reverse("candidates:shortlist_preview", args=[shortlist.pk])).content.decode()

    for words in (*(entry.application.candidate.name for entry in entries), "0 of 2 evaluated"):
        assert words in theirs
        assert words in preview
    assert reverse("candidates:entry_preview", args=[entries[0].pk]) in preview
    page = recruiter.get(reverse("candidates:entry_preview", args=[entries[0].pk])).content.decode()
    assert reverse("candidates:review_commit", args=[entries[0].pk]) not in page
    assert ShortlistEntry.objects.filter(reviews__isnull=False).count() == 0
