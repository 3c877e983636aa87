from collections.abc import Callable
from functools import partial

import pytest
from django.test import Client as Browser
from django.urls import reverse

from rubrics.models import Kit, PlannedInterview, Question, Role, RoleMember, RubricVersion
from rubrics.queries.kits import kits_part
from rubrics.services.kits import add_kit, write_kits
from screening.accounts.models import User
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.rubrics import RoleFactory, draft_version

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
Address = Callable[..., str]


@pytest.fixture
def draft() -> RubricVersion:
    return draft_version()


@pytest.fixture
def staff() -> Browser:
    return as_(RecruiterFactory())


@pytest.fixture
def url(draft: RubricVersion) -> Address:
    return lambda name, *args: reverse(f"rubrics:{name}", args=[draft.rubric.slug, draft.number, *args])


def ticked(draft: RubricVersion, staff: Browser, url: Address, **asked: list[str]) -> dict[str, object]:
    """What the form sends, with other ticks in some kits."""
    form = staff.get(url("kits")).context["form"]
    data: dict[str, object] = {"seen": form.initial["seen"]}
    for key, kit in kits_part(draft).items():
        data |= {f"name-{key}": kit["name"], f"asked-{key}": asked.get(key, kit["questions"])}
    return data


def test_ticking_questions_divides_them(draft: RubricVersion, staff: Browser, url: Address) -> None:
    data = ticked(draft, staff, url, whole=["q0", "q2"], short=["q1"]) | {"name-short": "Phone screen"}
    assert staff.post(url("kits"), data).status_code == 302
    saved = kits_part(draft)
    assert saved["whole"]["questions"] == ["q0", "q2"]
    assert saved["short"] == {"name": "Phone screen", "questions": ["q1"]}


def test_a_kit_keeps_the_order_its_questions_had(draft: RubricVersion, staff: Browser, url: Address) -> None:
    write_kits(version=draft, content={**kits_part(draft), "short": {"name": "Short", "questions": ["q2", "q0"]}})
    assert staff.post(url("kits"), ticked(draft, staff, url, short=["q0", "q1", "q2"])).status_code == 302
    assert kits_part(draft)["short"]["questions"] == ["q2", "q0", "q1"]


def test_what_ticks_would_cover_is_shown_before_they_are_saved(
    draft: RubricVersion, staff: Browser, url: Address
) -> None:
    Question.objects.filter(version=draft, key="q2").update(core=True)
    data = ticked(draft, staff, url, whole=["q0"], short=["q0"])
    page = staff.post(url("kits_preview"), data, headers=HTMX).text
    assert 'Core question in no kit: <span dir="auto">Tell me about observability' in page
    assert "Observability</b>: no kit asks about it" in page
    assert "not saved yet" in page
    assert "<html" not in page
    assert kits_part(draft)["whole"]["questions"] == ["q0", "q1", "q2"]


def test_what_somebody_else_saved_meanwhile_is_not_lost(draft: RubricVersion, staff: Browser, url: Address) -> None:
    mine = ticked(draft, staff, url, short=["q2"]) | {"name-short": "Typed by me"}
    write_kits(version=draft, content={**kits_part(draft), "short": {"name": "Theirs", "questions": ["q1"]}})
    answer = staff.post(url("kits"), mine)
    assert answer.status_code == 409
    assert "Somebody changed this meanwhile" in answer.text
    assert "Typed by me" in answer.text
    assert answer.context["form"].chosen()["short"] == ["q2"]
    assert Kit.objects.get(version=draft, key="short").name == "Theirs"
    again = mine | {"seen": answer.context["form"]["seen"].value()}
    assert staff.post(url("kits"), again).status_code == 302
    assert Kit.objects.get(version=draft, key="short").name == "Typed by me"


