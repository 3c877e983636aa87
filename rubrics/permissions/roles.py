import rules

from rubrics.enums import Duty, RoleStatus
from rubrics.models import GateOverride, KickoffAnswer, Role, RoleMember
from screening.accounts.models import User


@rules.predicate
def is_staff(user: User, _thing: object = None) -> bool:
    return user.is_staff_of_firm


@rules.predicate
def is_member(user: User, role: Role) -> bool:
    """On the team as a hiring manager; one who is bound to a client, only in that client's roles."""
    if not user.is_hiring_manager or user.client_id not in {None, role.client_id}:
        return False
    return RoleMember.objects.filter(role=role, user=user).exists()


@rules.predicate
def is_of_its_client(user: User, role: Role) -> bool:
    return user.is_client_reviewer and user.client_id == role.client_id


@rules.predicate
def is_lead(user: User, role: Role) -> bool:
    if not user.is_hiring_manager or user.client_id not in {None, role.client_id}:
        return False
    return RoleMember.objects.filter(role=role, user=user, duty=Duty.LEAD).exists()


@rules.predicate
def is_being_drafted(_user: User, role: Role) -> bool:
    return role.status == RoleStatus.DRAFT


can_create_role = is_staff
can_view_role = is_staff | is_member | is_of_its_client
can_edit_role = is_staff
can_edit_scope = is_staff | (is_being_drafted & is_lead)
can_approve_scope = is_of_its_client
can_record_approval = is_staff
can_send_questions = is_staff


@rules.predicate
def can_view_kickoff(user: User, kickoff: KickoffAnswer) -> bool:
    """What the team tells each other before the client reads the scope."""
    return bool((is_staff | is_member)(user, kickoff.role))


@rules.predicate
def was_asked_about(user: User, role: Role) -> bool:
    return KickoffAnswer.objects.filter(role=role, asked_of=user).exists()


can_answer_questions = can_view_role & was_asked_about


@rules.predicate
def asked_for_it(user: User, override: GateOverride) -> bool:
    return override.asked_by_id == user.pk


@rules.predicate
def is_unanswered(_user: User, override: GateOverride) -> bool:
    return override.is_unanswered


can_ask_override = is_staff
can_answer_override = is_staff & ~asked_for_it & is_unanswered
