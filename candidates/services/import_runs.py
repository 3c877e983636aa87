"""The run of an import: chunk by chunk, each whole or not at all, so that a killed worker's successor goes on after it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Q
from django.db.models.functions import Lower

from candidates.enums import DuplicateRule, ImportState, MatchedBy, RowOutcome
from candidates.gates.applications import BY_HAND
from candidates.models import Application, Candidate, CandidateImport, CandidateTag, ImportRow, StageChange, Tag
from candidates.queries.former import former_files
from candidates.services.applications import NO_MORE_CANDIDATES
from candidates.services.candidate_imports import FORGET, KEPT_DONE, Report
from rubrics.models import Stage
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.jobs import request_job

AT_ONCE = 1_000
EXACT = (MatchedBy.EMAIL, MatchedBy.REFERENCE)
COLUMNS = ("name", "email", "phone", "location", "time_zone", "headline", "links", "years_of_experience", "reference")
MARK = """
UPDATE candidates_importrow r SET outcome = done.outcome, problems = done.problems::jsonb, candidate_id = done.person
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) done (id, outcome, problems, person) WHERE r.id = done.id
"""
# What waits to be entered into the index that names are looked up by is read through with every name of the next file.
ENTER_SOON = "SET LOCAL gin_pending_list_limit = '64kB'"
CLOSED = "is about somebody you owe a scorecard on, or whose file is closed; they were not changed."
AGAIN = "is like somebody whom another row of this file changed; they were not changed again."
CAME_MEANWHILE = "has an e-mail or a reference that belongs to two people here."


@dataclass
class Chunk:
    """Rows and what becomes of them; `people` are those here, by id, with the changes not saved yet.

    `went_into`: files merged away → whose they are; `former`: the e-mails and references of those files; `updated`: whom
    rows of this import have changed.
    """

    of: CandidateImport
    by: User
    rows: list[ImportRow]
    people: dict[int, Candidate] = field(default_factory=dict)
    by_email: dict[str, int] = field(default_factory=dict)
    by_reference: dict[str, int] = field(default_factory=dict)
    went_into: dict[int, int] = field(default_factory=dict)
    former: frozenset[str] = frozenset()
    closed: frozenset[int] = frozenset()
    updated: set[int] = field(default_factory=set)
    new: list[Candidate] = field(default_factory=list)
    changed: dict[int, Candidate] = field(default_factory=dict)
    touched: list[tuple[ImportRow, Candidate]] = field(default_factory=list)


def run_import(*, import_id: int, by: User, now: datetime, report: Report) -> None:
    """Import what is waiting. Raises whatever interrupts it; rows that are done stay done, and are never done again."""
    of = CandidateImport.objects.filter(pk=import_id, state=ImportState.IMPORTING).first()
    if of is None:
        return
    total = of.rows.clean().count()
    done = total - of.rows.waiting().count()
    try:
        stage = _stage_of(of)
        while count := run_chunk(of=of, stage=stage, by=by, now=now):
            done += count
            report(done, total)
    except Refused as refused:
        CandidateImport.objects.filter(pk=of.pk).update(state=ImportState.CHECKED, error=refused.message[:500])
        return
    finish_import(of=of, now=now)


def _stage_of(of: CandidateImport) -> Stage | None:
    if of.role is None:
        return None
    if of.role.status in NO_MORE_CANDIDATES:
        raise Refused(f"“{of.role.title}” is {of.role.get_status_display().lower()} and takes no more candidates.")
    stage = of.role.stages.filter(kind__in=BY_HAND).order_by("position").first()
    if stage is None:
        raise Refused(f"“{of.role.title}” has no stage to put people into. Add one first.")
    return stage


@transaction.atomic
def finish_import(*, of: CandidateImport, now: datetime) -> None:
    rows = of.rows.aggregate(
        **{outcome: Count("pk", filter=Q(outcome=outcome)) for outcome in RowOutcome.values},
        refused=Count("pk", filter=~Q(problems=[])),
    )
    changed = CandidateImport.objects.filter(pk=of.pk, state=ImportState.IMPORTING).update(
        state=ImportState.DONE, counts=rows, finished_at=now
    )
    if changed:
        request_job(task=FORGET, params={"import": of.pk}, title="Deleting an imported file", delay=KEPT_DONE)


@transaction.atomic
def run_chunk(*, of: CandidateImport, stage: Stage | None, by: User, now: datetime) -> int:
    """How many rows were done. The lock keeps two workers from taking the same rows."""
    CandidateImport.objects.select_for_update().get(pk=of.pk)
    rows = list(ImportRow.objects.filter(of=of.pk).waiting().order_by("number")[:AT_ONCE])
    if not rows:
        return 0
    chunk = _look_up(Chunk(of, by, rows))
    for row in rows:
        _decide(chunk, row)
    with connection.cursor() as cursor:
        cursor.execute(ENTER_SOON)
    Candidate.objects.bulk_create(chunk.new)
    Candidate.objects.bulk_update(chunk.changed.values(), COLUMNS, batch_size=200)
    for row, person in chunk.touched:
        row.candidate = person
    _tag(chunk.touched)
    if stage is not None:
        _put_into_role(chunk, stage, now)
    _mark(rows)
    return len(rows)


def _mark(rows: Sequence[ImportRow]) -> None:
    """One statement of a few arrays; `bulk_update` spends most of a chunk's time on putting its own together."""
    with connection.cursor() as cursor:
        cursor.execute(
            MARK,
            [
                [row.pk for row in rows],
                [str(row.outcome) for row in rows],
                [json.dumps(row.problems) for row in rows],
                [row.candidate_id for row in rows],
            ],
        )


