import io
import resource
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from candidates.services.texts import docx_text, text_of
from candidates.services.uploads import DOCX, LARGEST, PDF, check_upload
from screening.accounts.errors import Refused

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = '<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
BODY = f"<w:document {WORD}><w:body><w:p><w:r><w:t>Kept a claims model</w:t></w:r></w:p><w:p><w:r><w:t>honest &amp; steady</w:t></w:r></w:p></w:body></w:document>"


def pdf(*, text: str = "Kept a claims model honest") -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    page[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/Font"): DictionaryObject(
                {NameObject("/F1"): DictionaryObject({NameObject(k): NameObject(v) for k, v in font.items()})}
            )
        }
    )
    stream = StreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = stream
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx(parts: dict[str, str | bytes] | None = None, *, without: str = "") -> bytes:
    content: dict[str, str | bytes] = {"[Content_Types].xml": TYPES, "word/document.xml": BODY}
    content |= parts or {}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            if name != without:
                archive.writestr(name, part)
    return out.getvalue()


def with_object_stream(inside: bytes) -> bytes:
    """A PDF that hides something in a compressed object stream."""
    packed = zlib.compress(inside)
    head = b"%PDF-1.7\n9 0 obj <</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length " + str(len(packed)).encode()
    body = head + b">>\nstream\n" + packed + b"\nendstream endobj\n"
    at = len(body)
    return body + b"xref\n0 1\n0000000000 65535 f \ntrailer <</Size 1>>\nstartxref\n" + str(at).encode() + b"\n%%EOF\n"


def active(name: str) -> bytes:
    whole = pdf()
    return whole.replace(b"/Contents", name.encode() + b" 1 0 R /Contents", 1)


def forged_end(content: bytes) -> bytes:
    """Something between the table and the end, so that the announced place still fits."""
    return content + b"\nPK\x03\x04 more"


REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "no ending": ("cv", pdf),
    "another ending": ("cv.exe", pdf),
    "old Word": ("cv.doc", docx),
    "macro Word": ("cv.docm", docx),
    "a web page": ("cv.pdf", lambda: b"<html><script>alert(1)</script></html>"),
    "a page before the PDF": ("cv.pdf", lambda: b"<html>" + pdf()),
    "something after the PDF": ("cv.pdf", lambda: forged_end(pdf())),
    "a Word file named PDF": ("cv.pdf", docx),
    "a PDF named Word file": ("cv.docx", pdf),
    "an archive behind the PDF": ("cv.pdf", lambda: pdf()[:-6] + docx() + b"\nstartxref\n9\n%%EOF\n"),
    "half a PDF": ("cv.pdf", lambda: pdf()[:200]),
    "an empty file": ("cv.pdf", bytes),
    "a table that is not there": ("cv.pdf", lambda: b"%PDF-1.7\nstartxref\n3\n%%EOF"),
    "JavaScript": ("cv.pdf", lambda: active("/JavaScript")),
    "JavaScript by another spelling": ("cv.pdf", lambda: active("/J#61vaScript")),
    "a program to launch": ("cv.pdf", lambda: active("/Launch")),
    "a file within": ("cv.pdf", lambda: active("/EmbeddedFiles")),
    "JavaScript in an object stream": ("cv.pdf", lambda: with_object_stream(b"1 0 <</S/JavaScript/JS(app.alert(1))>>")),
    "a bomb in an object stream": ("cv.pdf", lambda: with_object_stream(b"0" * 20_000_000)),
    "macros": ("cv.docx", lambda: docx({"word/vbaProject.bin": b"x"})),
    "macros by type": ("cv.docx", lambda: docx({"[Content_Types].xml": TYPES + "<!-- macroEnabled -->"})),
    "an embedded object": ("cv.docx", lambda: docx({"word/embeddings/oleObject1.bin": b"x"})),
    "a template from elsewhere": (
        "cv.docx",
        lambda: docx(
            {
                "word/_rels/settings.xml.rels": '<Relationship Type="x/attachedTemplate" Target="http://e" TargetMode="External"/>'
            }
        ),
    ),
    "no text part": ("cv.docx", lambda: docx(without="word/document.xml")),
    "a spreadsheet": ("cv.docx", lambda: docx({"[Content_Types].xml": "<Types>spreadsheetml</Types>"})),
    "a path out": ("cv.docx", lambda: docx({"../../etc/passwd": "x"})),
    "something before the archive": ("cv.docx", lambda: b"GIF89a" + docx()),
    "something after the archive": ("cv.docx", lambda: docx() + b"<script>"),
    "a bomb": ("cv.docx", lambda: docx({"word/media/image1.png": b"0" * 61_000_000})),
    "a swollen part": ("cv.docx", lambda: docx({"word/media/image1.png": b"0" * 8_000_000})),
    "swollen types": ("cv.docx", lambda: docx({"[Content_Types].xml": TYPES + " " * 1_100_000})),
    "ten thousand parts": ("cv.docx", lambda: docx({f"word/{number}": "" for number in range(2001)})),
    "an archive of anything": ("cv.docx", lambda: docx({"[Content_Types].xml": "<x/>"})),
    "too large": ("cv.pdf", lambda: b"%PDF-" + b"0" * LARGEST),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_a_plain_document_is_refused_quickly_with_what_to_do(case: str) -> None:
    name, make = REFUSED[case]
    content = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()

    with pytest.raises(Refused) as refused:
        check_upload(content, name=name)

    spent = time.process_time() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert any(word in refused.value.message for word in ("Save", "Choose"))
    assert grown < 50 * 1024  # kilobytes
    assert spent < 1, "a bound against accidents; the figure itself is measured elsewhere"


@pytest.mark.parametrize(("name", "content", "kind"), [("CV.PDF", pdf(), PDF), ("cv.docx", docx(), DOCX)])
def test_plain_documents_pass_and_their_words_are_read(name: str, content: bytes, kind: str) -> None:
    checked = check_upload(content, name=name)

    assert (checked.content, checked.content_type, len(checked.sha256)) == (content, kind, 64)
    assert "Kept a claims model" in text_of(content, content_type=kind)


def test_paragraphs_stay_apart() -> None:
    assert docx_text(docx()).splitlines() == ["Kept a claims model", "honest & steady"]


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document/>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><w:document/>',
        "<w:document",
        "\x00\x01",
        "",
    ],
)
def test_documents_that_define_things_or_are_broken_give_no_text(body: str) -> None:
    assert text_of(docx({"word/document.xml": body}), content_type=DOCX) == ""


def test_a_broken_pdf_gives_no_text() -> None:
    assert text_of(b"%PDF-1.7\nnothing", content_type=PDF) == ""
