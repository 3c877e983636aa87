from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.text import slugify

from rubrics.enums import Duty, NameForm, RoleStatus, StageKind
from rubrics.gates.base import pass_gate
from rubrics.gates.roles import missing_to_open
from rubrics.models import Role, RoleMember, RubricVersion, Stage
from rubrics.services.pools import score_role_again
from screening.accounts.errors import Conflict, Refused
from screening.accounts.models import Client, User

RESERVED_SLUGS = frozenset({"new"})
SLUG_LENGTH = 100

# Which status may follow which, by hand. Opening, from wherever, meets its gate.
NEXT: dict[str, frozenset[RoleStatus]] = {
    RoleStatus.DRAFT: frozenset({RoleStatus.OPEN, RoleStatus.CLOSED}),
    RoleStatus.OPEN: frozenset({RoleStatus.ON_HOLD, RoleStatus.FILLED, RoleStatus.CLOSED}),
    RoleStatus.ON_HOLD: frozenset({RoleStatus.OPEN, RoleStatus.CLOSED}),
    RoleStatus.FILLED: frozenset({RoleStatus.OPEN, RoleStatus.CLOSED}),
    RoleStatus.CLOSED: frozenset({RoleStatus.OPEN}),
}


@dataclass(frozen=True)
class RoleDetails:
    """What is set on a role besides its scope, team, rubric and stages."""

    title: str
    seniority: str = ""
    openings: int = 1
    panel_size: int = 3
    bar: Decimal | None = None
    name_form: str = NameForm.FULL
    cv_before_scoring: bool = False
    shuffle_dimensions: bool = False


@transaction.atomic
def create_role(*, client: Client, details: RoleDetails, by: User) -> Role:
    """A draft with an address made of its title, and one stage of every kind; people may stay sourced for ever."""
    role = Role.objects.create(client=client, slug=_free_slug(details.title), created_by=by, **asdict(details))
    Stage.objects.bulk_create(
        Stage(
            role=role,
            kind=kind,
            name=kind.label,
            position=position,
            attention_days=0 if kind == StageKind.SOURCED else None,
        )
        for position, kind in enumerate(StageKind)
    )
    return role


@transaction.atomic
def update_role(*, role: Role, details: RoleDetails) -> Role:
    """Raises Refused when the bar lies outside the levels of the role's rubric."""
    locked = _lock(role)
    _bar_must_fit(details.bar, locked.rubric_version)
    before = locked.bar, locked.openings
    for name, value in asdict(details).items():
        setattr(locked, name, value)
    locked.save(update_fields=list(asdict(details)))
    if (locked.bar, locked.openings) != before:
        score_role_again(locked)
    return locked


@transaction.atomic
def pin_version(*, role: Role, version: RubricVersion, leaving: int | None = None) -> Role:
    """Measure the role's candidates by this version from now on. Raises Refused for a draft or a bar it cannot hold.

    `leaving` is the version the author believes the role to have; Conflict when it has another.
    """
    locked = _lock(role)
    if leaving is not None and locked.rubric_version_id != leaving:
        raise Conflict(
            f"Somebody moved the role to {locked.rubric_version} meanwhile. See what a move would change now."
        )
    if not version.is_published:
        raise Refused("Only a published version can measure a role. Publish it first.")
    _bar_must_fit(locked.bar, version)
    locked.rubric_version = version
    locked.save(update_fields=["rubric_version"])
    score_role_again(locked)
    return locked


@transaction.atomic
def open_role(*, role: Role, now: datetime) -> Role:
    """Let candidates be interviewed; also from hold, filled and closed. Raises GateRefused."""
    locked = _lock(role)
    _must_be_able_to_become(locked, RoleStatus.OPEN)
    pass_gate(missing_to_open(locked))
    locked.opened_at = locked.opened_at or now
    opened = _become(locked, RoleStatus.OPEN)
    score_role_again(opened)
    return opened


@transaction.atomic
def hold_role(*, role: Role) -> Role:
    return _become(_lock(role), RoleStatus.ON_HOLD)


@transaction.atomic
def fill_role(*, role: Role) -> Role:
    return _become(_lock(role), RoleStatus.FILLED)


@transaction.atomic
def close_role(*, role: Role) -> Role:
    return _become(_lock(role), RoleStatus.CLOSED)


@transaction.atomic
def add_member(*, role: Role, user: User, duty: str = Duty.INTERVIEWER) -> RoleMember:
    """Raises Refused for client reviewers, for a manager of another client, and for somebody on the team already."""
    if user.is_client_reviewer:
        raise Refused(f"{user.name} is a client reviewer. They evaluate the shortlist and never sit on the team.")
    if user.client_id not in {None, role.client_id}:
        raise Refused(f"{user.name} belongs to another client and cannot see this role.")
    if not user.is_active:
        raise Refused(f"The account of {user.name} is closed.")
    member, made = RoleMember.objects.get_or_create(role=role, user=user, defaults={"duty": duty})
    if not made:
        raise Refused(f"{user.name} is already on the team.")
    return member


@transaction.atomic
def change_duty(*, member: RoleMember, duty: str) -> RoleMember:
    member.duty = duty
    member.save(update_fields=["duty"])
    return member


@transaction.atomic
def remove_member(*, member: RoleMember) -> None:
    member.delete()


def _lock(role: Role) -> Role:
    return Role.objects.select_for_update(of=("self",)).select_related("rubric_version__rubric").get(pk=role.pk)


def _become(role: Role, status: RoleStatus) -> Role:
    _must_be_able_to_become(role, status)
    role.status = status
    role.save(update_fields=["status", "opened_at"])
    return role


def _must_be_able_to_become(role: Role, status: RoleStatus) -> None:
    if status not in NEXT[role.status]:
        present = role.get_status_display().lower()
        raise Refused(f"This role is {present}; it can’t become {status.label.lower()} from there.")


def _bar_must_fit(bar: Decimal | None, version: RubricVersion | None) -> None:
    if bar is None or version is None or version.lowest <= bar <= version.highest:
        return
    raise Refused(
        f"The bar {bar.normalize():f} lies outside the levels {version.lowest} to {version.highest} of "
        f"{version}. Change or empty the bar first."
    )


def _free_slug(title: str) -> str:
    """The title as an address; numbered from 2 when it is taken."""
    stem = slugify(title)[:SLUG_LENGTH].strip("-_") or "role"
    taken = RESERVED_SLUGS | set(Role.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    number, slug = 1, stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
