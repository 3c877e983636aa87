"""Importing scorecards that were given elsewhere; they are marked as imported wherever they count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.text import slugify

from candidates.enums import InterviewState, ScorecardOrigin, ScorecardState, Source
from candidates.models import Application, Candidate, Interview, Rating, Scorecard, StageChange
from candidates.queries.former import former_files
from candidates.services.sheets import BadRow, BadRows, SheetRow, read_sheet
from rubrics.enums import StageKind
from rubrics.models import Dimension, Kit, Role, RoleMember
from rubrics.services.pools import request_scoring
from screening.accounts.enums import Part
from screening.accounts.errors import Refused
from screening.accounts.models import User

BATCH = 2_000


@dataclass
class Imported:
    """What came of an import; `unchanged` counts rows that were there already."""

    scorecards: int = 0
    candidates: int = 0
    raters: int = 0
    unchanged: int = 0
    bad: list[BadRow] = field(default_factory=list)


@transaction.atomic
def import_scorecards(*, role: Role, content: bytes, by: User, now: datetime, skip_bad: bool = False) -> Imported:
    """Import a file into a role: creates the people, raters and interviews that are missing; repeating it adds nothing.

    Raises BadRows, and imports nothing, when any row is bad or contradicts one that was imported before and `skip_bad`
    is not set; Refused when the role cannot take scorecards.
    """
    locked = Role.objects.select_for_update(of=("self",)).select_related("rubric_version", "client").get(pk=role.pk)
    version = locked.rubric_version
    if version is None:
        raise Refused("This role has no rubric version. Pin one before scorecards are imported.")
    dimensions = list(version.dimensions.all())
    kit = _whole_kit(version.kits.prefetch_related("questions__dimensions"), dimensions)
    sheet = read_sheet(content, dimensions, lowest=version.lowest, highest=version.highest)
    if sheet.bad and not skip_bad:
        raise BadRows(sheet.bad)
    result = Imported(bad=sheet.bad)
    applications = _applications(locked, [row.candidate for row in sheet.rows], by, now, result)
    raters = _raters(locked, [row.rater for row in sheet.rows], result)
    fresh, contradicting = _without_known(sheet.rows, locked, applications, raters, dimensions, result)
    if contradicting and not skip_bad:
        raise BadRows(contradicting)
    result.bad += contradicting
    for first in range(0, len(fresh), BATCH):
        _write(fresh[first : first + BATCH], applications, raters, kit, dimensions, by, now)
    result.scorecards = len(fresh)
    if fresh:
        request_scoring(pool_key=version.pool_key)
    return result


def _whole_kit(kits: Iterable[Kit], dimensions: Sequence[Dimension]) -> Kit:
    wanted = {dimension.pk for dimension in dimensions}
    for kit in kits:
        if {dimension.pk for question in kit.questions.all() for dimension in question.dimensions.all()} == wanted:
            return kit
    raise Refused("Imported scorecards need a kit whose questions inform every dimension. The rubric has none.")


def _applications(
    role: Role, references: Iterable[str], by: User, now: datetime, result: Imported
) -> dict[str, Application]:
    """Reference → application; a person is known by the reference they were imported with, also after a merge."""
    wanted = list(dict.fromkeys(references))
    former = {one.reference: one.person for one in former_files(references=wanted)}
    held = Candidate.objects.in_bulk(set(former.values()))
    people = {reference: held[person] for reference, person in former.items()}
    people |= {person.reference: person for person in Candidate.objects.unmerged().filter(reference__in=wanted)}
    new = [
        Candidate(name=reference, reference=reference, created_by=by) for reference in wanted if reference not in people
    ]
    people |= {person.reference: person for person in Candidate.objects.bulk_create(new, batch_size=BATCH)}
    result.candidates = len(new)
    known = {
        application.candidate_id: application
        for application in Application.objects.in_play().filter(role=role, candidate__in=people.values())
    }
    stage = role.stages.filter(kind=StageKind.SCORED).first() or role.stages.order_by("position").first()
    if stage is None:
        raise Refused("This role has no stage to put people into. Add one first.")
    added = Application.objects.bulk_create(
        [
            Application(candidate=person, role=role, stage=stage, stage_since=now, source=Source.IMPORT, owner=by)
            for person in people.values()
            if person.pk not in known
        ],
        batch_size=BATCH,
    )
    StageChange.objects.bulk_create(
        [StageChange(application=row, to_stage=stage, by=by, at=now, reason="imported") for row in added],
        batch_size=BATCH,
    )
    known |= {application.candidate_id: application for application in added}
    return {reference: known[people[reference].pk] for reference in wanted}


def _raters(role: Role, names: Iterable[str], result: Imported) -> dict[str, User]:
    """Name → user. A rater nobody knows becomes an account that can't sign in, on the role's team."""
    wanted = list(dict.fromkeys(names))
    addresses = {name: name.lower() if "@" in name else f"{slugify(name) or name}@imported.invalid" for name in wanted}
    known = {user.email: user for user in User.objects.filter(email__in=addresses.values())}
    raters = {}
    for name, address in addresses.items():
        user = known.get(address)
        if user is None:
            user = User.objects.create_user(address, None, name=name, part=Part.HIRING_MANAGER, is_active=False)
            known[address] = user
            result.raters += 1
        if user.is_client_reviewer:
            raise Refused(f"{name} is a client reviewer; a client's evaluation is not a panellist's scorecard.")
        raters[name] = user
    on_team = set(role.team.values_list("user_id", flat=True))
    joining = {user.pk for user in raters.values() if not user.is_staff_of_firm} - on_team
    RoleMember.objects.bulk_create([RoleMember(role=role, user_id=pk) for pk in sorted(joining)])
    return raters


def _without_known(
    rows: Sequence[SheetRow],
    role: Role,
    applications: dict[str, Application],
    raters: dict[str, User],
    dimensions: Sequence[Dimension],
    result: Imported,
) -> tuple[list[SheetRow], list[BadRow]]:
    """Rows not imported before, and those that say something else than then: what is sealed stays."""
    keys = [dimension.key for dimension in dimensions]
    known: dict[tuple[int, int], dict[str, int | None]] = {}
    given = Rating.objects.filter(
        scorecard__interview__application__role=role, scorecard__origin=ScorecardOrigin.IMPORTED
    ).values_list(
        "scorecard__interview__application__candidate_id",
        "scorecard__interviewer_id",
        "dimension__key",
        "level",
    )
    for person, rater, key, level in given:
        known.setdefault((person, rater), {})[key] = level
    fresh, contradicting = [], []
    for row in rows:
        before = known.get((applications[row.candidate].candidate_id, raters[row.rater].pk))
        if before is None:
            fresh.append(row)
        elif [before.get(key) for key in keys] == list(row.levels):
            result.unchanged += 1
        else:
            words = "says something else than what was imported before, which is sealed."
            contradicting.append(BadRow(row.line, "", words))
    return fresh, contradicting


def _write(
    rows: Sequence[SheetRow],
    applications: dict[str, Application],
    raters: dict[str, User],
    kit: Kit,
    dimensions: Sequence[Dimension],
    by: User,
    now: datetime,
) -> None:
    interviews = Interview.objects.bulk_create(
        Interview(
            application=applications[row.candidate],
            kit=kit,
            starts_at=now - timedelta(hours=1),
            ends_at=now,
            state=InterviewState.HELD,
            imported=True,
            created_by=by,
        )
        for row in rows
    )
    cards = Scorecard.objects.bulk_create(
        Scorecard(interview=interview, interviewer=raters[row.rater], origin=ScorecardOrigin.IMPORTED)
        for row, interview in zip(rows, interviews, strict=True)
    )
    Rating.objects.bulk_create(
        Rating(
            scorecard=card,
            dimension=dimension,
            level=level,
            not_assessed=level is None,
            not_assessed_reason="" if level is not None else "not in the imported file",
        )
        for row, card in zip(rows, cards, strict=True)
        for dimension, level in zip(dimensions, row.levels, strict=True)
    )
    Scorecard.objects.filter(pk__in=[card.pk for card in cards]).update(
        state=ScorecardState.SUBMITTED, submitted_at=now, independent=True
    )
