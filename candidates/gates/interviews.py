from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from candidates.models import Application, Consent, OpinionSeen
from rubrics.gates.base import Missing
from rubrics.models import Kit
from screening.accounts.enums import Part
from screening.accounts.models import User


def missing_to_interview(application: Application, *, now: datetime) -> list[Missing]:
    """Before anybody talks to a candidate: the role is open, and the candidate has agreed to be screened."""
    consented = Consent.objects.valid(now).filter(candidate=application.candidate_id).exists()
    return [*role_open_missing(role_open=application.role.is_open), *consent_missing(consented=consented)]


def role_open_missing(*, role_open: bool) -> list[Missing]:
    return [] if role_open else [Missing("role_open", "The role is not open. Open it first.")]


def consent_missing(*, consented: bool) -> list[Missing]:
    if consented:
        return []
    text = "The candidate has no valid consent. Send them their link, or record a consent given elsewhere."
    return [Missing("consent", text)]


def missing_for_kit(application: Application, kit: Kit) -> list[Missing]:
    if kit.version_id == application.role.rubric_version_id:
        return []
    return [Missing("kit", f"“{kit.name}” is not a kit of the role's rubric version. Choose one that is.")]


def missing_for_panel(application: Application, people: Iterable[User]) -> list[Missing]:
    """Who may judge independently: inside people of this role who have not seen what others think, and not the candidate."""
    people = list(people)
    if not people:
        return [Missing("panel", "Choose at least one interviewer.")]
    seen = _seen(application)
    team = set(application.role.team.values_list("user_id", flat=True))
    missing = []
    for person in people:
        reason = _why_not(person, application, team=team, seen=seen)
        if reason:
            missing.append(Missing(f"panel:{person.pk}", f"{person.name} can’t join this panel: {reason}."))
    return missing


@dataclass(frozen=True)
class PanelChoice:
    """Somebody who might sit on a panel, and why not, when they can't."""

    person: User
    why_not: str


def panel_choices(application: Application) -> list[PanelChoice]:
    """The role's team first, then the other people of the firm."""
    seen = _seen(application)
    team = set(application.role.team.values_list("user_id", flat=True))
    of_firm = Q(part__in=[Part.ADMINISTRATOR, Part.RECRUITER])
    people = User.objects.active().filter(Q(pk__in=team) | of_firm)
    choices = [PanelChoice(person, _why_not(person, application, team=team, seen=seen)) for person in people]
    return sorted(choices, key=lambda choice: choice.person.pk not in team)


def _seen(application: Application) -> set[int]:
    """Who has been shown what others think, of this application or of one that was set aside for it."""
    of_it = Q(application=application) | Q(application__merged_into=application)
    return set(OpinionSeen.objects.filter(of_it).values_list("user_id", flat=True))


def _why_not(person: User, application: Application, *, team: set[int], seen: set[int]) -> str:
    if person.is_client_reviewer or not person.is_active:
        return "they are a client reviewer" if person.is_client_reviewer else "their account is closed"
    if person.client_id not in {None, application.role.client_id}:
        return "they belong to another client"
    if person.is_hiring_manager and person.pk not in team:
        return "they are not on the team of this role"
    if person.pk == application.candidate.user_id:
        return "they are the candidate"
    if person.pk in seen:
        return "they have already seen what others think of this candidate"
    return ""
