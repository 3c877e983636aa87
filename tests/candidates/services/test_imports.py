"""Scorecards given elsewhere: a file as values, then rows of the installation, once however often it is repeated."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from candidates.models import Application, Candidate, Interview, Rating, Score, Scorecard, StageChange
from candidates.services.imports import import_scorecards
from candidates.services.scores import score_pool
from candidates.services.sheets import MOST_BYTES, BadRows, Sheet, read_sheet
from rubrics.models import Role
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.models import Job
from tests.asking import as_, statements
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory, ReviewerFactory
from tests.factories.candidates import NOW, CandidateFactory
from tests.factories.rubrics import RoleFactory, draft_version, published_version

pytestmark = pytest.mark.django_db
HEADER = "candidate,rater,production-ownership,architectural-judgment,observability"
GOOD = f"{HEADER}\nc1,db03,1,2,3\nc1,db54,2,,3\nc2,db03,0,0,1\n"


@pytest.fixture
def role() -> Role:
    return RoleFactory(rubric_version=published_version(lowest=0, highest=3, evidence_from=None))


@pytest.fixture
def by() -> User:
    return RecruiterFactory()


def bring(role: Role, text: str | bytes, by: User, **options: Any) -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    return import_scorecards(role=role, content=content, by=by, now=NOW, **options)


def read(role: Role, text: str | bytes) -> Sheet:
    assert role.rubric_version
    content = text if isinstance(text, bytes) else text.encode()
    return read_sheet(content, list(role.rubric_version.dimensions.all()), lowest=0, highest=3)


def counts() -> list[int]:
    models = (Candidate, Application, Interview, Scorecard, Rating, StageChange, User)
    return [model._default_manager.count() for model in models]


def test_a_file_becomes_people_interviews_and_sealed_scorecards(role: Role, by: User) -> None:
    result = bring(role, GOOD, by)
    assert (result.scorecards, result.candidates, result.raters, result.unchanged, result.bad) == (3, 2, 2, 0, [])
    cards = Scorecard.objects.filter(interview__application__role=role)
    assert {(card.state, card.origin, card.independent) for card in cards} == {("submitted", "imported", True)}
    assert not cards.filter(evidence__isnull=False).exists(), "imported ones need none"
    assert {(interview.state, interview.imported) for interview in Interview.objects.all()} == {("held", True)}
    levels = Rating.objects.filter(
        scorecard__interview__application__candidate__reference="c1", scorecard__interviewer__name="db54"
    ).order_by("dimension__position")
    assert [rating.level for rating in levels] == [2, None, 3]
    assert levels[1].not_assessed
    assert {application.source for application in Application.objects.all()} == {"import"}
    assert Job.objects.filter(task="candidates.score_pool", state="queued").count() == 1


def test_the_reference_of_a_merged_file_is_of_whom_it_went_into(role: Role, by: User) -> None:
    bring(role, GOOD, by)
    into = CandidateFactory(reference="later")
    Candidate.objects.filter(reference="c2").update(merged_into=into, merged_at=NOW)
    before = counts()
    result = bring(role, GOOD, by)
    assert (counts(), result.unchanged) == (before, 3)


def test_repeating_it_adds_nothing_and_a_longer_file_only_what_is_new(role: Role, by: User) -> None:
    bring(role, GOOD, by)
    before = counts()
    again = bring(role, GOOD, by)
    assert (again.scorecards, again.candidates, again.raters, again.unchanged) == (0, 0, 0, 3)
    assert counts() == before
    more = bring(role, f"{GOOD}c3,db03,1,1,1\n", by)
    assert (more.scorecards, more.candidates, more.unchanged) == (1, 1, 3)


def test_what_was_imported_is_not_rewritten(role: Role, by: User) -> None:
    bring(role, GOOD, by)
    other = GOOD.replace("c1,db03,1,2,3", "c1,db03,3,3,3") + "c9,db03,1,1,1\n"
    with pytest.raises(BadRows, match="Row 2: says something else"):
        bring(role, other, by)
    assert not Candidate.objects.filter(reference="c9").exists(), "nothing of it was kept"
    result = bring(role, other, by, skip_bad=True)
    assert (result.scorecards, [row.line for row in result.bad]) == (1, [2])
    assert Rating.objects.filter(scorecard__interview__application__candidate__reference="c1", level=1).exists()


def test_bad_rows_are_named_and_nothing_is_imported(role: Role, by: User) -> None:
    before = counts()
    bad = (
        f"{HEADER}\nc1,db03,1,2,9\n,db03,1,1,1\nc2,db03,1,x,1\nc3,db03,1,1\nc4,db03,,,\nc5,db03,1,1,1\nc5,db03,1,1,1\n"
    )
    with pytest.raises(BadRows) as refused:
        bring(role, bad, by)
    assert [str(row) for row in refused.value.rows] == [
        "Row 2, column “observability”: “9” is not a level from 0 to 3.",
        "Row 3, column “candidate”: is empty.",
        "Row 4, column “architectural-judgment”: “x” is not a level from 0 to 3.",
        "Row 5: has 4 cells where the header has 5.",
        "Row 6: has no level at all.",
        "Row 8: the same candidate and rater already stand in row 7.",
    ]
    assert counts() == before
    result = bring(role, bad, by, skip_bad=True)
    assert (result.scorecards, len(result.bad)) == (1, 6)


@pytest.mark.parametrize("level", ["--1", "-1", "1.5", "1e3", "٣", "9" * 5000, "one", "=1+1", "- 1"])
def test_what_is_no_level_is_a_bad_row(role: Role, level: str) -> None:
    sheet = read(role, f"{HEADER}\nc1,db03,1,{level},1\n")
    assert (sheet.rows, [row.column for row in sheet.bad]) == ([], ["architectural-judgment"])


@pytest.mark.parametrize("gap", ["", " ", "NA", "n/a", "-"])
def test_gaps_are_not_assessed(role: Role, gap: str) -> None:
    [row] = read(role, f"{HEADER}\nc1,db03,1,{gap},1\n").rows
    assert row.levels == (1, None, 1)


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.replace("production-ownership", "Production Ownership"),
        GOOD + "\n,,,,\n",
    ],
)
def test_as_spreadsheets_save_it(role: Role, text: str) -> None:
    assert [(row.candidate, row.levels) for row in read(role, text).rows] == [
        ("c1", (1, 2, 3)),
        ("c1", (2, None, 3)),
        ("c2", (0, 0, 1)),
    ]


def test_columns_stand_in_any_order(role: Role) -> None:
    text = "observability,rater,candidate,architectural-judgment,production-ownership\n3,db03,c1,2,1\n"
    assert read(role, text).rows[0].levels == (1, 2, 3)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "lacks the columns candidate, rater"),
        (b"candidate,rater,observability\n", "lacks the columns"),
        (f"{HEADER},extra\n".encode(), "“extra” is no dimension"),
        (f"{HEADER},rater\n".encode(), "“rater” stands in the header more than once"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (f"{HEADER}\nc1\0,db03,1,1,1\n".encode(), "no CSV has"),
        (f'{HEADER}\n"'.encode() + b"a" * 200_000, "can’t be read as CSV"),
        (b"x" * (MOST_BYTES + 1), "larger than 20 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(role: Role, content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read(role, content)


def test_a_rater_whom_nobody_knows_cannot_sign_in_and_joins_the_team(role: Role, by: User) -> None:
    known = HiringManagerFactory()
    bring(role, f"{HEADER}\nc1,db03,1,1,1\nc1,{known.email},1,1,1\nc1,{by.email},1,1,1\n", by)
    unknown = User.objects.get(name="db03")
    assert not unknown.is_active
    assert not unknown.has_usable_password()
    assert set(role.team.values_list("user", flat=True)) == {unknown.pk, known.pk}, "staff reach every role anyway"


def test_a_clients_reviewer_is_no_panellist(role: Role, by: User) -> None:
    reviewer = ReviewerFactory(client=role.client)
    with pytest.raises(Refused, match="client reviewer"):
        bring(role, f"{HEADER}\nc1,{reviewer.email},1,1,1\n", by)
    assert not Scorecard.objects.exists()


def test_a_role_needs_a_version_and_a_kit_of_everything(role: Role, by: User) -> None:
    with pytest.raises(Refused, match="no rubric version"):
        bring(RoleFactory(rubric_version=None), GOOD, by)
    draft = draft_version()
    draft.kits.get(key="whole").delete()
    with pytest.raises(Refused, match="a kit whose questions inform every dimension"):
        bring(RoleFactory(rubric_version=draft), GOOD, by)


def test_imported_scorecards_count_and_are_marked(role: Role, by: User) -> None:
    bring(role, GOOD, by)
    assert role.rubric_version
    score_pool(pool_key=role.rubric_version.pool_key, now=NOW)
    scores = {score.application.candidate.reference: score for score in Score.objects.select_related("application")}
    assert {reference: (score.n_raters, score.n_imported) for reference, score in scores.items()} == {
        "c1": (2, 2),
        "c2": (1, 1),
    }
    page = as_(by).get(reverse("candidates:comparison", args=[role.slug])).content.decode()
    assert "2 imported" in page
    explained = as_(by).get(reverse("candidates:score", args=[scores["c1"].pk])).content.decode()
    assert "2 of the scorecards were imported" in explained


def test_many_rows_take_as_many_statements_as_few(role: Role, by: User) -> None:
    few = f"{HEADER}\n" + "".join(f"a{n},r{n % 2},1,2,3\n" for n in range(4))
    many = f"{HEADER}\n" + "".join(f"b{n},r{n % 2},1,2,3\n" for n in range(60))
    bring(role, few, by)
    first = statements(lambda: bring(role, few.replace("\na", "\nx"), by))
    assert statements(lambda: bring(role, many, by)) == first


def post(user: User, role: Role, text: str, **data: Any) -> Any:
    upload = SimpleUploadedFile("scorecards.csv", text.encode(), content_type="text/csv")
    return as_(user).post(reverse("candidates:import_scorecards", args=[role.slug]), {"file": upload, **data})


def test_the_page_imports_and_tells_what_came_of_it(role: Role, by: User) -> None:
    answer = post(by, role, GOOD)
    assert answer.status_code == 302
    assert Scorecard.objects.count() == 3
    followed = as_(by).get(reverse("candidates:import_scorecards", args=[role.slug]))
    assert "production-ownership" in followed.content.decode(), "the columns it takes are named"


def test_the_page_names_bad_rows_and_leaves_them_out_when_told(role: Role, by: User) -> None:
    bad = GOOD + "c9,db03,9,1,1\n"
    answer = post(by, role, bad)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“9” is not a level from 0 to 3." in page
    assert not Scorecard.objects.exists()
    assert post(by, role, bad, skip_bad="on").status_code == 302
    assert Scorecard.objects.count() == 3


def test_only_staff_import(role: Role) -> None:
    manager = HiringManagerFactory()
    role.team.create(user=manager)
    for user in (manager, HiringManagerFactory(), ReviewerFactory(client=role.client)):
        assert post(user, role, GOOD).status_code == 404
    assert not Scorecard.objects.exists()


def test_the_command_imports_and_counts(
    role: Role, by: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "f.csv"
    file.write_text(GOOD + "c9,db03,9,1,1\n")
    arguments = ["import_scorecards", "--role", role.slug, "--file", str(file), "--by", by.email.upper()]
    with pytest.raises(CommandError, match="Row 5, column “production-ownership”"):
        call_command(*arguments)
    assert not Scorecard.objects.exists()
    call_command(*arguments, "--skip-bad")
    said = capsys.readouterr()
    assert said.out.strip() == "3 scorecards, 2 new candidates, 2 new raters; 0 rows were there already."
    assert "left out: Row 5" in said.err


def test_the_command_says_what_is_wrong(role: Role, by: User, tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text(GOOD)
    for arguments, words in (
        (["--role", "no-such-role", "--file", str(file)], "no role"),
        (["--role", role.slug, "--file", str(tmp_path / "none.csv")], "can’t be read"),
        (["--role", role.slug, "--file", str(file), "--by", "nobody@example.com"], "nobody"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("import_scorecards", *arguments)
