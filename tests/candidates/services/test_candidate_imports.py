import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from openpyxl.chart import BarChart

from candidates.enums import ImportState, RowOutcome
from candidates.models import Application, Candidate, CandidateImport, StageChange
from candidates.queries.candidate_imports import plan_of
from candidates.services.candidate_imports import check_import, decide, map_columns, request_run, start_import
from candidates.services.import_runs import run_chunk, run_import
from candidates.tasks import candidate_imports as tasks
from rubrics.enums import StageKind
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.enums import JobState
from screening.jobs.models import Job
from tests.factories.accounts import RecruiterFactory
from tests.factories.candidates import NOW, CandidateFactory, ScorecardFactory
from tests.factories.rubrics import RoleFactory

pytestmark = pytest.mark.django_db
HEADER = "Full name,E-mail,Phone,City,Experience,Tags,Ref"


def silent(_done: int, _total: int | None = None) -> None:
    """Nobody looks."""


def uploaded(content: str | bytes, name: str = "people.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def brought(content: str | bytes, *, by: User | None = None, name: str = "people.csv", **given: Any) -> CandidateImport:
    given = {"role": None, "source": "import"} | given
    return start_import(upload=uploaded(content, name), by=by or RecruiterFactory(), now=NOW, **given)


def checked(content: str | bytes, **given: Any) -> CandidateImport:
    of = brought(content, **given)
    map_columns(of=of, mapping=of.mapping, by=of.created_by)
    check_import(import_id=of.pk, report=silent)
    of.refresh_from_db()
    return of


def run(of: CandidateImport, *, if_same: str = "skip", if_alike: str = "skip", rows: Any = ()) -> CandidateImport:
    decide(of=of, if_same=if_same, if_alike=if_alike, rows=dict(rows))
    request_run(of=of, by=of.created_by)
    run_import(import_id=of.pk, by=of.created_by, now=NOW, report=silent)
    of.refresh_from_db()
    return of


def problems(of: CandidateImport) -> dict[int, list[list[str]]]:
    return {row.number: row.problems for row in of.rows.exclude(problems=[])}


def test_a_file_becomes_people_in_the_pipeline_of_a_role() -> None:
    role, by = RoleFactory(), RecruiterFactory()
    of = checked(
        f"{HEADER}\nMalee Srisai,Malee@Example.org,+66 2 555 0101,Bangkok,7,python; ml,A-1\nOle Berg,,,,,,\n",
        by=by, role=role, source="agency",
    )  # fmt: skip
    assert (of.state, problems(of)) == (ImportState.CHECKED, {})
    assert not Candidate.objects.exists(), "a check touches nobody"
    of = run(of)
    assert (of.state, of.counts) == (ImportState.DONE, {"added": 2, "updated": 0, "skipped": 0, "refused": 0})
    malee = Candidate.objects.get(email="malee@example.org")
    assert (malee.name, malee.phone, malee.location, malee.reference) == (
        "Malee Srisai", "+66 2 555 0101", "Bangkok", "A-1",
    )  # fmt: skip
    assert malee.years_of_experience == 7
    assert {tag.name for tag in malee.tags.all()} == {"python", "ml"}
    assert {(row.stage.kind, row.source, row.owner) for row in Application.objects.all()} == {
        (StageKind.SOURCED, "agency", by)
    }
    assert StageChange.objects.filter(reason="imported").count() == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp874"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_found_out(encoding: str, separator: str) -> None:
    names = (
        ["มาลี ศรีไทย", "สมชาย ใจดี", "วนิดา แก้วมณี"] if encoding == "cp874" else ["José Müller", "Zoë Brontë", "Søren Å"]
    )
    lines = [separator.join(["Name", "City", "Note"])] + [
        separator.join([name, "X, Y" if separator != "," else "X", "a"]) for name in names
    ]
    of = checked("\r\n".join(lines).encode(encoding))
    assert of.separator == separator
    assert [row.values["name"] for row in of.rows.all()] == names


def test_each_problem_names_its_row_and_column() -> None:
    of = checked(
        f"{HEADER}\n"
        ",a@example.org,,,,,\n"
        "Ole,not an address,,,,,\n"
        'Ole,,=HYPERLINK("http://x"),,,,\n'
        "@SUM(A1),,,,,,\n"
        "Ole,,+66 2 555 0100,,many,,\n"
        "Ole,,,,,,,extra\n"
        "\n"
        "Ann,ann@example.org,-,–,,,\n"
        "Ann,ANN@example.org,,,,,\n"
    )  # fmt: skip
    found = problems(of)
    assert found == {
        2: [["Full name", "is empty."]],
        3: [["E-mail", "Enter a valid email address."]],
        4: [["Phone", "begins with “=”, as a formula does. Write the value itself."]],
        5: [["Full name", "begins with “@”, as a formula does. Write the value itself."]],
        6: [["Experience", "“many” is not a whole number of years up to 70."]],
        7: [["", "has 8 cells where the header has 7."]],
        10: [["E-mail", "stands in row 9 already."]],
    }
    assert run(of).counts == {"added": 1, "updated": 0, "skipped": 0, "refused": 7}
    assert [person.email for person in Candidate.objects.all()] == ["ann@example.org"]


def test_each_row_says_where_the_person_came_from() -> None:
    role = RoleFactory()
    words = ("referral", "SOURCED BY US", " Àgency ", "sourced", "Event", "", "–", "LinkedIn")
    text = "Name,Source\n" + "".join(f"Person Nr{number},{word}\n" for number, word in enumerate(words))
    of = checked(text, role=role, source="applied")
    assert of.mapping == {"Name": "name", "Source": "source"}
    assert problems(of) == {
        9: [
            ["Source", "“LinkedIn” is no source. Write Applied, Referral, Sourced by us, Agency, Event or Import."],
        ],
    }
    run(of)
    found = dict(Application.objects.values_list("candidate__name", "source"))
    assert [found[f"Person Nr{number}"] for number in range(7)] == [
        "referral", "sourced", "agency", "sourced", "event", "applied", "applied",
    ]  # fmt: skip


def test_a_source_is_read_only_where_there_is_a_pipeline_and_remembered_all_the_same() -> None:
    text = "Wer,Woher,Source\nAnn Other,LinkedIn,Referral\n"
    of = brought(text)
    assert of.mapping == {}, "a guess that nothing would come of is not made"
    map_columns(of=of, mapping={"Wer": "name", "Woher": "source"}, by=of.created_by)
    check_import(import_id=of.pk, report=silent)
    assert problems(of) == {}
    again = brought(text, role=RoleFactory())
    assert again.mapping == {"Wer": "name", "Woher": "source"}


def test_people_who_are_here_are_found_and_decided_by_rule_or_by_row() -> None:
    same = CandidateFactory(name="Malee Srisai", email="malee@example.org", location="Bangkok", headline="")
    phone = CandidateFactory(name="Other", email="x@example.org", phone="0066-2-555 9999")
    near = CandidateFactory(name="Jonas Lindqvist", email="y@example.org", phone="")
    gone = CandidateFactory(name="Merged", email="m@example.org", phone="", merged_into=near)
    text = (
        "Name,Mail,Phone,Title\nMalee S,malee@example.org,,Engineer\nWho Ever,,+66 2 555 9999,\n"
        "Jonas Lindqwist,jl@example.org,,\nNew One,m@example.org,,\nNobody Known,n@example.org,,\n"
    )
    of = checked(text)
    assert {row.number: (row.match, row.matched_by) for row in of.rows.all()} == {
        2: (same, "email"), 3: (phone, "phone"), 4: (near, "name"), 5: (near, "email"), 6: (None, ""),
    }  # fmt: skip
    assert gone.merged_into == near
    of = run(of, if_same="update", if_alike="add", rows={3: "skip"})
    assert of.counts == {"added": 2, "updated": 2, "skipped": 1, "refused": 0}
    same.refresh_from_db()
    assert (same.name, same.headline, same.location) == ("Malee S", "Engineer", "Bangkok"), "empty cells change nothing"
    outcomes = {row.number: row.outcome for row in of.rows.all()}
    assert outcomes == {
        2: RowOutcome.UPDATED,
        3: RowOutcome.SKIPPED,
        4: RowOutcome.ADDED,
        5: RowOutcome.UPDATED,
        6: RowOutcome.ADDED,
    }


def test_what_a_merged_file_held_leads_to_whom_it_went_into() -> None:
    living = CandidateFactory(name="Vera Holt", email="vera@new.example", phone="", reference="V-3", headline="")
    between = CandidateFactory(
        name="V. Holt", email="vera@between.example", phone="", reference="V-2", merged_into=living, merged_at=NOW
    )
    CandidateFactory(
        name="Vera Alt", email="Vera@Old.example", phone="+49 30 5550199", reference="V-1", merged_into=between,
        merged_at=NOW,
    )  # fmt: skip
    other = CandidateFactory(name="Somebody Else", email="other@example.org", phone="", reference="S-1")
    of = checked(
        "Name,Mail,Phone,Ref,Title\n"
        "A,VERA@old.example,,,Engineer\n"
        "B,,,V-1,\n"
        "C,c@example.org,0049 30 5550199,,\n"
        "D,vera@between.example,,S-1,\n"
        "E,other@example.org,,V-2,\n"
    )
    assert {row.number: (row.match, row.matched_by) for row in of.rows.clean()} == {
        2: (living, "email"), 3: (living, "reference"), 4: (living, "phone"),
    }  # fmt: skip
    elsewhere = [["Ref", "belongs to another person than the e-mail of this row."]]
    assert problems(of) == {5: elsewhere, 6: elsewhere}
    assert run(of, if_same="update").counts == {"added": 0, "updated": 2, "skipped": 1, "refused": 2}
    living.refresh_from_db()
    assert (living.headline, living.email, living.reference) == ("Engineer", "vera@new.example", "V-3"), (
        "what they are reached by since the merge stays"
    )
    assert other.name == "Somebody Else"


def test_an_address_of_two_merged_files_leads_to_whom_has_it_now_else_to_the_later() -> None:
    earlier, later, holder = (CandidateFactory(name=name, phone="") for name in ("Ed Early", "Lea Later", "Hal Holder"))
    for into, at in ((later, NOW), (earlier, NOW - timedelta(days=9))):
        CandidateFactory(email="shared@example.org", merged_into=into, merged_at=at)
    CandidateFactory(email=holder.email, merged_into=later, merged_at=NOW)
    of = checked(f"Name,Mail\nXx Yy,shared@example.org\nZz Ww,{holder.email}\n")
    assert [row.match for row in of.rows.all()] == [later, holder]
    run(of, if_same="update")
    assert [row.candidate for row in of.rows.all()] == [later, holder]


def test_whoever_is_merged_between_check_and_run_is_found_again() -> None:
    into, going = (
        CandidateFactory(name="Vera Holt"),
        CandidateFactory(name="Vera Alt", email="old@example.org", phone=""),
    )
    of = checked("Name,Mail\nVera Alt,old@example.org\n")
    Candidate.objects.filter(pk=going.pk).update(merged_into=into, merged_at=NOW)
    assert run(of).counts == {"added": 0, "updated": 0, "skipped": 1, "refused": 0}


def test_names_alike_are_found() -> None:
    for name in ("Jonas Lindqvist", "Lindqvist Jonas", "Amara Okafor", "Amara Okafor", "Li", "Ærøskøbing Öz", "王晓明"):
        CandidateFactory(name=name, email="", phone="")
    CandidateFactory(name="Zed Zorn", email="", phone="", merged_into=CandidateFactory(name="Else"))
    names = (
        "Jonas Lindqwist",
        "amara okafor",
        "Amara Okaffor",
        "Li",
        "Lia",
        "Aeroskobing Oz",
        "王晓明",
        "Zed Zorn",
        "No One",
    )
    text = "\n".join(["Name", *names])
    found = {row.number: row.match and row.match.name for row in checked(text).rows.all()}
    assert found == {
        2: "Lindqvist Jonas",
        3: "Amara Okafor",
        4: "Amara Okafor",
        5: "Li",
        6: None,
        7: "Ærøskøbing Öz",
        8: "王晓明",
        9: None,
        10: None,
    }


@pytest.mark.parametrize("if_same", ["skip", "update"])
@pytest.mark.parametrize("if_alike", ["skip", "update", "add"])
@pytest.mark.parametrize("decisions", [{}, {2: "update", 3: "add", 4: "skip"}, {2: "skip", 3: "update", 5: "update"}])
def test_what_the_button_says_is_what_is_done(if_same: str, if_alike: str, decisions: dict[int, str]) -> None:
    by = RecruiterFactory()
    CandidateFactory(email="malee@example.org")
    CandidateFactory(phone="+66 2 555 9999")
    CandidateFactory(name="Jonas Lindqvist", phone="")
    owed = ScorecardFactory(interviewer=by).interview.application.candidate
    of = checked(
        "Name,Mail,Phone\nXx Yy,malee@example.org,\nWho Ever,,+66 2 555 9999\nJonas Lindqwist,,\n"
        f"Zz Ww,{owed.email},\nNew Face,,\nBad Mail,no,\nJonas Lindqvisst,jl@example.org,\nJonas Linqvist,,\n",
        by=by,
    )
    decide(of=of, if_same=if_same, if_alike=if_alike, rows=decisions)
    of.refresh_from_db()
    said = plan_of(of, by)
    done = run(of, if_same=if_same, if_alike=if_alike, rows=decisions).counts
    assert (said.add, said.update, said.skip) == (done["added"], done["updated"], done["skipped"])
    assert said.closed + said.again == done["refused"] - 1


def test_rows_that_are_merely_like_one_person_do_not_overwrite_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("candidates.services.import_runs.AT_ONCE", 2)
    here = CandidateFactory(name="Siti Putra", email="here@example.org", phone="")
    text = "Name,Mail,City\n" + "".join(f"Siti Putra,siti{number}@example.org,City {number}\n" for number in range(4))
    of = run(checked(text), if_alike="update")
    assert of.counts == {"added": 0, "updated": 1, "skipped": 0, "refused": 3}
    here.refresh_from_db()
    assert (here.email, here.location) == ("siti0@example.org", "City 0")
    assert problems(of)[5] == [
        ["", "is like somebody whom another row of this file changed; they were not changed again."]
    ]


def test_an_email_never_stands_twice_whatever_came_meanwhile() -> None:
    of = checked("Name,Mail\nAnn,ann@example.org\nBob,bob@example.org\n")
    CandidateFactory(email="Ann@example.org")
    assert run(of, if_alike="add").counts == {"added": 1, "updated": 0, "skipped": 1, "refused": 0}
    with pytest.raises(Refused, match="belong to one person"):
        decide(of=checked("Name\nX\n"), if_same="add", if_alike="skip", rows={})


def test_whom_one_owes_a_scorecard_on_is_not_changed() -> None:
    by = RecruiterFactory()
    sealed = ScorecardFactory(interviewer=by).interview.application.candidate
    of = run(checked(f"Name,Mail\nNew Name,{sealed.email}\n", by=by), if_same="update")
    assert of.counts["refused"] == 1
    assert Candidate.objects.get(pk=sealed.pk).name == sealed.name


def test_a_mapping_is_remembered_for_files_with_the_same_columns() -> None:
    of = brought("Wer,Wo\nAnn,Oslo\n")
    assert of.mapping == {}
    with pytest.raises(Refused, match="names"):
        map_columns(of=of, mapping={"Wo": "location"}, by=of.created_by)
    with pytest.raises(Refused, match="“Wer” and “Wo” are both said to hold “Name”"):
        map_columns(of=of, mapping={"Wo": "name", "Wer": "name"}, by=of.created_by)
    map_columns(of=of, mapping={"Wer": "name", "Wo": "location"}, by=of.created_by)
    again = brought("Wo,Wer\nOslo,Ann\n")
    assert again.mapping == {"Wer": "name", "Wo": "location"}
    mended = brought("Wer,Wo,What is wrong\nAnn,Oslo,\n")
    assert mended.mapping == {"Wer": "name", "Wo": "location"}, "rows that were left out come back as they went"


# Workbooks


def workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The same workbook with some parts replaced or added; `__` stands for a slash."""
    file = io.BytesIO()
    given = {
        name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): part for name, part in parts.items()
    }
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, given.pop(name) if name in given else old.read(name))
        for name, part in given.items():
            new.writestr(name, part)
    return file.getvalue()


def test_a_workbook_is_read_and_its_formulas_refused() -> None:
    content = workbook(
        [
            ["Name", "Phone", "Experience"],
            ["Malee", 66255501010, 7.0],
            ["=1+1", None, None],
            [None, None, None],
            ["Ole", None, "2"],
        ]
    )
    of = checked(content, name="people.xlsx")
    assert [(row.number, row.values.get("name")) for row in of.rows.clean()] == [(2, "Malee"), (5, "Ole")]
    assert of.rows.get(number=2).values == {"name": "Malee", "phone": "66255501010", "years_of_experience": 7}
    assert problems(of) == {3: [["Name", "begins with “=”, as a formula does. Write the value itself."]]}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"xl__worksheets__sheet1_xml": b"<worksheet>" + b" " * 200_000_000}, "unpacks to far more"),
        ({"xl__sharedStrings_xml": b'<!DOCTYPE x [<!ENTITY a "b">]><sst/>'}, "can’t be read"),
        ({"xl__vbaProject_bin": b"x"}, "macros"),
        ({"xl__workbook_xml": b"<nothing/>"}, "can’t be read"),
    ],
)
def test_bombs_and_macros_are_refused(parts: dict[str, bytes], words: str) -> None:
    with pytest.raises(Refused, match=words):
        brought(repacked(workbook([["Name"], ["Ann"]]), **parts), name="people.xlsx")


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1", b"PK\x03\x04nothing", b"", b"\n\n", b"a\0b,c", b"Name,Mail\n"]
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        brought(content)
    assert not CandidateImport.objects.exists()


def test_the_first_sheet_that_holds_people_is_read() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Read me first"])
    book.create_chartsheet("Chart", 1).add_chart(BarChart())
    book.create_sheet("People").append(["Name"])
    book["People"].append(["Ann Other"])
    file = io.BytesIO()
    book.save(file)
    of = brought(file.getvalue(), name="people.xlsx")
    assert (of.sheet, of.header, of.sheets) == ("People", ["Name"], ["Sheet", "People"])


def test_more_rows_than_are_taken_leave_none_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("candidates.services.tables.MOST_ROWS", 10)
    monkeypatch.setattr("candidates.services.candidate_imports.AT_ONCE", 3)
    rows = [["Name"], *([f"Person {number}"] for number in range(11))]
    for content, name in (("\n".join(row for [row] in rows), "p.csv"), (workbook(rows), "p.xlsx")):
        of = checked(content, name=name)
        assert of.state == ImportState.MAPPING
        assert "Split it" in of.error
        assert not of.rows.exists()


def test_a_check_knows_how_many_rows_there_are() -> None:
    of = brought("Name\n" + "Ann Other\n" * 3)
    map_columns(of=of, mapping=of.mapping, by=of.created_by)
    told: list[tuple[int, int | None]] = []
    check_import(import_id=of.pk, report=lambda done, total: told.append((done, total)))
    assert told == [(3, 3)]


# A worker that is killed


def test_an_interrupted_run_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("candidates.services.import_runs.AT_ONCE", 10)
    of = checked("Name,Mail\n" + "".join(f"Person {n},p{n}@example.org\n" for n in range(35)))
    request_run(of=of, by=of.created_by)
    of.refresh_from_db()
    assert of.job is not None
    steps = 0

    def killed(done: int, total: int | None = None) -> None:
        nonlocal steps
        steps += 1
        if steps == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_import(import_id=of.pk, by=of.created_by, now=NOW, report=killed)
    assert Candidate.objects.count() == 20
    tasks.run(job_id=str(of.job_id))
    of.refresh_from_db()
    assert (of.state, of.counts["added"]) == (ImportState.DONE, 35)
    assert sorted(Candidate.objects.values_list("email", flat=True)) == sorted(f"p{n}@example.org" for n in range(35))
    assert Job.objects.get(pk=str(of.job_id)).state == JobState.DONE
    assert run_chunk(of=of, stage=None, by=of.created_by, now=NOW) == 0, "nothing is left to do twice"


def test_a_check_that_was_interrupted_begins_anew() -> None:
    of = brought("Name\n" + "Ann Other\n" * 3)
    map_columns(of=of, mapping=of.mapping, by=of.created_by)

    def killed(_done: int, _total: int | None = None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_import(import_id=of.pk, report=killed)
    assert of.rows.count() == 3
    of.refresh_from_db()
    tasks.check_import(job_id=str(of.job_id))
    of.refresh_from_db()
    assert (of.state, of.rows.count()) == (ImportState.CHECKED, 3)
