"""What the pages of roles show, in a number of statements that does not grow with the rows."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from rubrics.enums import Duty
from rubrics.models import Role, RoleMember, RubricVersion
from screening.accounts.models import User


def roles_listed(user: User, *, status: str = "", text: str = "") -> QuerySet[Role]:
    """Roles this user may see, each with `interviewers` and `candidates` counted."""
    roles = Role.objects.visible_to(user).select_related("client", "rubric_version__rubric")
    if status:
        roles = roles.filter(status=status)
    if text:
        roles = roles.filter(Q(title__icontains=text) | Q(client__name__icontains=text))
    interviewers = RoleMember.objects.filter(role=OuterRef("pk")).exclude(duty=Duty.OBSERVER).order_by()
    candidates = Role.objects.filter(pk=OuterRef("pk")).order_by()
    return roles.annotate(
        interviewers=_counted(interviewers.values("role").annotate(n=Count("pk")).values("n")),
        candidates=_counted(candidates.values("pk").annotate(n=Count("applications")).values("n")),
    )


def _counted(rows: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


def team_of(role: Role) -> list[RoleMember]:
    return sorted(role.team.select_related("user"), key=lambda member: (member.duty != Duty.LEAD, member.user.name))


def people_to_add(role: Role) -> QuerySet[User]:
    """Who may sit on a panel of this role and is not on its team yet."""
    people: QuerySet[User] = User.objects.who_can_interview_for(role.client)
    return people.exclude(memberships__role=role)


def versions_to_pin() -> QuerySet[RubricVersion]:
    return RubricVersion.objects.published().select_related("rubric").order_by("rubric__title", "-number")
