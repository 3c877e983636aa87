"""Logs tell what happened, and not to whom."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from screening.logs import cleaned

SAY = """
import logging, logging.config, structlog
from screening.logs import logging_settings
logging.config.dictConfig(logging_settings(plain=False, level="INFO"))
"""


def lines(code: str) -> list[dict[str, object]]:
    done = subprocess.run(  # noqa: S603  # our own logging in a process of its own
        [sys.executable, "-c", SAY + code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stderr.splitlines()]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET /c/eyJhbGciOi.abc-def/", "GET /c/…/"),
        ("Not Found: /c/eyJhbGciOi.abc-def/consent/", "Not Found: /c/…/consent/"),
        ("GET /invitations/k3y/", "GET /invitations/…/"),
        ("GET /accounts/password/reset/key/3-abc/", "GET /accounts/password/reset/key/…/"),
        ("GET /candidates/?q=Ada+Lovelace", "GET /candidates/"),
        ("sent to ada@example.com", "sent to …@…"),
        ("Key broken.\nDETAIL: Key (email)=(ada@example.com) already exists.\n", "Key broken.\nDETAIL: …\n"),
        ("POST /candidates/12/", "POST /candidates/12/"),
    ],
)
def test_a_text_without_its_person(text: str, kept: str) -> None:
    assert cleaned(text) == kept


def test_a_line_is_json_with_what_was_bound() -> None:
    (line,) = lines(
        "structlog.contextvars.bind_contextvars(request_id='r-1'); structlog.get_logger('x').info('moved', application=7)"
    )
    assert (line["event"], line["request_id"], line["application"], line["level"]) == ("moved", "r-1", 7, "info")


def test_libraries_write_the_same_lines_without_persons() -> None:
    (line,) = lines("logging.getLogger('django.request').warning('Not Found: %s', '/c/secret-token/')")
    assert line["event"] == "Not Found: /c/…/"


def test_a_traceback_names_nobody() -> None:
    (line,) = lines("""
try:
    raise ValueError("ada@example.com is taken")
except ValueError:
    structlog.get_logger("x").exception("failed", user_agent="Lynx", ip="10.0.0.1")
""")
    assert "ada" not in json.dumps(line["exception"]).split("ValueError: ")[1]
    assert not {"user_agent", "ip"} & set(line)
