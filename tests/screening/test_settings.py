"""Settings refuse bad values by name, and one address decides how strict a browser is told to be."""

import os
import runpy
import subprocess
import sys
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

GOOD = {
    "SCREENING_URL": "https://screening.example",
    "SECRET_KEY": "k" * 20 + "abcdefghijklmnopqrstuvwxyz0123456789",
    "DATABASE_URL": "postgres://screening_app:secret@db/screening",
    "REDIS_URL": "redis://broker:6379/0",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example:587",
    "DEFAULT_FROM_EMAIL": "screening@screening.example",
    "MEDIA_ROOT": "/srv/screening/files",
}


def variables(changes: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in (GOOD | changes).items() if value is not None}


def read(**changes: str | None) -> dict[str, Any]:
    """Every setting, read anew from good variables with some changes and no others."""
    with patch.dict(os.environ, variables(changes), clear=True):
        return runpy.run_path(str(settings.BASE_DIR / "screening" / "settings.py"))


def values(*names: str, **changes: str | None) -> dict[str, Any]:
    found = read(**changes)
    return {name: found[name] for name in names}


def run(code: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own settings in a process of their own
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **variables(changes)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^Set the environment variable {name} "):
        read(**{name: None})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCREENING_URL", "screening.example"),
        ("SCREENING_URL", "https://screening.example/path"),
        ("SCREENING_URL", "http://screening.example"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://db/screening"),
        ("DATABASE_URL", "postgres://db"),
        ("REDIS_URL", "broker:6379"),
        ("EMAIL_URL", "post@example.com"),
        ("DEFAULT_FROM_EMAIL", "nobody"),
        ("DEBUG", "perhaps"),
        ("TRUSTED_PROXIES", "one"),
    ],
)
def test_a_malformed_value_is_named(name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{name} must"):
        read(**{name: value})


def test_manage_says_it_in_one_line() -> None:
    code = "import runpy, sys; sys.argv = ['manage.py', 'check']; runpy.run_path('manage.py', run_name='__main__')"
    done = run(code, SECRET_KEY=None)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Not started: Set the environment variable SECRET_KEY (or DEBUG=1 for development)."
    ]


def test_debug_needs_nothing() -> None:
    assert values("DEBUG", "HTTPS", DEBUG="1", **dict.fromkeys(GOOD)) == {"DEBUG": True, "HTTPS": False}


def test_https_makes_cookies_strict() -> None:
    names = (
        "SESSION_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_NAME",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
    )
    assert values(*names, "SECURE_HSTS_SECONDS", "ALLOWED_HOSTS") == {
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "ALLOWED_HOSTS": ["screening.example"],
    }


def test_plain_http_is_for_this_machine_alone() -> None:
    found = values("SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS", SCREENING_URL="http://127.0.0.1:8000")
    assert found == {"SESSION_COOKIE_SECURE": False, "SECURE_HSTS_SECONDS": 0}


def test_a_check_for_deployment_finds_nothing() -> None:
    code = "from django.core.management import execute_from_command_line as run; run(['manage.py', 'check', '--deploy', '--fail-level', 'WARNING'])"
    done = run(code, DJANGO_SETTINGS_MODULE="screening.settings")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_runtime_connections_act_as_the_application() -> None:
    found = values("DATABASES", DATABASE_OWNER_URL="postgres://screening_owner:o@db/screening")["DATABASES"]
    assert found["default"]["OPTIONS"]["options"].startswith("-c role=screening_app -c ")
    assert (found["default"]["USER"], found["owner"]["USER"]) == ("screening_app", "screening_owner")
    assert "options" not in found["owner"].get("OPTIONS", {})


def test_a_policy_without_unsafe_words() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert "unsafe" not in repr(directives)
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == directives["style-src"] == ["'self'"]
