import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from rubrics.models import RoleMember, Rubric, RubricVersion
from rubrics.queries.parts import about_part, weights_part
from rubrics.queries.rubrics import version_spec
from rubrics.queries.shipped import shipped_names, shipped_rubric, shipped_text
from rubrics.services.rubrics import load_rubric, publish_version, start_draft
from rubrics.services.scopes import fingerprint
from rubrics.spec import read, write
from screening.accounts.models import User
from tests.factories.accounts import ClientFactory, HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.rubrics import RoleFactory, published_version
from tests.test_weights import PAGE, compressed

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
AI = shipped_rubric("senior-ai-engineer")
Enter = Callable[[User], Browser]
pytestmark = pytest.mark.django_db


@pytest.fixture
def enter() -> Enter:
    def signed_in(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return signed_in


@pytest.fixture
def recruiter() -> User:
    return RecruiterFactory()


@pytest.fixture
def published(recruiter: User) -> RubricVersion:
    return publish_version(version=load_rubric(spec=AI, by=recruiter), by=recruiter, now=NOW)


@pytest.fixture
def draft(published: RubricVersion, recruiter: User) -> RubricVersion:
    return start_draft(version=published, by=recruiter)


def url(version: RubricVersion, name: str = "version") -> str:
    return reverse(f"rubrics:{name}", args=[version.rubric.slug, version.number])


def publishing(browser: Browser, version: RubricVersion) -> dict[str, str]:
    """What the page before publishing sends when it is confirmed."""
    return {"seen": browser.get(url(version, "version_publish")).context["seen"]}


def member_of_role_with(version: RubricVersion, **fields: object) -> User:
    person = HiringManagerFactory(**fields)
    RoleMember.objects.create(role=RoleFactory(rubric_version=version), user=person)
    return person


def test_the_page_shows_all_of_a_version(published: RubricVersion, recruiter: User, enter: Enter) -> None:
    page = enter(recruiter).get(url(published)).text
    shown = [level.anchor for dimension in AI.dimensions for level in dimension.levels]
    shown += [question.prompt for question in AI.questions] + [probe for q in AI.questions for probe in q.probes]
    shown += [signal.text for q in AI.questions for signal in q.signals] + [kit.name for kit in AI.kits]
    shown += [sample.title for sample in AI.samples] + [dimension.strong for dimension in AI.dimensions]
    escaped = page.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&").replace("<br>", "\n")
    assert [text for text in shown if text not in escaped] == []
    assert "22\N{NO-BREAK SPACE}% of the score" in page
    assert "must reach 3" in page


def test_every_way_to_look_at_the_shipped_rubric_is_light(
    published: RubricVersion, draft: RubricVersion, recruiter: User, enter: Enter
) -> None:
    role = RoleFactory(rubric_version=published)
    browser = enter(recruiter)
    shown = [url(draft), url(draft, "kits"), url(draft, "version_samples"), url(published)]
    pages = [*shown, reverse("rubrics:role_rubric", args=[role.slug])]
    assert {page: weight for page in pages if (weight := compressed(browser.get(page).content)) > PAGE} == {}


def test_who_sees_which_version(published: RubricVersion, draft: RubricVersion, enter: Enter) -> None:
    role = RoleFactory(rubric_version=published)
    stranger, member = HiringManagerFactory(), HiringManagerFactory()
    RoleMember.objects.create(role=role, user=member)
    bound = HiringManagerFactory(client=ClientFactory())
    RoleMember.objects.create(role=role, user=bound)
    client, other_client = ReviewerFactory(client=role.client), ReviewerFactory()
    seen = {
        user: [enter(user).get(url(one)).status_code for one in (published, draft)]
        for user in (stranger, member, bound, client, other_client)
    }
    assert seen == {
        stranger: [200, 404],
        member: [200, 200],
        bound: [200, 404],
        client: [200, 404],
        other_client: [404, 404],
    }


def test_samples_and_their_reference_are_not_spoiled(published: RubricVersion, enter: Enter) -> None:
    role = RoleFactory(rubric_version=published)
    manager = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=manager)
    sample = AI.samples[0].title
    page = enter(manager).get(url(published, "version_samples")).text
    assert sample in page
    assert AI.samples[0].answer.splitlines()[0][:40] in page
    assert "Reference levels" not in page
    assert "Reference levels" in enter(RecruiterFactory()).get(url(published, "version_samples")).text
    for name in (url(published), reverse("rubrics:role_rubric", args=[role.slug])):
        client = enter(ReviewerFactory(client=role.client)).get(name).text
        assert sample not in client
        assert AI.dimensions[0].levels[3].anchor in client
    assert enter(manager).get(url(published, "version_yaml")).status_code == 404


