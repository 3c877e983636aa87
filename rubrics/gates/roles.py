from rubrics.enums import Duty, GateName
from rubrics.gates.base import Missing, without_waived
from rubrics.models import Role, Scope, ScopeApproval
from screening.accounts.enums import Part


def missing_to_open(role: Role) -> list[Missing]:
    """What keeps a role from being opened, after the overrides that a second person approved."""
    everything = missing_unless_waived(role, scope_of(role))
    return without_waived(everything, gate=GateName.OPEN_ROLE, subject=role.pk)


def missing_unless_waived(role: Role, scope: Scope) -> list[Missing]:
    """What opening a role would need with this scope, saved or still being written, whatever was waived."""
    return [*missing_in_scope(scope), *_missing_approval(scope), *_missing_measure(role), *_missing_team(role)]


def scope_of(role: Role) -> Scope:
    """The saved scope, or an empty one."""
    return Scope.objects.filter(role=role).first() or Scope(role=role)


def missing_in_scope(scope: Scope) -> list[Missing]:
    return [
        Missing(f"scope:{name}", f"Answer “{Scope.wording(name)}”")
        for name, text in scope.content.items()
        if not text.strip()
    ]


def _missing_approval(scope: Scope) -> list[Missing]:
    approved = list(ScopeApproval.objects.filter(role=scope.role_id).values_list("content", flat=True))
    if scope.content in approved:
        return []
    if approved:
        text = "The scope changed after the client approved it. Ask for their approval again."
    else:
        text = "The client has not approved the scope. Ask them, or record the approval they gave elsewhere."
    return [Missing("approval", text)]


def _missing_measure(role: Role) -> list[Missing]:
    version = role.rubric_version
    missing = []
    if version is None or not version.is_published:
        missing.append(Missing("version", "No published rubric is chosen. Choose one in the settings."))
    if role.bar is None:
        missing.append(Missing("bar", "No bar is set: the score from which somebody is good enough."))
    elif version is not None and not version.lowest <= role.bar <= version.highest:
        text = f"The bar {role.bar.normalize():f} lies outside the levels {version.lowest} to {version.highest}."
        missing.append(Missing("bar", text))
    return missing


def _missing_team(role: Role) -> list[Missing]:
    interviewers = interviewers_of(role)
    if interviewers >= role.panel_size:
        return []
    text = f"The team has {interviewers} of the {role.panel_size} interviewers that a panel needs. Add people."
    return [Missing("team", text)]


def interviewers_of(role: Role) -> int:
    """How many people on the team may sit on a panel now: its lead and its interviewers, not its observers."""
    may_interview = role.team.exclude(duty=Duty.OBSERVER).exclude(user__part=Part.CLIENT_REVIEWER)
    return may_interview.filter(user__is_active=True).count()
