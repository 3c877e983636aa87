"""The firm, its clients, their people and roles: few rows, made through the same services as by hand."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings

from candidates.demo.scopes import UNFINISHED, scope_of
from rubrics.enums import CommentAbout, Duty, NameForm
from rubrics.models import Role, RubricVersion, Scope
from rubrics.services.comments import comment_on_draft
from rubrics.services.roles import RoleDetails, add_member, create_role, open_role, pin_version
from rubrics.services.rubrics import load_rubric, publish_version, set_weights, start_draft
from rubrics.services.scopes import approve_scope, fingerprint, save_scope
from rubrics.spec import read
from screening.accounts.enums import Part
from screening.accounts.models import Client, User

DOMAIN = "screening.example"
CLIENTS = ("Northwind Claims", "Halcyon Logistics", "Saffron Health")
RECRUITERS = ("Maren Sato", "Deniz Aydın", "Ruth Okonjo")  # noqa: RUF001 -- a Turkish name
MANAGERS = (
    "Inés Villanueva", "Tomasz Zieliński", "Priya Raman", "Anders Holm", "Chiara Conti", "Kwame Boateng", "Yuki Arai",
    "Samira Haddad", "Piet de Vries", "Leila Karimi", "Oskar Lund", "Mai Tran",
)  # fmt: skip
REVIEWERS = (("Hugo Nordin", "Eleni Markou"), ("Grace Lim", "Pavel Dvořák"), ("Aditi Rao", "Jean Mercier"))
MORE_MENTORING = "Half the weight is too little for the two teams that grow this year. I would make it three quarters."
NOT_MORE = "Then the reason for the weights has to say so; it still argues for half."
ROLES = (
    ("Senior AI Engineer, claims triage", 0, "senior-ai-engineer", True),
    ("Senior AI Engineer, routing", 1, "senior-ai-engineer", True),
    ("Senior Data Scientist, outcomes", 2, "senior-data-scientist", True),
    ("Senior AI Engineer, document intake", 2, "senior-ai-engineer", True),
    ("Senior AI Engineer, pricing", 1, "senior-ai-engineer", False),
)


@dataclass(frozen=True)
class World:
    recruiters: list[User]
    managers: list[User]
    reviewers: dict[int, list[User]]
    roles: list[Role]
    draft: Role


def build_world(*, password: str, managers: int, roles: int, now: datetime) -> World:
    """`roles` open ones and a draft; beyond the shipped titles further roles are numbered."""
    clients = [Client.objects.create(name=name, slug=name.lower().replace(" ", "-")) for name in CLIENTS]
    _user("Anja Keller", Part.ADMINISTRATOR, password)
    recruiters = [_user(name, Part.RECRUITER, password) for name in RECRUITERS]
    names = [MANAGERS[n] if n < len(MANAGERS) else f"Interviewer {n + 1}" for n in range(managers)]
    people = [_user(name, Part.HIRING_MANAGER, password) for name in names]
    reviewers = {
        client.pk: [_user(name, Part.CLIENT_REVIEWER, password, client=client) for name in REVIEWERS[n]]
        for n, client in enumerate(clients)
    }
    versions = {slug: _published(slug, recruiters[0], now) for slug in {slug for _, _, slug, _ in ROLES}}
    _next_draft(versions["senior-ai-engineer"], recruiters[0], people[0], now)
    wanted = [role for role in ROLES if role[3]]
    made = []
    for n in range(roles):
        title, client, slug, _ = wanted[n % len(wanted)]
        title = title if n < len(wanted) else f"{title} {n // len(wanted) + 1}"
        team = people if managers <= len(MANAGERS) else [people[(n * 7 + k) % managers] for k in range(len(MANAGERS))]
        made.append(_role(title, clients[client], versions[slug], team, reviewers, recruiters[n % 3], now))
    draft = create_role(
        client=clients[1], details=RoleDetails(title=ROLES[-1][0], seniority="senior"), by=recruiters[1]
    )
    save_scope(role=draft, content=UNFINISHED)
    return World(recruiters, people, reviewers, made, draft)


def _user(name: str, part: Part, password: str, client: Client | None = None) -> User:
    given = name.split(maxsplit=1)[0].lower().translate(str.maketrans("éíńøąłş", "einoals"))
    email = f"{given}.{User.objects.count()}@{DOMAIN}"
    zone = "Europe/Berlin" if part == Part.RECRUITER else "Asia/Bangkok"
    user = User.objects.create_user(email, password, name=name, part=part, client=client, time_zone=zone)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _published(slug: str, by: User, now: datetime) -> RubricVersion:
    source = Path(settings.BASE_DIR) / "rubrics" / "shipped" / f"{slug}.yaml"
    return publish_version(version=load_rubric(spec=read(source.read_text()), by=by), by=by, now=now)


def _next_draft(version: RubricVersion, by: User, manager: User, now: datetime) -> None:
    """A change to the rubric that is being talked about."""
    draft = start_draft(version=version, by=by)
    weights = {one.key: one.weight for one in draft.dimensions.all()} | {"mentoring": Decimal("0.75")}
    set_weights(version=draft, weights=weights, reason=draft.weights_reason)
    for text, author in ((MORE_MENTORING, manager), (NOT_MORE, by)):
        comment_on_draft(version=draft, about=CommentAbout.DIMENSION, key="mentoring", text=text, by=author, now=now)


def _role(
    title: str,
    client: Client,
    version: RubricVersion,
    team: list[User],
    reviewers: dict[int, list[User]],
    by: User,
    now: datetime,
) -> Role:
    details = RoleDetails(
        title=title, seniority="senior", openings=2, panel_size=3, bar=Decimal("3.5"), name_form=NameForm.INITIALS
    )
    role = create_role(client=client, details=details, by=by)
    save_scope(role=role, content=scope_of(title))
    seen = fingerprint(Scope.objects.get(role=role).content)
    approve_scope(role=role, seen=seen, by=reviewers[client.pk][0], now=now)
    pin_version(role=role, version=version)
    for n, person in enumerate(team):
        add_member(role=role, user=person, duty=Duty.LEAD if n == 0 else Duty.INTERVIEWER)
    role.refresh_from_db()
    return open_role(role=role, now=now)
