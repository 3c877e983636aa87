"""How a person is called, depending on who reads."""

from candidates.models import Application
from rubrics.enums import NameForm
from screening.accounts.models import User


def name_for(user: User, application: Application) -> str:
    """Staff read the full name, a hiring manager the form the role chose, a client the form its shortlist chose.

    Needs `candidate` and `role` loaded; for a client also `entries__shortlist`.
    """
    if user.is_staff_of_firm:
        return application.candidate.name
    if user.is_client_reviewer:
        forms = {entry.shortlist.name_form for entry in application.entries.all() if entry.shortlist.is_with_client}
        return application.candidate.name_in(NameForm.FULL if forms == {NameForm.FULL} else NameForm.INITIALS)
    return application.candidate.name_in(application.role.name_form)