def test_bad_input_comes_back_with_everything_typed(draft: RubricVersion, staff: Browser, url: Address) -> None:
    answer = staff.post(url("kits"), ticked(draft, staff, url, short=["q2"]) | {"name-short": ""})
    assert answer.status_code == 422
    assert answer.context["form"].chosen()["short"] == ["q2"]
    assert staff.post(url("kits"), ticked(draft, staff, url, short=["gone"])).status_code == 422
    assert staff.post(url("kit_add"), {"name": ""}).status_code == 422


def test_kits_are_added_moved_in_and_removed(draft: RubricVersion, staff: Browser, url: Address) -> None:
    assert staff.post(url("kit_add"), {"name": "Architecture"}).status_code == 302
    assert "Architecture" in staff.get(url("kits")).text
    move = {"question": "q0", "past": "q1"}
    assert staff.post(url("kit_move", "short"), move).status_code == 302
    assert kits_part(draft)["short"]["questions"] == ["q1", "q0"]
    assert staff.post(url("kit_remove", "architecture")).status_code == 302
    assert set(kits_part(draft)) == {"whole", "short"}


def test_a_published_version_is_not_divided_any_more(staff: Browser) -> None:
    role = RoleFactory()
    version = role.rubric_version
    address = reverse("rubrics:kits", args=[version.rubric.slug, version.number])
    assert staff.get(address).status_code == 404
    answer = staff.post(address, {"seen": "", **{f"name-{key}": key for key in kits_part(version)}})
    assert answer.status_code == 422
    assert "never changes" in answer.text


def test_the_pages_cost_the_same_for_many_kits(draft: RubricVersion, staff: Browser, url: Address, role: Role) -> None:
    pages = (url("kits"), reverse("rubrics:role_rubric", args=[role.slug]))
    few = [statements(partial(staff.get, page)) for page in pages]
    for name in ("Phone", "Architecture", "Debrief"):
        add_kit(version=draft, name=name)
    assert [statements(partial(staff.get, page)) for page in pages] == few
    assert max(few) <= 12


@pytest.fixture
def role() -> Role:
    return RoleFactory()


def member(role: Role) -> User:
    user: User = HiringManagerFactory()
    RoleMember.objects.create(role=role, user=user)
    return user


def test_the_role_warns_of_what_fewer_than_two_would_see(role: Role, staff: Browser) -> None:
    plan = reverse("rubrics:role_plan", args=[role.slug])
    page, first = (reverse(f"rubrics:{name}", args=[role.slug]) for name in ("role_rubric", "role"))
    assert "one each is assumed" in staff.get(page).text
    assert staff.post(plan, {"planned-whole": "1", "planned-short": "1"}).status_code == 302
    warned = staff.get(page).text
    assert "covered by fewer than two interviewers" in warned
    assert "Thinly covered" in staff.get(first).text
    assert staff.post(plan, {"planned-whole": "2", "planned-short": "0"}).status_code == 302
    assert "fewer than two" not in staff.get(page).text
    assert "Thinly covered" not in staff.get(first).text
    refused = staff.post(plan, {"planned-whole": "99", "planned-short": "1"})
    assert refused.status_code == 422
    assert 'value="99"' in refused.text
    assert PlannedInterview.objects.get(kit_key="whole").interviewers == 2


def test_only_staff_plan_and_the_team_reads(role: Role) -> None:
    plan = reverse("rubrics:role_plan", args=[role.slug])
    manager = as_(member(role))
    assert manager.post(plan, {"planned-whole": "1"}).status_code == 404
    page = manager.get(reverse("rubrics:role_rubric", args=[role.slug])).text
    assert "Which interview covers what" in page
    assert "Save the plan" not in page
    for outsider in (HiringManagerFactory(), ReviewerFactory()):
        assert as_(outsider).post(plan, {"planned-whole": "1"}).status_code == 404
    assert not PlannedInterview.objects.exists()


def test_a_role_without_a_rubric_has_no_plan(staff: Browser) -> None:
    role = RoleFactory(status="draft", rubric_version=None)
    assert staff.post(reverse("rubrics:role_plan", args=[role.slug]), {}).status_code == 422