def test_the_list_names_what_its_reader_may_open(published: RubricVersion, draft: RubricVersion, enter: Enter) -> None:
    role = RoleFactory(rubric_version=published)
    for user, versions in (
        (RecruiterFactory(), [2, 1]),
        (HiringManagerFactory(), [1]),
        (ReviewerFactory(client=role.client), [1]),
        (ReviewerFactory(), []),
    ):
        rubrics = enter(user).get(reverse("rubrics:rubrics")).context["rubrics"]
        assert [version.number for rubric in rubrics for version in rubric.versions.all()] == versions


def test_a_version_goes_out_as_yaml_and_comes_back(draft: RubricVersion, recruiter: User, enter: Enter) -> None:
    browser = enter(recruiter)
    answer = browser.get(url(draft, "version_yaml"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="senior-ai-engineer-2.yaml"'
    assert read(answer.content) == AI
    text = answer.text.replace("Names no system that anybody", "Knows no system that anybody")
    file = SimpleUploadedFile("edited.yaml", text.encode())
    preview = browser.post(url(draft, "version_upload"), {"file": file})
    assert [change.what for change in preview.context["changes"]] == ["Production ownership, level 1: anchor"]
    assert version_spec(draft) == AI, "nothing is changed before it is confirmed"
    confirmed = {"text": preview.context["text"], "seen": preview.context["seen"]}
    assert browser.post(url(draft, "version_upload"), confirmed).status_code == 302
    assert version_spec(draft).dimensions[0].levels[0].anchor.startswith("Knows no system")


def test_a_bad_file_is_explained_by_line_and_kept_for_correction(draft: RubricVersion, enter: Enter) -> None:
    text = shipped_text("senior-ai-engineer").replace("floor: 3", "floor: 9").replace("minutes: 25", "minutes: soon", 1)
    answer = enter(RecruiterFactory()).post(
        url(draft, "version_upload"), {"file": SimpleUploadedFile("x", text.encode())}
    )
    assert answer.status_code == 422
    lines = [problem.line for problem in answer.context["file_form"].problems]
    assert [text.splitlines()[line - 1].strip() for line in lines] == ["floor: 9", "minutes: soon"]
    assert f"Line {lines[0]}, dimensions.production-ownership.floor" in answer.text
    assert "minutes: soon" in answer.text
    assert version_spec(draft) == AI


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose a file, or paste its text"),
        ({"text": write(dataclasses.replace(AI, slug="other")), "seen": ""}, "This file is of the rubric “other”"),
        ({"text": "title: [" * 3}, "not readable YAML"),
    ],
)
def test_what_cannot_replace_a_draft(data: dict[str, str], words: str, draft: RubricVersion, enter: Enter) -> None:
    answer = enter(RecruiterFactory()).post(url(draft, "version_upload"), data)
    assert answer.status_code == 422
    assert words in answer.text
    assert version_spec(draft) == AI


def test_a_rubric_is_loaded_from_text_or_from_what_ships(recruiter: User, enter: Enter) -> None:
    browser = enter(recruiter)
    load = reverse("rubrics:rubric_load")
    assert [name for name, _title in browser.get(load).context["shipped"]] == shipped_names()
    shipped = browser.post(reverse("rubrics:rubric_load_shipped", args=["senior-data-scientist"]))
    assert shipped.headers["Location"] == "/rubrics/senior-data-scientist/1/"
    assert browser.post(load, {"text": write(AI)}).headers["Location"] == "/rubrics/senior-ai-engineer/1/"
    assert version_spec(RubricVersion.objects.get(rubric__slug=AI.slug)) == AI
    assert browser.get(load).context["shipped"] == []
    assert browser.post(load, {"text": "slug: 1"}).status_code == 422
    assert browser.post(reverse("rubrics:rubric_load_shipped", args=["nothing"])).status_code == 404
    for user in (HiringManagerFactory(), ReviewerFactory()):
        assert enter(user).get(load).status_code == 404
        assert enter(user).post(load, {"text": write(AI)}).status_code == 404


def test_the_weights_of_a_draft_and_why_they_differ(draft: RubricVersion, recruiter: User, enter: Enter) -> None:
    browser = enter(recruiter)
    seen = fingerprint(weights_part(draft))
    data = {f"weight-{dimension.key}": "1" for dimension in AI.dimensions} | {"reason": "", "seen": seen}
    assert browser.post(url(draft, "part_weights"), data | {"weight-mentoring": "-1"}).status_code == 422
    assert browser.post(url(draft, "part_weights"), data | {"weight-mentoring": "2.5"}).status_code == 302
    assert {d.key: d.weight for d in version_spec(draft).dimensions}["mentoring"] == Decimal("2.5")
    page = browser.get(url(draft))
    assert [item.code for item in page.context["missing"]] == ["weights_reason"]
    assert browser.post(url(draft, "version_publish"), publishing(browser, draft)).status_code == 422


