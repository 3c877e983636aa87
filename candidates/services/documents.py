from pathlib import PurePath

from django.core.files.base import ContentFile, File
from django.db import transaction

from candidates.enums import DocumentKind
from candidates.models import Candidate, Document
from candidates.services.texts import text_of
from candidates.services.uploads import LARGEST, check_upload
from screening.accounts.errors import Refused
from screening.accounts.models import User
from screening.jobs.services.jobs import request_job

EXTRACT_TEXT = "candidates.extract_text"
LONGEST_NAME = 120


@transaction.atomic
def add_document(
    *, candidate: Candidate, upload: File[bytes], by: User | None, kind: str = DocumentKind.CV
) -> Document:
    """Keep a file of a candidate's, once it is found to be a plain PDF or DOCX; its text is read in a job.

    Raises Refused with what is wrong with the file.
    """
    name = PurePath(str(upload.name or "").replace("\\", "/")).name[-LONGEST_NAME:]
    if (upload.size or 0) > LARGEST:
        raise Refused(f"“{name}” is larger than 10 MB. Save a smaller version and try again.")
    if candidate.erased_at:
        raise Refused("This candidate’s data were erased.")
    checked = check_upload(upload.read(), name=name)
    same = Document.objects.filter(candidate=candidate, sha256=checked.sha256).first()
    if same is not None:
        raise Refused(f"This very file is already here, as “{same.name}”.")
    document = Document.objects.create(
        candidate=candidate,
        kind=kind,
        name=name,
        file=ContentFile(checked.content, name=name),
        content_type=checked.content_type,
        size=len(checked.content),
        sha256=checked.sha256,
        uploaded_by=by,
    )
    request_job(
        task=EXTRACT_TEXT,
        params={"document": document.pk},
        title="Reading the text of a document",
        key=f"{EXTRACT_TEXT}:{document.pk}",
        by=by,
    )
    return document


def extract_text(*, document_id: int) -> int:
    """Read the words of a document; how many characters. Nothing happens when it is gone."""
    document = Document.objects.filter(pk=document_id).exclude(file="").first()
    if document is None:
        return 0
    with document.file.open("rb") as file:
        text = text_of(file.read(), content_type=document.content_type)
    Document.objects.filter(pk=document_id).exclude(file="").update(text=text)
    return len(text)


@transaction.atomic
def delete_document(*, document: Document) -> None:
    """The row goes with the transaction, the file after it."""
    name = document.file.name
    storage = document.file.storage
    document.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name))
