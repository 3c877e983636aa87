from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from rubrics.models import RubricVersion
from rubrics.queries.rubrics import version_spec
from rubrics.queries.shipped import shipped_rubric, shipped_text
from tests.factories.accounts import AdministratorFactory, HiringManagerFactory, RecruiterFactory

NAME = "senior-ai-engineer"
pytestmark = pytest.mark.django_db


def load(*arguments: str) -> str:
    out = StringIO()
    call_command("load_rubric", *arguments, stdout=out)
    return out.getvalue()


def test_a_shipped_rubric_becomes_a_draft() -> None:
    assert load(NAME) == "Senior AI Engineer, version 1: a draft.\n"
    version = RubricVersion.objects.get()
    assert not version.is_published
    assert version_spec(version) == shipped_rubric(NAME)


def test_a_file_is_published_in_somebodys_name(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(shipped_text(NAME).replace(f"slug: {NAME}", "slug: mine"), encoding="utf-8")
    recruiter = RecruiterFactory()
    AdministratorFactory()
    assert (
        load(str(file), "--publish", "--by", recruiter.email.upper()) == "Senior AI Engineer, version 1: published.\n"
    )
    version = RubricVersion.objects.get(rubric__slug="mine")
    assert (version.is_published, version.published_by) == (True, recruiter)
    assert load(str(file), "--publish").endswith("version 2: published.\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [("slug: 1", r"(?s)Line 1, slug: .*Line 1, title: is missing"), (b"\xff", "not UTF-8"), (None, "can’t be read")],
)
def test_a_bad_file_is_explained(text: str | bytes | None, words: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    if text is not None:
        file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(CommandError, match=words):
        load(str(file))
    assert not RubricVersion.objects.exists()


def test_what_is_incomplete_is_not_published(tmp_path: Path) -> None:
    AdministratorFactory()
    file = tmp_path / "mine.yaml"
    file.write_text(shipped_text(NAME).replace("weight: 0.5", "weight: 0"), encoding="utf-8")
    with pytest.raises(CommandError, match="Mentoring: give it a weight above zero"):
        load(str(file), "--publish")
    assert not RubricVersion.objects.filter(status="published").exists()


def test_publishing_needs_somebody_who_may() -> None:
    with pytest.raises(CommandError, match="create an administrator first"):
        load(NAME, "--publish")
    with pytest.raises(CommandError, match="not a recruiter or an administrator"):
        load(NAME, "--by", HiringManagerFactory().email)
