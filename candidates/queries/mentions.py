"""Who is named in a note with an @, and who may read it at all."""

import re
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from candidates.models import Application, Candidate, Mention, Note, Scorecard
from candidates.queries.names import name_for
from candidates.queries.today import MOST, Item, Items, shortened
from rubrics.models import RoleMember
from screening.accounts.enums import Part
from screening.accounts.models import User
from screening.accounts.querysets import STAFF, UserQuerySet

OFFERED = 8
UNKNOWN = re.compile(r"(?<![\w.+@-])@(\w[\w.-]*)")


@dataclass(frozen=True)
class Named:
    """People of the program, and words after an @ that are nobody's name."""

    people: list[User]
    unknown: list[str]


def readers_of(candidate: Candidate, application: Application | None) -> UserQuerySet:
    """Who may read a note about this person, or about this application of theirs: what `can_view_note` says of each."""
    owing = Scorecard.objects.owed().filter(interviewer=OuterRef("pk"), interview__application__candidate=candidate)
    reach = Q(part__in=STAFF)
    if application is not None:
        team = RoleMember.objects.filter(role=application.role_id, user=OuterRef("pk"))
        of_client = Q(client=None) | Q(client=application.role.client_id)
        reach |= Q(Exists(team), of_client, part=Part.HIRING_MANAGER)
    readers: UserQuerySet = User.objects.active().filter(reach, ~Exists(owing)).exclude(pk=candidate.user_id)
    return readers


def offered_to(author: User, candidate: Candidate, applications: QuerySet[Application], *, begins: str) -> UserQuerySet:
    """Readers whose name has a word that begins so, of notes about the person (staff) or one of these applications."""
    readers: UserQuerySet = User.objects.none()
    choices: list[Application | None] = list(applications)
    for application in [*choices, None] if author.is_staff_of_firm else choices:
        readers |= readers_of(candidate, application)
    matching = Q(name__istartswith=begins) | Q(name__icontains=f" {begins}") | Q(email__istartswith=begins)
    return readers.filter(matching).exclude(pk=author.pk).order_by("name", "pk")


def known_to(author: User) -> UserQuerySet:
    """Whose name this author may learn of: staff know everybody, others staff and the teams they are in."""
    everybody: UserQuerySet = User.objects.active()
    if author.is_staff_of_firm:
        return everybody
    teams = RoleMember.objects.filter(role__in=author.memberships.values("role"), user=OuterRef("pk"))
    return everybody.filter(Q(part__in=STAFF) | Exists(teams))


def named_in(text: str, people: UserQuerySet) -> Named:
    """By the whole name or the e-mail address after the @; a name that two people have names both."""
    called: dict[str, list[User]] = {}
    for user in people:
        for name in (user.name, user.email):
            called.setdefault(_folded(name), []).append(user)
    found: dict[int, User] = {}
    rest = text
    if called:
        longest_first = sorted(called, key=lambda name: (-len(name), name))
        names = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
        pattern = re.compile(rf"(?<![\w.+@-])@({names})(?!\w)", re.IGNORECASE)
        for match in pattern.finditer(text):
            found |= {user.pk: user for user in called.get(_folded(match[1]), [])}
        rest = pattern.sub("", text)
    return Named(list(found.values()), [match[0].rstrip(".-") for match in UNKNOWN.finditer(rest)])


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def mentions_waiting(user: User) -> Items:
    """Notes in which somebody named this user, unseen, of people they may still read about."""
    waiting = Mention.objects.filter(user=user, seen_at=None, note__in=Note.objects.visible_to(user).values("pk"))
    rows = waiting.select_related("note__author", "note__candidate", "note__application__role")
    return shortened(_item(one, user) for one in rows[: MOST + 1])


def _item(mention: Mention, user: User) -> Item:
    note = mention.note
    if note.application is not None:
        note.application.candidate = note.candidate
        name = name_for(user, note.application)
    else:
        name = note.candidate.name
    about = f" · {note.application.role.title}" if note.application else ""
    return Item(
        title=name,
        url=reverse("candidates:mention", args=[mention.pk]),
        why=f"{note.author.name} mentioned you in a note{about}",
        at=mention.at,
    )
