import rules

from candidates.models import Application, Candidate, Document, Note
from candidates.permissions.applications import can_view_application
from candidates.permissions.seal import WITH_CLIENT, can_see_opinions, is_sealed_person
from screening.accounts.models import User


@rules.predicate
def is_themselves(user: User, candidate: Candidate) -> bool:
    return candidate.user_id == user.pk


@rules.predicate
def is_in_view(user: User, candidate: Candidate) -> bool:
    """Staff see everybody, others who is in a pipeline they may look at."""
    if user.is_staff_of_firm:
        return True
    applications = candidate.applications.select_related("role", "stage", "candidate")
    return any(can_view_application(user, application) for application in applications)


@rules.predicate
def is_sealed(user: User, candidate: Candidate) -> bool:
    return is_sealed_person(user, candidate)


@rules.predicate
def is_staff(user: User, _candidate: Candidate | None = None) -> bool:
    return user.is_staff_of_firm


@rules.predicate
def is_inside(user: User, _candidate: Candidate) -> bool:
    return not user.is_client_reviewer


@rules.predicate
def is_erased(_user: User, candidate: Candidate) -> bool:
    return candidate.erased_at is not None


@rules.predicate
def is_administrator(user: User, _candidate: Candidate) -> bool:
    return user.is_administrator


can_view_candidate = ~is_themselves & is_in_view
can_open_candidate = is_inside & can_view_candidate
"""The page of a person; a client reads about them on the entries of its shortlists."""

can_see_whole_candidate = can_open_candidate & ~is_sealed
can_see_contact = is_staff & can_see_whole_candidate
can_add_candidate = is_staff
can_edit_candidate = can_see_contact & ~is_erased
can_note_opened = ~is_sealed & ~is_erased
"""For whoever has opened the person's page."""
can_note_candidate = can_open_candidate & can_note_opened
can_merge_candidate = can_edit_candidate
"""Both of two: whoever still has to judge one of them, or is one of them, merges neither."""
can_erase_candidate = is_administrator & can_edit_candidate


@rules.predicate
def can_view_document(user: User, document: Document) -> bool:
    """The file carries contact data: staff within the seal; a client the CV of who was presented with it."""
    candidate = document.candidate
    if candidate.user_id == user.pk:
        return False
    if user.is_staff_of_firm:
        return not is_sealed_person(user, candidate)
    if not user.is_client_reviewer or document.kind != "cv":
        return False
    return any(
        entry.shortlist.show_cv
        and entry.shortlist.state in WITH_CLIENT
        and entry.shortlist.role.client_id == user.client_id
        for application in candidate.applications.select_related("moved_from")
        if came_with(document, application)
        for entry in application.entries.select_related("shortlist__role")
    )


def came_with(document: Document, application: Application) -> bool:
    """`querysets.candidates.came_with`, of one of each."""
    if document.moved_from_id is not None:
        return document.moved_from_id == application.moved_from_id
    file = application.moved_from
    return file is None or (file.merged_at is not None and document.uploaded_at > file.merged_at)


@rules.predicate
def can_view_note(user: User, note: Note) -> bool:
    """Notes are opinions: within the seal, and for a hiring manager only those about their own roles."""
    if user.is_client_reviewer or note.candidate.user_id == user.pk or is_sealed_person(user, note.candidate):
        return False
    if user.is_staff_of_firm:
        return True
    return note.application is not None and bool(can_see_opinions(user, note.application))


@rules.predicate
def is_author(user: User, note: Note) -> bool:
    return note.author_id == user.pk


can_change_note = can_view_note & is_author
