"""The words of a document. Nothing in the file is trusted: every size is bounded, XML may define nothing of its own."""

import zipfile
from io import BytesIO
from typing import NoReturn
from xml.parsers import expat

import structlog
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from candidates.services.uploads import DOCX

MOST_PAGES = 60
MOST_CHARACTERS = 300_000
MOST_XML = 30 * 1024 * 1024
CHUNK = 256 * 1024
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BREAKS = {f"{WORD} p": "\n", f"{WORD} br": "\n", f"{WORD} tab": " ", f"{WORD} tc": " "}
log = structlog.get_logger(__name__)


class Unreadable(Exception):
    """The file is not what its name says, or defines things no letter defines."""


def text_of(content: bytes, *, content_type: str) -> str:
    """Plain text, as far as it can be read; empty when it can't (a scan has none)."""
    try:
        text = docx_text(content) if content_type == DOCX else pdf_text(content)
    except (
        Unreadable,
        PyPdfError,
        zipfile.BadZipFile,
        expat.ExpatError,
        KeyError,
        ValueError,
        RecursionError,
    ) as error:
        log.info("document_unreadable", error=type(error).__name__)
        return ""
    lines = (" ".join(line.split()) for line in text.replace("\x00", "").splitlines())
    return "\n".join(line for line in lines if line)[:MOST_CHARACTERS]


def pdf_text(content: bytes) -> str:
    found: list[str] = []
    length = 0
    for page in PdfReader(BytesIO(content)).pages[:MOST_PAGES]:
        found.append(page.extract_text())
        length += len(found[-1])
        if length > MOST_CHARACTERS:
            break
    return "\n".join(found)


class Words:
    """Collects the text runs of a Word document while it is parsed."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.length = 0
        self.in_text = False

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.in_text = name == f"{WORD} t"

    def end(self, name: str) -> None:
        self.in_text = False
        if name in BREAKS:
            self.found.append(BREAKS[name])

    def data(self, text: str) -> None:
        if self.in_text and self.length < MOST_CHARACTERS:
            self.found.append(text)
            self.length += len(text)


def refuse_definitions(*_definition: object) -> NoReturn:
    raise Unreadable("A document type definition has no place in a letter.")


def docx_text(content: bytes) -> str:
    words = Words()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse_definitions
    parser.EntityDeclHandler = refuse_definitions
    parser.ExternalEntityRefHandler = refuse_definitions
    parser.StartElementHandler = words.start
    parser.EndElementHandler = words.end
    parser.CharacterDataHandler = words.data
    read = 0
    with zipfile.ZipFile(BytesIO(content)) as archive, archive.open("word/document.xml") as part:
        while chunk := part.read(CHUNK):
            read += len(chunk)
            if read > MOST_XML:
                raise Unreadable("The text unpacks to more than any letter.")
            parser.Parse(chunk, False)  # noqa: FBT003  # expat takes no keyword here
        parser.Parse(b"", True)  # noqa: FBT003  # the same
    return "".join(words.found)
