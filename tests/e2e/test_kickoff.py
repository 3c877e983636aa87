"""The kick-off in a browser: what the manager writes is kept without a button, and sent with one."""

from playwright.sync_api import Page, expect

from rubrics.enums import KickoffState, RoleStatus
from rubrics.models import KickoffAnswer, RoleMember
from rubrics.services.kickoffs import send_questions
from tests.e2e.conftest import SignIn
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.rubrics import RoleFactory


def test_answers_are_kept_while_they_are_written_and_sent_when_ready(
    quiet: list[str], page: Page, site: str, sign_in: SignIn
) -> None:
    role, mara = RoleFactory(status=RoleStatus.DRAFT), HiringManagerFactory()
    RoleMember.objects.create(role=role, user=mara)
    send_questions(role=role, questions=["problem", "overlap"], to=mara, by=RecruiterFactory())
    sign_in(mara)
    page.goto(f"{site}/roles/{role.slug}/")
    page.get_by_label("What will break, and who notices?").fill("Triage drifts; operations notice on Monday.")
    expect(page.get_by_text("nobody else sees it until you send it")).to_be_visible()
    page.reload()
    written = page.get_by_label("What will break, and who notices?")
    expect(written).to_have_value("Triage drifts; operations notice on Monday.")
    page.get_by_role("button", name="Send the answers").click()
    expect(page.get_by_text("What you left empty stays open.")).to_be_visible()
    states = dict(KickoffAnswer.objects.values_list("question", "state"))
    assert states == {"problem": KickoffState.ANSWERED, "overlap": KickoffState.SENT}
