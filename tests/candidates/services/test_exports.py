import csv
import io

import pytest
from django.core.files.storage import default_storage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from candidates.enums import TableFormat
from candidates.models import Candidate, Export
from candidates.queries.applications import PipelineFilter
from candidates.queries.candidates import CandidateFilter
from candidates.services import exports as services
from candidates.services.candidates import tag_candidate
from candidates.services.exports import Wanted, csv_lines, start_export, table_of, write_table
from candidates.services.formulas import escaped, is_formula, unescaped
from candidates.services.import_values import RowReader, guess_mapping
from candidates.services.tables import Writing, records
from candidates.tasks import exports as tasks
from rubrics.enums import StageKind
from screening.accounts.errors import Refused
from screening.jobs.enums import JobState
from screening.jobs.models import Job
from tests.factories.accounts import HiringManagerFactory, RecruiterFactory
from tests.factories.candidates import NOW, ApplicationFactory, CandidateFactory, ScorecardFactory
from tests.factories.rubrics import RoleFactory

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40).map(str.strip)
AWKWARD = st.sampled_from(["=1+1", "'=1", "+66 2 555", "@x", '"quoted", twice', "a;b", "-3", "''", "'"])


@given(TEXT | AWKWARD)
def test_escaped_text_computes_nothing_and_comes_back(text: str) -> None:
    assert not is_formula(escaped(text))
    assert unescaped(escaped(text)) == text


@given(st.lists(st.tuples(TEXT | AWKWARD, TEXT | AWKWARD), max_size=8))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@pytest.mark.parametrize("written_as", TableFormat.values)
def test_what_is_written_is_read_back(written_as: str, given_rows: list[tuple[str, str]]) -> None:
    file = io.BytesIO()
    write_table(file, ["Name", "Headline"], [list(row) for row in given_rows], format=written_as)
    writing = Writing("utf-8-sig", ",") if written_as == "csv" else Writing(sheet="Candidates")
    found = [[unescaped(cell).strip() for cell in (*cells, "", "")[:2]] for _, cells in records(file, writing)][1:]
    assert found == [[name, headline] for name, headline in given_rows if name or headline]


@pytest.mark.django_db
def test_an_export_shows_what_its_reader_may_see() -> None:
    by = RecruiterFactory()
    sealed = ScorecardFactory(interviewer=by).interview.application.candidate
    open_one = CandidateFactory(
        name="=Ann", email="ann@example.org", years_of_experience=7, links=["https://a.example"]
    )
    tag_candidate(candidate=open_one, name="ml")
    themselves = CandidateFactory(user=by)
    CandidateFactory(name="Merged", merged_into=open_one)
    table = table_of(by, Wanted(CandidateFilter()), now=NOW)
    rows = list(csv.reader("".join(csv_lines(table.header, table.rows())).removeprefix("\ufeff").splitlines()))
    found = {row[0]: row[1:] for row in rows[1:]}
    assert set(found) == {sealed.name, "'=Ann"}
    assert themselves.name not in found
    assert set(found[sealed.name]) == {""}, "whom one owes a scorecard on, by name alone"
    assert found["'=Ann"][:2] == ["ann@example.org", "'+66 2 555 0100"]
    assert found["'=Ann"][5:9] == ["https://a.example", "7", "", "ml"]


@pytest.mark.django_db
def test_a_pipeline_goes_out_as_it_is_filtered() -> None:
    by, role = RecruiterFactory(), RoleFactory()
    wanted = ApplicationFactory(role=role, kind=StageKind.CONTACTED, source="agency", owner=by)
    ApplicationFactory(role=role, kind=StageKind.SCREENING)
    ApplicationFactory(kind=StageKind.CONTACTED)
    stage = wanted.stage_id
    table = table_of(by, Wanted(PipelineFilter(stage=stage), role), now=NOW)
    [row] = table.rows()
    assert (row[0], row[-4:]) == (
        wanted.candidate.name,
        [wanted.stage.name, f"{wanted.stage_since:%Y-%m-%d}", "Agency", by.name],
    )


@pytest.mark.django_db
def test_a_large_export_is_a_job_whose_file_goes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LARGE", 2)
    by = RecruiterFactory()
    for _ in range(4):
        CandidateFactory()
    export = start_export(wanted=Wanted(CandidateFilter()), words="Candidates", format="xlsx", by=by, now=NOW)
    assert export.people is None
    tasks.build_export(job_id=str(export.job_id))
    tasks.build_export(job_id=str(export.job_id))
    [job] = Job.objects.filter(pk=str(export.job_id))
    assert (job.state, job.result["url"]) == (JobState.DONE, f"/exports/{export.pk}/")
    assert Export.objects.get().people == 4
    with default_storage.open(export.file) as file:
        assert len(list(load_workbook(file)["Candidates"].rows)) == 5
    services.forget_export(export_id=export.pk)
    assert not default_storage.exists(export.file)
    assert Export.objects.get().file == "", "that it was taken out stays on record"


@pytest.mark.django_db
def test_only_staff_take_data_out() -> None:
    with pytest.raises(Refused):
        start_export(wanted=Wanted(CandidateFilter()), words="x", format="csv", by=HiringManagerFactory(), now=NOW)


@pytest.mark.django_db
def test_an_export_maps_itself_when_it_is_brought_back() -> None:
    person = CandidateFactory(name='Zoë "Z" Müller; Ltd', headline="=not a formula", links=["https://a.example/x"])
    table = table_of(RecruiterFactory(), Wanted(CandidateFilter()), now=NOW)
    file = io.BytesIO("".join(csv_lines(table.header, table.rows())).encode())
    [(_, header), (_, cells)] = list(records(file, Writing("utf-8-sig", ",")))
    read = RowReader(header, guess_mapping(header)).read(cells)
    assert read.problems == []
    fields = ("name", "email", "phone", "location", "time_zone", "headline", "links")
    assert {name: read.values.get(name) for name in fields} == {name: getattr(person, name) for name in fields}
    assert Candidate.objects.count() == 1
