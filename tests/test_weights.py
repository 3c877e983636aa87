"""What goes over the wire: pages whose lists are full, and the scripts and styles that any of them loads."""

import re
import zlib
from collections.abc import Iterator

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from pytest_django.plugin import DjangoDbBlocker

from tests import walk
from tests.test_permissions import DECLARED

pytestmark = pytest.mark.unabridged
PAGE, SCRIPTS_AND_STYLES = 15_000, 100_000
GZIP = 16 + zlib.MAX_WBITS
LOADED = re.compile(r"""["']/static/([^"']+\.(?:js|css))["']""")
"""Also what scripts fetch later: a page names it in an attribute."""

NOT_WALKED = {
    # downloads
    "candidates:document", "candidates:entry_cv", "candidates:export_file", "candidates:import_left_out",
    "candidates:insights_pipeline_csv",
    "candidates:interview_calendar", "candidates:meeting_calendar", "candidates:meeting_candidate_calendar",
    "candidates:report_pdf", "candidates:shortlist_version_pdf", "rubrics:version_yaml",
    # parts of the board, which its script asks for
    "candidates:column", "candidates:pipeline_changes",
    # what is offered while somebody is named in a note, and the way from a letter to that note
    "candidates:mentionable", "candidates:mention",
    # leads on to the debrief it belongs to
    "candidates:debrief_question",
}  # fmt: skip
"""What answers with no page of its own."""


@pytest.fixture(scope="module")
def pages(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[walk.Page]]:
    with django_db_blocker.unblock(), walk.seeded():
        yield [page for part in walk.PARTS for page in walk.pages(part)]


def compressed(content: bytes) -> int:
    packer = zlib.compressobj(level=6, wbits=GZIP)
    return len(packer.compress(content) + packer.flush())


def collected() -> dict[str, bytes]:
    """Every script and style as `collectstatic` would write it."""
    return {
        path: storage.open(path).read()
        for finder in get_finders()
        for path, storage in finder.list([])
        if path.endswith((".js", ".css"))
    }


def test_every_page_is_light(pages: list[walk.Page]) -> None:
    heavy = {page.address: weight for page in pages if (weight := compressed(page.content)) > PAGE}
    assert heavy == {}


def test_every_page_there_is_was_weighed(pages: list[walk.Page]) -> None:
    """What no link leads to would be weighed, and looked at in a browser, by nobody; and found by nobody either."""
    walked = {page.name.partition("?")[0] for page in pages}
    readable = {name for name, may in DECLARED.items() if may.read is not None and ":" in name}
    assert readable - walked == NOT_WALKED


def test_scripts_and_styles_together_are_light(pages: list[walk.Page]) -> None:
    assert settings.STATIC_URL == "/static/"
    names = {name for page in pages for name in LOADED.findall(page.content.decode())}
    files = collected()
    weights = {name: len(brotli.compress(files[name])) for name in names}
    assert sum(weights.values()) <= SCRIPTS_AND_STYLES, weights
    assert {"tabler.css", "css/work.css", "js/board.js", "sortable.js"} <= names
