import io

import pytest
from django.core.management import CommandError, call_command

from screening.accounts.enums import Part
from screening.accounts.models import User

pytestmark = pytest.mark.django_db


def create(password: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    call_command("create_administrator", "Ann@example.com", "--name", "Ann", *arguments)


def test_the_first_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    create("correct horse battery", monkeypatch)
    user = User.objects.get()
    assert (user.email, user.part) == ("ann@example.com", Part.ADMINISTRATOR)
    assert user.check_password("correct horse battery")


@pytest.mark.parametrize(
    ("password", "arguments", "words"),
    [
        ("short", [], "at least 12 characters"),
        ("", [], "at least 12 characters"),
        ("correct horse battery", ["--time-zone", "Bangkok"], "not a time zone"),
    ],
)
def test_what_is_wrong_is_said(
    password: str, arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match=words):
        create(password, monkeypatch, *arguments)
    assert not User.objects.exists()


def test_an_address_in_use_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    create("correct horse battery", monkeypatch)
    with pytest.raises(CommandError, match="already"):
        create("correct horse battery", monkeypatch)
