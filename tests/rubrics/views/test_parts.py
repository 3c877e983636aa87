"""A draft written in place: each part at its own address, with and without scripts."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from rubrics.enums import Duty
from rubrics.models import Dimension, DraftComment, RoleMember, RubricVersion
from rubrics.queries.rubrics import version_spec
from rubrics.services.rubrics import publish_version
from screening.accounts.models import User
from screening.jobs.models import Delivery
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW
from tests.factories.rubrics import RoleFactory, draft_version, published_version

OWNERSHIP = "production-ownership"
CELL = ("part_anchor", [OWNERSHIP, "3"])
pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> RubricVersion:
    return draft_version()


def address(version: RubricVersion, name: str, rest: list[str] | None = None) -> str:
    return reverse(f"rubrics:{name}", args=[version.rubric.slug, version.number, *(rest or [])])


def typed(browser: Browser, where: str, **changes: Any) -> dict[str, Any]:
    """What the form of a part sends: what it began with, and what was changed in it."""
    form = browser.get(where).context["form"]
    began = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (began | changes).items() if value not in (None, False)}


def anchor(version: RubricVersion) -> str:
    dimension: Dimension = version.dimensions.get(key=OWNERSHIP)
    return dimension.levels.get(value=3).anchor


def manager_of(version: RubricVersion) -> User:
    person: User = HiringManagerFactory()
    version.rubric.written_for = RoleFactory(rubric_version=None, team_of=[person])
    version.rubric.save()
    return person


def test_a_cell_is_written_and_one_lands_where_it_stands(draft: RubricVersion) -> None:
    browser, where = as_(RecruiterFactory()), address(draft, *CELL)
    answer = browser.post(where, typed(browser, where, anchor="Kept it alive.\r\nFor a year."))
    place = f"cell-{OWNERSHIP}-3"
    assert answer.headers["Location"] == f"{address(draft, 'version')}?at={place}#{place}"
    assert anchor(draft) == "Kept it alive.\nFor a year."
    page = browser.get(answer.headers["Location"])
    assert "Saved." in page.text
    assert f'id="{place}"' in page.text


def test_two_people_on_one_cell_both_keep_their_words(draft: RubricVersion) -> None:
    first, second, where = as_(RecruiterFactory()), as_(manager_of(draft)), address(draft, *CELL)
    of_second = typed(second, where, anchor="What the second wrote.")
    first.post(where, typed(first, where, anchor="What the first wrote."))
    conflict = second.post(where, of_second)
    assert conflict.status_code == 409
    assert conflict.headers["HX-Retarget"] == f"#cell-{OWNERSHIP}-3"
    assert "What the first wrote." in conflict.text
    assert "What the second wrote." in conflict.text
    assert anchor(draft) == "What the first wrote."
    form = conflict.context["form"]
    answer = second.post(where, {"anchor": form["anchor"].value(), "seen": form["seen"].value()})
    assert answer.status_code == 302
    assert anchor(draft) == "What the second wrote."


def test_a_conflict_shows_only_what_differs(draft: RubricVersion) -> None:
    browser, where = as_(RecruiterFactory()), address(draft, "part_question", ["q0"])
    mine = typed(browser, where, prompt="Mine?", probes="One\nTwo", dimensions=[OWNERSHIP])
    draft.questions.filter(key="q0").update(minutes=45)
    conflict = browser.post(where, mine)
    assert conflict.status_code == 409
    saved = dict(conflict.context["form"].saved)
    assert saved == {"Question": "Tell me about production ownership.", "Minutes": "45", "Probes": ""}


@pytest.mark.parametrize(
    ("name", "rest", "changes", "words"),
    [
        ("part_dimension", [OWNERSHIP], {"name": ""}, "This field is required"),
        ("part_dimension", [OWNERSHIP], {"floor": "9"}, "valid choice"),
        ("part_scale", [], {"highest": "99"}, "at most 11 levels"),
        ("part_scale", [], {"lowest": "4"}, "Anchors would be lost"),
        ("part_signals", ["q0", OWNERSHIP], {"strong": "fine\n" + "x" * 201}, "Line 2 is 201 characters long"),
        ("part_question", ["q0"], {"minutes": "0"}, "greater than or equal to 1"),
        ("dimension_add", [], {"name": "Observability"}, "There is a dimension “Observability” already"),
        ("question_add", [OWNERSHIP], {"prompt": " "}, "Write the question"),
        ("comment_add", ["draft"], {"text": "\n"}, "Write what you want to say"),
    ],
)
def test_what_is_refused_comes_back_with_everything_typed(
    draft: RubricVersion, name: str, rest: list[str], changes: dict[str, str], words: str
) -> None:
    browser, where, before = as_(RecruiterFactory()), address(draft, name, rest), version_spec(draft)
    answer = browser.post(where, typed(browser, where, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    for field, value in changes.items():
        assert answer.context["form"][field].value() == value
    assert version_spec(RubricVersion.objects.get(pk=draft.pk)) == before


def test_every_part_saved_as_it_was_changes_nothing(draft: RubricVersion) -> None:
    browser, before = as_(RecruiterFactory()), version_spec(draft)
    for name, rest in (
        ("part_about", []), ("part_scale", []), ("part_dimension", [OWNERSHIP]), CELL, ("part_question", ["q0"]),
        ("part_signals", ["q0", OWNERSHIP]), ("part_weights", []),
    ):  # fmt: skip
        where = address(draft, name, rest)
        assert browser.post(where, typed(browser, where)).status_code == 302, name
    assert version_spec(RubricVersion.objects.get(pk=draft.pk)) == before


def test_an_empty_page_becomes_a_rubric_that_may_be_published() -> None:
    recruiter = RecruiterFactory()
    manager = HiringManagerFactory()
    role, staff, browser = RoleFactory(rubric_version=None, team_of=[manager]), as_(recruiter), as_(manager)
    begun = staff.post(reverse("rubrics:rubric_new"), {"title": "Night porter", "written_for": role.pk})
    assert begun.headers["Location"] == "/rubrics/night-porter/1/"
    draft = RubricVersion.objects.get(rubric__slug="night-porter")
    tab = reverse("rubrics:role_rubric", args=[role.slug])
    assert f'href="{address(draft, "version")}"' in browser.get(tab).text, "its team finds it"
    assert "being written" not in as_(ReviewerFactory(client=role.client)).get(tab).text
    scale = address(draft, "part_scale")
    browser.post(scale, typed(browser, scale, highest="2", evidence_from=""))
    for name in ("Calm", "Courtesy"):
        browser.post(address(draft, "dimension_add"), {"name": name})
        for value in "12":
            where = address(draft, "part_anchor", [name.lower(), value])
            assert browser.post(where, typed(browser, where, anchor=f"{name} at {value}.")).status_code == 302
        browser.post(address(draft, "question_add", [name.lower()]), {"prompt": f"When were you {name}?"})
    page = staff.get(address(draft, "version_publish"))
    assert page.context["missing"] == []
    assert "This is the first version" in page.text
    assert browser.get(address(draft, "version_publish")).status_code == 404, "a manager writes, staff publish"
    assert staff.post(address(draft, "version_publish"), {"seen": page.context["seen"]}).status_code == 302
    refused = browser.post(address(draft, "part_anchor", ["calm", "1"]), {"anchor": "Later.", "seen": ""})
    assert refused.status_code == 422
    assert "never changes" in refused.text
    assert "Later." in refused.text, "what was typed is still there to copy"


def test_a_rubric_begins_with_a_shipped_one_or_with_a_version_one_has() -> None:
    browser, version = as_(RecruiterFactory()), published_version()
    for beginning, dimensions in (("shipped-senior-ai-engineer", 5), (f"version-{version.pk}", 3), ("", 0)):
        answer = browser.post(reverse("rubrics:rubric_new"), {"title": "The same name", "begin_with": beginning})
        made = RubricVersion.objects.latest("pk")
        assert answer.headers["Location"] == address(made, "version")
        assert made.dimensions.count() == dimensions
    assert list(made.rubric.__class__.objects.filter(title="The same name").values_list("slug", flat=True)) == [
        "the-same-name", "the-same-name-2", "the-same-name-3",
    ]  # fmt: skip
    assert browser.post(reverse("rubrics:rubric_new"), {"title": ""}).status_code == 422


def test_things_pass_each_other_and_go(draft: RubricVersion) -> None:
    browser = as_(RecruiterFactory())
    browser.post(address(draft, "dimension_move", ["observability"]), {"past": "architectural-judgment"})
    browser.post(address(draft, "question_move", ["q1"]), {"past": "q0"})
    browser.post(address(draft, "dimension_remove", [OWNERSHIP]))
    browser.post(address(draft, "question_remove", ["q2"]))
    spec = version_spec(draft)
    assert [one.key for one in spec.dimensions] == ["observability", "architectural-judgment"]
    assert [(one.key, one.dimensions) for one in spec.questions] == [("q1", ("architectural-judgment",)), ("q0", ())]
    again = browser.post(address(draft, "question_remove", ["q2"]), follow=True)
    assert "somebody removed it meanwhile" in again.text
    assert "Informs nothing yet" in again.text


def test_the_form_of_a_part_says_which_piece_of_its_page_it_is(draft: RubricVersion) -> None:
    asked = as_(RecruiterFactory()).get(address(draft, *CELL), headers={"hx-request": "true"})
    assert asked.headers["HX-Reselect"] == f"#cell-{OWNERSHIP}-3"
    assert f'id="cell-{OWNERSHIP}-3"' in asked.text


def test_what_is_said_of_a_draft_stays_among_those_who_write_it(draft: RubricVersion) -> None:
    published = publish_version(version=draft_version(), by=RecruiterFactory(), now=NOW)
    role = RoleFactory(rubric_version=published)
    draft = draft_version(rubric=published.rubric, number=2)
    member = HiringManagerFactory(name="Mara Schulze")
    RoleMember.objects.create(role=role, user=member)
    browser, staff = as_(member), as_(RecruiterFactory(name="Rosa"))
    for rest in (["draft"], ["dimension", OWNERSHIP], ["question", "q0"]):
        name = "comment_add" if len(rest) == 1 else "comment_add_on"
        assert browser.post(address(draft, name, rest), {"text": f"canary {rest[0]}"}).status_code == 302
    page = staff.get(address(draft, "version")).text
    assert [word for word in ("draft", "dimension", "question") if f"canary {word}" not in page] == []
    assert "Mara Schulze" in page
    assert staff.post(address(draft, "comments_resolve_on", ["question", "q0"])).status_code == 302
    assert "resolved by Rosa" in staff.get(address(draft, "version")).text
    for outsider in (HiringManagerFactory(), ReviewerFactory(client=role.client)):
        assert as_(outsider).get(address(draft, "version")).status_code == 404
        assert as_(outsider).post(address(draft, "comment_add", ["draft"]), {"text": "x"}).status_code == 404
    for rest in (["dimension", "nothing"], ["question", "nothing"]):
        assert browser.post(address(draft, "comment_add_on", rest), {"text": "kept"}).status_code == 422
    assert browser.post(address(draft, "comment_add", ["question"]), {"text": "x"}).status_code == 404
    assert browser.post(address(draft, "comment_add_on", ["draft", "x"]), {"text": "x"}).status_code == 404


def test_a_comment_is_mailed_to_those_who_work_on_the_draft(draft: RubricVersion) -> None:
    begun_by, gone = RecruiterFactory(name="Rosa"), RecruiterFactory(is_active=False)
    lead = manager_of(draft)
    lead.memberships.update(duty=Duty.LEAD)
    RoleMember.objects.create(role=lead.roles.get(), user=HiringManagerFactory(), duty=Duty.INTERVIEWER)
    RubricVersion.objects.filter(pk=draft.pk).update(created_by=begun_by)
    for person, text in ((lead, "Too broad?"), (begun_by, "Which half?"), (RecruiterFactory(), "Both.")):
        where = address(draft, "comment_add_on", ["dimension", OWNERSHIP])
        assert as_(person).post(where, {"text": text}).status_code == 302
    DraftComment.objects.create(version=draft, about="draft", text="x", author=gone, written_at=NOW)
    as_(lead).post(address(draft, "comment_add", ["draft"]), {"text": "Done."})
    told: dict[str, list[str]] = {}
    for mail in Delivery.objects.filter(event="rubric.comment").order_by("pk"):
        words = [text for text in ("Too broad?", "Which half?", "Both.", "Done.") if text in mail.text]
        told.setdefault(mail.recipient, []).extend(words)
    third = DraftComment.objects.get(text="Both.").author
    assert told == {
        begun_by.email: ["Too broad?", "Both.", "Done."],
        lead.email: ["Which half?", "Both."],
        third.email: ["Done."],
    }
    assert f"#thread-dimension-{OWNERSHIP}" in Delivery.objects.filter(event="rubric.comment").earliest("pk").text


def test_a_file_that_replaces_the_draft_leaves_what_was_said_of_it(draft: RubricVersion) -> None:
    browser = as_(RecruiterFactory())
    browser.post(address(draft, "comment_add_on", ["dimension", OWNERSHIP]), {"text": "Still here."})
    text = browser.get(address(draft, "version_yaml")).text.replace("Production ownership at 1.", "Other words.")
    preview = browser.post(address(draft, "version_upload"), {"text": text})
    browser.post(address(draft, "version_upload"), {"text": preview.context["text"], "seen": preview.context["seen"]})
    page = browser.get(address(draft, "version")).text
    assert "Other words." in page
    assert "Still here." in page


def test_the_studio_asks_as_often_for_much_as_for_little(draft: RubricVersion) -> None:
    before = published_version(dimensions=7, highest=7)
    browser, big = as_(RecruiterFactory()), draft_version(dimensions=7, highest=7, rubric=before.rubric, number=2)
    for version in (draft, big):
        browser.get(address(version, "version"))
    small = statements(lambda: browser.get(address(draft, "version")))
    large = statements(lambda: browser.get(address(big, "version")))
    assert small == large <= 12
    RubricVersion.objects.filter(pk=big.pk).update(equivalent_to=before)
    assert statements(lambda: browser.get(address(big, "version"))) <= 12
    where = address(draft, *CELL)
    data = typed(browser, where, anchor="Else.")
    assert statements(lambda: browser.post(where, data)) <= 15
