import rules

from candidates.models import CandidateImport, Export
from candidates.permissions.seal import owes_nothing
from screening.accounts.models import User


@rules.predicate
def can_view_import(user: User, of: CandidateImport) -> bool:
    """Whoever brought the file, and administrators who owe no scorecard: it holds contact data that the seal closes."""
    if user.is_staff_of_firm and of.created_by_id == user.pk:
        return True
    return user.is_administrator and bool(owes_nothing(user))


@rules.predicate
def can_view_export(user: User, export: Export) -> bool:
    return user.is_staff_of_firm and export.created_by_id == user.pk


@rules.predicate
def can_import_and_export(user: User) -> bool:
    return user.is_staff_of_firm
