import rules

from candidates.models import CandidateMail, MailTemplate
from candidates.permissions.seal import is_sealed_person
from screening.accounts.models import User
from screening.accounts.permissions import is_staff_of_firm

can_write_templates = is_staff_of_firm


@rules.predicate
def can_view_template(user: User, _template: MailTemplate) -> bool:
    return user.is_staff_of_firm


@rules.predicate
def can_view_mail(user: User, mail: CandidateMail) -> bool:
    """Letters carry contact data: staff, within the seal, and not about themselves."""
    if not user.is_staff_of_firm or mail.candidate.user_id == user.pk:
        return False
    return not is_sealed_person(user, mail.candidate)