def _look_up(chunk: Chunk) -> Chunk:
    """The people these rows are about as they are now: somebody may have come since the file was checked."""
    emails = {row.email for row in chunk.rows if row.email}
    references = {row.reference for row in chunk.rows if row.reference}
    matched = {row.match_id for row in chunk.rows if row.match_id}
    former = former_files(emails=emails, references=references, files=matched)
    chunk.went_into = {one.file: one.person for one in former}
    chunk.former = frozenset({word for one in former for word in (one.email, one.reference)})
    found = Candidate.objects.unmerged().annotate(address=Lower("email"))
    wanted = Q(pk__in=matched.union(chunk.went_into.values())) | Q(address__in=emails) | Q(reference__in=references)
    people = list(found.filter(wanted, erased_at=None).select_for_update().order_by("pk"))
    chunk.people = {person.pk: person for person in people}
    chunk.by_email = {one.email: one.person for one in former if one.email} | {
        person.email.lower(): person.pk for person in people if person.email
    }
    chunk.by_reference = {one.reference: one.person for one in former if one.reference} | {
        person.reference: person.pk for person in people if person.reference
    }
    sealed = Application.objects.sealed_from(chunk.by).filter(candidate__in=chunk.people)
    own = {person.pk for person in people if person.user_id == chunk.by.pk}
    chunk.closed = frozenset({*sealed.values_list("candidate_id", flat=True), *own})
    done = ImportRow.objects.filter(of=chunk.of, outcome=RowOutcome.UPDATED, candidate__in=chunk.people)
    chunk.updated = {person for person in done.values_list("candidate", flat=True) if person}
    return chunk


def _decide(chunk: Chunk, row: ImportRow) -> None:
    exact = {chunk.by_email.get(row.email) if row.email else None, chunk.by_reference.get(row.reference)} - {None}
    if len(exact) > 1:
        row.problems = [["", CAME_MEANWHILE]]
        return
    alike = row.match_id if row.matched_by not in EXACT else None
    [here] = exact or {chunk.went_into.get(alike, alike) if alike else None}
    if here is None or here not in chunk.people:
        _add(chunk, row)
        return
    rule = row.decision or (chunk.of.if_same if exact else chunk.of.if_alike)
    if rule == DuplicateRule.ADD and not exact:
        _add(chunk, row)
    elif rule != DuplicateRule.UPDATE:
        row.outcome = RowOutcome.SKIPPED
    elif here in chunk.closed:
        row.problems = [["", CLOSED]]
    elif here in chunk.updated and not exact:
        row.problems = [["", AGAIN]]
    else:
        _update(chunk, row, chunk.people[here])


def _add(chunk: Chunk, row: ImportRow) -> None:
    values = {name: value for name, value in row.values.items() if name in COLUMNS}
    person = Candidate(created_by=chunk.by, **values)
    chunk.new.append(person)
    row.outcome = RowOutcome.ADDED
    chunk.touched.append((row, person))


def _update(chunk: Chunk, row: ImportRow, person: Candidate) -> None:
    """What the row says replaces what is on file; what it leaves empty stays, and what a merge replaced is not back."""
    for name in COLUMNS:
        if name in row.values and not (name in EXACT and row.values[name] in chunk.former):
            setattr(person, name, row.values[name])
    chunk.changed[person.pk] = person
    chunk.updated.add(person.pk)
    row.outcome = RowOutcome.UPDATED
    chunk.touched.append((row, person))


def _tag(touched: Sequence[tuple[ImportRow, Candidate]]) -> None:
    wanted = {name.lower(): name for row, _ in touched for name in row.values.get("tags", [])}
    if not wanted:
        return
    tags = _tags_called(wanted)
    Tag.objects.bulk_create([Tag(name=name) for key, name in wanted.items() if key not in tags], ignore_conflicts=True)
    tags = _tags_called(wanted)
    CandidateTag.objects.bulk_create(
        [
            CandidateTag(candidate=person, tag_id=tags[name.lower()])
            for row, person in touched
            for name in row.values.get("tags", [])
        ],
        ignore_conflicts=True,
    )


def _tags_called(names: Collection[str]) -> dict[str, int]:
    found = Tag.objects.annotate(key=Lower("name")).filter(key__in=list(names))
    return dict(found.values_list("key", "pk"))


def _put_into_role(chunk: Chunk, stage: Stage, now: datetime) -> None:
    """Into the first stage, whoever is not in the role's pipeline yet."""
    there = Application.objects.filter(role=stage.role_id, candidate__in=chunk.changed)
    known = set(there.values_list("candidate_id", flat=True))
    people = {person.pk: (person, row) for row, person in chunk.touched if person.pk not in known}
    added = Application.objects.bulk_create(
        Application(
            candidate=person,
            role_id=stage.role_id,
            stage=stage,
            stage_since=now,
            source=row.values.get("source", chunk.of.source),
            owner=chunk.by,
        )
        for person, row in people.values()
    )
    StageChange.objects.bulk_create(
        StageChange(application=application, to_stage=stage, by=chunk.by, at=now, reason="imported")
        for application in added
    )
