"""The page before a role is moved to another version."""

import pytest
from django.urls import reverse

from candidates.models import OpinionSeen
from rubrics.models import Role, RubricVersion
from rubrics.queries.rubrics import version_spec
from rubrics.services.rubrics import publish_version, start_draft
from tests.asking import as_, statements
from tests.factories.accounts import RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW, ApplicationFactory, InterviewFactory, ScorecardFactory, submitted_scorecard
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db


def another_version(role: Role) -> RubricVersion:
    assert role.rubric_version is not None
    by = RecruiterFactory()
    draft = start_draft(version=role.rubric_version, by=by)
    draft.dimensions.filter(key="observability").update(name="Watching")
    return publish_version(version=draft, by=by, now=NOW)


def page(role: Role) -> str:
    return reverse("candidates:version_move", args=[role.slug])


def test_the_move_is_read_then_confirmed() -> None:
    role, recruiter = RoleFactory(), RecruiterFactory()
    application = ApplicationFactory(role=role, candidate__name="Zeb Quagga")
    for _ in range(2):
        submitted_scorecard(application, [4, 3, 4])
    version, browser = another_version(role), as_(recruiter)
    old = role.rubric_version
    settings = reverse("rubrics:role_version", args=[role.slug])
    asked = browser.post(settings, {"version": version.pk})
    assert asked.headers["Location"] == f"{page(role)}?version={version.pk}"
    assert Role.objects.get(pk=role.pk).rubric_version == old

    shown = browser.get(page(role), {"version": version.pk})
    assert "Nobody changes place" in shown.text
    assert "Zeb Quagga" in shown.text
    assert OpinionSeen.objects.filter(user=recruiter, application=application).exists(), "it showed a score"

    confirmed = {"version": version.pk, "leaving": old.pk}
    assert browser.post(page(role), confirmed).status_code == 302
    assert Role.objects.get(pk=role.pk).rubric_version == version
    assert version_spec(version).dimensions[2].name == "Watching"


def test_a_move_made_meanwhile_is_not_undone_unseen() -> None:
    role, browser = RoleFactory(), as_(RecruiterFactory())
    old, version = role.rubric_version, another_version(role)
    assert browser.post(page(role), {"version": version.pk, "leaving": old.pk}).status_code == 302
    third = another_version(Role.objects.get(pk=role.pk))
    stale = browser.post(page(role), {"version": third.pk, "leaving": old.pk})
    assert stale.status_code == 409
    assert "meanwhile" in stale.text
    assert Role.objects.get(pk=role.pk).rubric_version == version


def test_without_a_version_one_is_asked_for() -> None:
    role, browser = RoleFactory(), as_(RecruiterFactory())
    assert "Show what it would change" in browser.get(page(role)).text
    assert browser.get(page(role), {"version": role.rubric_version_id}).status_code == 200, "it has this one already"
    assert browser.post(page(role), {"version": "x"}).status_code == 422
    without = RoleFactory(rubric_version=None)
    assert "No rubric chosen yet" in browser.get(page(without)).text
    assert as_(ReviewerFactory(client=role.client)).get(page(role)).status_code == 404


def test_who_owes_a_scorecard_sees_no_name_and_no_number_and_may_move_it_all_the_same() -> None:
    role, recruiter = RoleFactory(), RecruiterFactory()
    application = ApplicationFactory(role=role, candidate__name="Zeb Quagga")
    for _ in range(2):
        submitted_scorecard(application, [4, 3, 4])
    ScorecardFactory(interview=InterviewFactory(application=application), interviewer=recruiter)
    version, browser = another_version(role), as_(recruiter)
    shown = browser.get(page(role), {"version": version.pk}).text
    assert "stays closed to you" in shown
    assert "Quagga" not in shown
    assert not OpinionSeen.objects.filter(user=recruiter).exists()
    assert browser.post(page(role), {"version": version.pk, "leaving": role.rubric_version_id}).status_code == 302


def test_the_preview_asks_as_often_for_many_as_for_few() -> None:
    role, browser = RoleFactory(), as_(RecruiterFactory())
    version = another_version(role)
    counts = []
    for _ in range(2):
        for _ in range(3):
            application = ApplicationFactory(role=role)
            for _ in range(2):
                submitted_scorecard(application, [4, 3, 4])
        browser.get(page(role), {"version": version.pk})
        counts.append(statements(lambda: browser.get(page(role), {"version": version.pk})))
    assert counts[0] == counts[1]