def test_a_draft_is_described_declared_equal_and_published(
    draft: RubricVersion, published: RubricVersion, enter: Enter
) -> None:
    browser = enter(RecruiterFactory())
    about = {"title": "AI", "summary": "Short", "seen": fingerprint(about_part(draft))}
    assert browser.post(url(draft, "part_about"), about | {"title": ""}).status_code == 422
    assert browser.post(url(draft, "part_about"), about).status_code == 302
    assert browser.post(url(draft, "version_equivalent"), {"equal": "1"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.summary, draft.equivalent_to) == ("Short", published)
    assert browser.post(url(draft, "version_equivalent")).status_code == 302
    assert browser.post(url(draft, "version_equivalent"), {"equal": "1"}).status_code == 302
    confirm = publishing(browser, draft)
    assert browser.post(url(draft, "version_publish"), confirm).status_code == 302
    draft.refresh_from_db()
    assert draft.is_published
    assert draft.pool_key == published.pool_key
    assert browser.post(url(draft, "version_publish"), confirm).status_code == 404
    for name, data in {
        "version_upload": {"text": write(AI), "seen": confirm["seen"]},
        "version_equivalent": {},
        "part_about": about,
    }.items():
        refused = browser.post(url(draft, name), data)
        assert (refused.status_code, "never changes" in refused.text) == (422, True), name


def test_what_is_published_is_what_was_read(draft: RubricVersion, enter: Enter) -> None:
    browser = enter(RecruiterFactory())
    confirm = publishing(browser, draft)
    draft.dimensions.filter(key="mentoring").update(name="Raising others")
    answer = browser.post(url(draft, "version_publish"), confirm)
    assert answer.status_code == 409
    assert [change.what for change in answer.context["changes"]] == ["Raising others: name"]
    assert not RubricVersion.objects.get(pk=draft.pk).is_published


def test_a_manager_edits_drafts_of_their_roles_rubric_but_publishes_none(
    draft: RubricVersion, published: RubricVersion, enter: Enter
) -> None:
    browser = enter(member_of_role_with(published))
    assert browser.post(url(draft, "version_upload"), {"text": write(AI)}).status_code == 200
    assert browser.get(url(draft, "version_yaml")).status_code == 200
    assert browser.post(url(draft, "version_publish")).status_code == 404
    assert browser.post(url(published, "version_draft")).status_code == 404
    stranger = enter(member_of_role_with(published_version()))
    assert stranger.post(url(draft, "version_upload"), {"text": write(AI)}).status_code == 404


def test_the_next_draft_starts_from_what_is_published(published: RubricVersion, enter: Enter) -> None:
    browser = enter(RecruiterFactory())
    assert browser.post(url(published, "version_draft")).headers["Location"] == "/rubrics/senior-ai-engineer/2/"
    assert browser.post(url(published, "version_draft")).status_code == 422
    assert Rubric.objects.get(slug=AI.slug).versions.count() == 2


def test_what_changed_is_told_in_words(draft: RubricVersion, published: RubricVersion, enter: Enter) -> None:
    browser = enter(RecruiterFactory())
    assert "Nothing changed" in browser.get(url(draft, "version_changes")).text
    draft.dimensions.filter(key="mentoring").update(weight=Decimal("0.75"))
    page = browser.get(url(draft, "version_changes"))
    assert [(change.what, change.before, change.after) for change in page.context["changes"]] == [
        ("Mentoring: weight", "0.5", "0.75")
    ]
    assert browser.get(url(published, "version_changes")).status_code == 404, "there is nothing before it"
    backwards = browser.get(url(published, "version_changes"), {"since": draft.pk})
    assert [(change.before, change.after) for change in backwards.context["changes"]] == [("0.75", "0.5")]
    client = ReviewerFactory(client=RoleFactory(rubric_version=draft).client)
    assert enter(client).get(url(draft, "version_changes")).status_code == 404


def test_the_role_shows_which_kits_cover_what(published: RubricVersion, enter: Enter) -> None:
    role = RoleFactory(rubric_version=published)
    sheet = enter(RecruiterFactory()).get(reverse("rubrics:role_rubric", args=[role.slug])).context["sheet"]
    covered = {shown.dimension.key: [kit.key for kit in shown.kits] for shown in sheet.dimensions}
    assert covered["mentoring"] == ["phone-screen", "architecture", "full"]
    assert covered["observability"] == ["production", "architecture", "full"]
    without = RoleFactory(rubric_version=None)
    page = enter(RecruiterFactory()).get(reverse("rubrics:role_rubric", args=[without.slug]))
    assert "No rubric chosen" in page.text
