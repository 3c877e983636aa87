"""The many: candidates, consents and applications in every stage a person moves by hand, written in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from candidates.demo.names import PLACES, draw_names
from candidates.demo.texts import HEADLINES
from candidates.demo.truth import Truth
from candidates.enums import ConsentHow, Source
from candidates.models import Application, Candidate, CandidateTag, Consent, Note, Tag
from candidates.services.consents import CONSENT_LASTS, NOTICE_VERSION
from rubrics.enums import StageKind
from rubrics.models import Role, Stage
from screening.accounts.models import User

CHUNK = 5_000
SHARES = {
    StageKind.SOURCED: 0.08,
    StageKind.CONTACTED: 0.08,
    StageKind.SCREENING: 0.07,
    StageKind.INTERVIEWING: 0.06,
    StageKind.SCORED: 0.17,
    StageKind.REJECTED: 0.48,
    StageKind.WITHDRAWN: 0.06,
}
FORWARD = (
    (10, (StageKind.INTERVIEWING, StageKind.WITHDRAWN)),
    (2, (StageKind.REJECTED, StageKind.SCREENING, StageKind.CONTACTED, StageKind.SOURCED)),
    (2, ()),
)
"""Of the first roles: how many of the ablest are scored whatever is drawn, and where the next ones stand, so that even a
small installation has somebody everywhere."""
LOOKED_AT = 60
WITHOUT_CONSENT = 0.1
SECOND_APPLICATION = 0.2
REASONS = ("Not enough production ownership for this role.", "Looks for another kind of work.", "Took another offer.")
TAGS = ("python", "remote", "relocates", "part-time", "speaks Thai", "referred twice", "on-call experience")


@dataclass(frozen=True)
class Crowd:
    """`person` says which of the candidates each application is of, as an index into the truth's arrays; `forward` are
    the applications that were scored by choice, with whole interviews.
    """

    applications: list[Application]
    person: dict[int, int]
    forward: frozenset[int]


def write_crowd(*, truth: Truth, roles: Sequence[Role], owners: Sequence[User], seed: int, now: datetime) -> Crowd:
    """Everybody of the truth with 1.2 applications each; the first role gets twice as many as the others."""
    count = len(truth.ability)
    rng = np.random.default_rng([seed, 4])
    people = _write_people(draw_names(count, seed=seed), owners[0], rng, now)
    second = rng.random(count) < SECOND_APPLICATION
    first_choice = [max(0, n % (len(roles) + 1) - 1) for n in range(count)]
    pairs = [(n, first_choice[n]) for n in range(count)]
    if len(roles) > 1:
        pairs += [(n, (first_choice[n] + 1) % len(roles)) for n in range(count) if second[n]]
    kinds = [list(SHARES)[n] for n in rng.choice(len(SHARES), size=len(pairs), p=list(SHARES.values()))]
    forward = _bring_forward(kinds, pairs, truth.ability + truth.profile.mean(axis=1))
    stages = [{stage.kind: stage for stage in role.stages.all()} for role in roles]
    created: list[Application] = []
    person: dict[int, int] = {}
    for first in range(0, len(pairs), CHUNK):
        chunk = range(first, min(first + CHUNK, len(pairs)))
        rows = [
            _application(people[pairs[n][0]], roles[pairs[n][1]], stages[pairs[n][1]], kinds[n], rng, owners, now)
            for n in chunk
        ]
        Application.objects.bulk_create(rows)
        person |= {row.pk: pairs[n][0] for n, row in zip(chunk, rows, strict=True)}
        created += rows
    _write_consents(people, created, rng, now)
    _write_tags_and_notes(created, owners, rng)
    return Crowd(created, person, frozenset(created[n].pk for n in forward))


def _bring_forward(kinds: list[StageKind], pairs: Sequence[tuple[int, int]], ability: NDArray[np.float64]) -> list[int]:
    """Changes some of the drawn kinds; returns the places of those who are scored by choice."""
    forward = []
    for role, (scored, others) in enumerate(FORWARD):
        of_role = [n for n, (_, chosen) in enumerate(pairs[:LOOKED_AT]) if chosen == role]
        ablest = sorted(of_role, key=lambda n: -ability[pairs[n][0]])
        forward += ablest[:scored]
        for n in ablest[:scored]:
            kinds[n] = StageKind.SCORED
        for n, kind in zip(ablest[scored:], others, strict=False):
            kinds[n] = kind
    return forward


def _write_people(names: Sequence[str], by: User, rng: np.random.Generator, now: datetime) -> list[Candidate]:
    place, headline = rng.integers(0, len(PLACES), len(names)), rng.integers(0, len(HEADLINES), len(names))
    years, age = rng.integers(3, 22, len(names)), rng.random(len(names)) * 150
    people = [
        Candidate(
            name=name,
            email=f"person{n}@people.example",
            phone=f"+66 2 555 {n % 10_000:04d}",
            location=PLACES[place[n]][0],
            time_zone=PLACES[place[n]][1],
            headline=HEADLINES[headline[n]],
            links=[f"https://git.example/{n}"],
            years_of_experience=int(years[n]),
            created_by=by,
            created_at=now - timedelta(days=float(age[n])),
        )
        for n, name in enumerate(names)
    ]
    return Candidate.objects.bulk_create(people, batch_size=CHUNK)


def _application(
    person: Candidate,
    role: Role,
    stages: dict[str, Stage],
    kind: StageKind,
    rng: np.random.Generator,
    owners: Sequence[User],
    now: datetime,
) -> Application:
    applied = person.created_at
    return Application(
        candidate=person,
        role=role,
        stage=stages[kind],
        stage_since=applied + (now - applied) * float(rng.uniform(0.5, 0.98)),
        source=Source.values[rng.integers(0, len(Source.values) - 1)],
        owner=owners[int(rng.integers(0, len(owners)))],
        created_at=applied,
    )


def _write_consents(
    people: Sequence[Candidate], applications: Sequence[Application], rng: np.random.Generator, now: datetime
) -> None:
    """Everybody who was talked to has agreed; some of the others have not been asked yet."""
    early = {StageKind.SOURCED, StageKind.CONTACTED, StageKind.SCREENING}
    talked_to = {row.candidate_id for row in applications if row.stage.kind not in early}
    missing = rng.random(len(people)) < WITHOUT_CONSENT
    Consent.objects.bulk_create(
        [
            Consent(
                candidate=person,
                notice_version=NOTICE_VERSION,
                how=ConsentHow.OWN_PAGE,
                given_at=person.created_at,
                expires_at=max(person.created_at, now - timedelta(days=30)) + CONSENT_LASTS,
            )
            for n, person in enumerate(people)
            if person.pk in talked_to or not missing[n]
        ],
        batch_size=CHUNK,
    )


def _write_tags_and_notes(
    applications: Sequence[Application], owners: Sequence[User], rng: np.random.Generator
) -> None:
    tags = Tag.objects.bulk_create([Tag(name=name) for name in TAGS])
    tagged = {row.candidate_id: tags[rng.integers(0, len(tags))] for row in applications[::3]}
    CandidateTag.objects.bulk_create(
        [CandidateTag(candidate_id=pk, tag=tag) for pk, tag in tagged.items()], batch_size=CHUNK
    )
    Note.objects.bulk_create(
        [
            Note(
                candidate_id=row.candidate_id,
                application=row,
                author=owners[int(rng.integers(0, len(owners)))],
                text="Prefers mornings in their own time zone; asked what the first ninety days look like.",
                created_at=row.created_at + timedelta(days=1),
            )
            for row in applications[::7]
        ],
        batch_size=CHUNK,
    )
