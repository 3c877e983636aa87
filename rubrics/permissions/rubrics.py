import rules
from django.db.models import Q

from rubrics.models import DraftComment, Role, Rubric, RubricVersion
from rubrics.permissions.roles import is_staff
from screening.accounts.models import User


@rules.predicate
def is_published(_user: User, version: RubricVersion) -> bool:
    return version.is_published


@rules.predicate
def measures_my_role(user: User, version: RubricVersion) -> bool:
    """A hiring manager on the team of a role that some version of its rubric measures, or that it is written for."""
    if not user.is_hiring_manager:
        return False
    used = Q(rubric_version__rubric=version.rubric_id) | Q(rubrics_written=version.rubric_id)
    mine = Role.objects.filter(used, team__user=user)
    return (mine.filter(client=user.client_id) if user.client_id else mine).exists()


@rules.predicate
def measures_role_of_my_client(user: User, version: RubricVersion) -> bool:
    """A role of the reviewer's company is measured by this very version."""
    return user.is_client_reviewer and version.roles.filter(client=user.client_id).exists()


@rules.predicate
def is_hiring_manager(user: User, _version: RubricVersion) -> bool:
    return user.is_hiring_manager


@rules.predicate
def can_view_rubric(user: User, rubric: Rubric) -> bool:
    if not user.is_client_reviewer:
        return True
    return Role.objects.filter(client=user.client_id, rubric_version__rubric=rubric).exists()


can_load_rubric = is_staff
can_view_version = is_staff | (is_hiring_manager & (is_published | measures_my_role)) | measures_role_of_my_client
can_edit_version = ~is_published & (is_staff | measures_my_role)
can_publish = is_staff & ~is_published
can_start_draft = is_staff & is_published
can_discuss_version = is_staff | measures_my_role


@rules.predicate
def can_view_comment(user: User, comment: DraftComment) -> bool:
    return bool(can_discuss_version(user, comment.version))
