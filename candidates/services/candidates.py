from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from candidates.models import Candidate, CandidateTag, Tag
from candidates.models.candidates import new_link_key
from candidates.queries.former import former_files
from screening.accounts.errors import Refused
from screening.accounts.models import User

LONGEST_TAG = 40
MERGED = (
    "There is already a candidate with this e-mail or reference: it came with a file that was merged into theirs. "
    "Open that one, or undo the merge first."
)


@dataclass(frozen=True)
class CandidateDetails:
    """The facts about a person that staff write down. Years and links are recorded and never scored."""

    name: str
    email: str = ""
    phone: str = ""
    location: str = ""
    time_zone: str = ""
    headline: str = ""
    links: tuple[str, ...] = ()
    years_of_experience: int | None = None
    reference: str = ""


@transaction.atomic
def add_candidate(*, details: CandidateDetails, by: User | None) -> Candidate:
    """Write down a new person. Raises Refused, for instance when the e-mail belongs to somebody already here."""
    candidate = Candidate(created_by=by)
    return _save(candidate, details)


@transaction.atomic
def update_candidate(*, candidate: Candidate, details: CandidateDetails) -> Candidate:
    locked = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if locked.erased_at:
        raise Refused("This candidate’s data were erased.")
    return _save(locked, details)


def _save(candidate: Candidate, details: CandidateDetails) -> Candidate:
    before = {candidate.email.lower(), candidate.reference}
    for field, value in asdict(details).items():
        setattr(candidate, field, value.strip() if isinstance(value, str) else value)
    candidate.email = candidate.email.lower()
    candidate.links = list(details.links)
    try:
        candidate.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    new = {candidate.email, candidate.reference} - before - {""}
    if any(one.person != candidate.pk for one in former_files(emails=new, references=new)):
        raise Refused(MERGED)
    try:
        with transaction.atomic():
            candidate.save()
    except IntegrityError as error:  # somebody added the same person at this very moment
        raise Refused("There is already a candidate with this e-mail or reference.") from error
    return candidate


def tag_named(name: str) -> Tag:
    """The tag of this name, made when there is none. Raises Refused when it has no name or a very long one."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_TAG:
        raise Refused(f"A tag has a name of at most {LONGEST_TAG} characters.")
    return Tag.objects.filter(name__iexact=name).first() or Tag.objects.get_or_create(name=name)[0]


@transaction.atomic
def tag_candidate(*, candidate: Candidate, name: str) -> Tag:
    """Raises Refused when the tag has no name or a very long one."""
    tag = tag_named(name)
    CandidateTag.objects.get_or_create(candidate=candidate, tag=tag)
    return tag


@transaction.atomic
def untag_candidate(*, candidate: Candidate, tag: Tag) -> None:
    CandidateTag.objects.filter(candidate=candidate, tag=tag).delete()


@transaction.atomic
def renew_link(*, candidate: Candidate) -> Candidate:
    """Give the candidate a new link to their own page; the old one stops working."""
    candidate.link_key = new_link_key()
    candidate.save(update_fields=["link_key"])
    return candidate
