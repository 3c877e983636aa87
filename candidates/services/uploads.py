"""Whether a file is what it says: a plain PDF or DOCX, whole, alone, and without anything that runs.

Only a bounded part of a file is ever unpacked here, so a bomb costs no more than a letter.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from screening.accounts.errors import Refused

LARGEST = 10 * 1024 * 1024
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDINGS = {".pdf": PDF, ".docx": DOCX}

NOT_A_DOCUMENT = "This is not a whole PDF or Word document (.docx). Save it again as one of these and try once more."
ACTIVE = "This file contains macros, scripts or embedded files. Save it without them, best as a plain PDF."
TOO_MUCH = "This file unpacks to far more than a document of its kind. Save it again, best as a plain PDF."

PDF_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
PDF_TABLE = re.compile(rb"\s*(xref\b|\d+\s+\d+\s+obj\b)")
PDF_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
PDF_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE)(?![A-Za-z0-9_.\-])"
)
PDF_OBJECTS = re.compile(rb"/ObjStm\b[^>]{0,400}>>\s*stream\r?\n")
TAIL = 2048
UNPACKED_IN_ALL = 8 * 1024 * 1024

ZIP_END = 22  # bytes of the record that ends an archive without a comment
DOCX_PARTS = 2000
DOCX_LARGEST = 60 * 1024 * 1024
DOCX_RATIO = 200
DOCX_SMALL = 1024 * 1024
DOCX_MAIN = b"wordprocessingml.document.main+xml"
DOCX_ACTIVE = re.compile(
    r"vbaproject|vbadata|activex|/embeddings/|oleobject|customui|\.exe$|\.dll$|\.js$|\.html?$", re.IGNORECASE
)
DOCX_OUTSIDE = re.compile(
    rb"(attachedTemplate|oleObject|subDocument|frame)[^>]*TargetMode\s*=\s*[\"']External", re.IGNORECASE
)


@dataclass(frozen=True)
class CheckedFile:
    content: bytes
    content_type: str
    sha256: str


def check_upload(content: bytes, *, name: str) -> CheckedFile:
    """Raises Refused, with what to do, unless the bytes are a plain PDF or DOCX."""
    if len(content) > LARGEST:
        raise Refused(f"“{name}” is larger than 10 MB. Save a smaller version and try again.")
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    content_type = ENDINGS.get(ending)
    if content_type is None:
        raise Refused("Choose a PDF or a Word document (.docx).")
    if content_type == PDF:
        check_pdf(content)
    else:
        check_docx(content)
    return CheckedFile(content, content_type, sha256(content).hexdigest())


def check_pdf(content: bytes) -> None:
    end = PDF_END.search(content[-TAIL:].rstrip(b"\x00"))
    if not content.startswith(b"%PDF-") or end is None:
        raise Refused(NOT_A_DOCUMENT)
    table = int(end[1])
    if not 0 < table < len(content) or not PDF_TABLE.match(content[table : table + 40]):
        raise Refused(NOT_A_DOCUMENT)
    if zipfile.is_zipfile(BytesIO(content)):
        raise Refused(NOT_A_DOCUMENT)
    _refuse_active(content)
    left = UNPACKED_IN_ALL
    for found in PDF_OBJECTS.finditer(content):
        objects = _inflate(content[found.end() :], most=left)
        left -= len(objects)
        _refuse_active(objects)
        if left <= 0:
            raise Refused(TOO_MUCH)


def _inflate(packed: bytes, *, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, max(most, 1))
    except zlib.error:
        return b""


def _refuse_active(content: bytes) -> None:
    """A name may be written with #xx for any letter."""
    plain = PDF_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content) if b"#" in content else content
    if PDF_ACTIVE.search(plain):
        raise Refused(ACTIVE)


def check_docx(content: bytes) -> None:
    alone = content.startswith(b"PK\x03\x04") and content[-ZIP_END:].startswith(b"PK\x05\x06")
    if not alone or b"%PDF-" in content[:1024]:
        raise Refused(NOT_A_DOCUMENT)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_directory(archive)
            _check_parts(archive)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Refused(NOT_A_DOCUMENT) from error


def _check_directory(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    starts = min((part.header_offset for part in parts), default=1)
    if starts != 0 or len(names) != len(parts) or len(parts) > DOCX_PARTS:
        raise Refused(NOT_A_DOCUMENT)
    if any(part.flag_bits & 1 or ".." in part.filename or part.filename.startswith("/") for part in parts):
        raise Refused(NOT_A_DOCUMENT)
    if any(DOCX_ACTIVE.search(name) for name in names):
        raise Refused(ACTIVE)
    unpacked = sum(part.file_size for part in parts)
    swollen = any(part.file_size > DOCX_SMALL and part.file_size > DOCX_RATIO * part.compress_size for part in parts)
    if unpacked > DOCX_LARGEST or swollen:
        raise Refused(TOO_MUCH)


def _check_parts(archive: zipfile.ZipFile) -> None:
    """What the package says of itself; every part is read no further than its bound."""
    types = read_part(archive, "[Content_Types].xml", most=DOCX_SMALL)
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise Refused(ACTIVE)
    if DOCX_MAIN not in types or b"<!" in types:
        raise Refused(NOT_A_DOCUMENT)
    archive.getinfo("word/document.xml")
    for part in archive.infolist():
        if part.filename.endswith(".rels") and DOCX_OUTSIDE.search(read_part(archive, part.filename, most=DOCX_SMALL)):
            raise Refused(ACTIVE)


def read_part(archive: zipfile.ZipFile, name: str, *, most: int) -> bytes:
    """The part, or Refused when it is larger than `most` whatever its header says."""
    with archive.open(name) as part:
        content = part.read(most + 1)
    if len(content) > most:
        raise Refused(TOO_MUCH)
    return content
