"""The servers of a folder: started by the first user, stopped after the last, and back after any kill."""

import locale
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from screening import embedded
from screening.embedded import Places
from screening.keeper import letters_of_this_machine

PATIENCE = 30


def wait_until(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


def keeper(places: Places) -> int:
    """The parent of Valkey is the keeper."""
    valkey = (places.home / "valkey.pid").read_text()
    return int(Path(f"/proc/{valkey}/stat").read_text().rsplit(")", 1)[1].split()[1])


def postgres(places: Places) -> int:
    home = places.home if (places.home / "postgres").exists() else places.foreign_home
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


def query(places: Places, sql: str, *, user: str = "screening_owner") -> list[tuple[object, ...]]:
    connection = psycopg2.connect(host=str(places.sockets), user=user, dbname="screening")
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Deep enough that a socket inside it could not be addressed."""
    base = tmp_path_factory.mktemp("folder") / ("deep" * 30)
    base.mkdir()
    base.parent.chmod(0o700)
    yield base
    for path in (Places(base).sockets, Places(base).foreign_home):
        subprocess.run(["rm", "-rf", str(path)], check=True)  # noqa: S603, S607  # what this test made


@pytest.fixture
def places(folder: Path) -> Iterator[Places]:
    lease = embedded.join(folder)
    yield lease.places
    lease.leave()


def test_as_a_database_it_is_what_production_has(places: Places) -> None:
    assert query(places, "SHOW data_checksums") == [("on",)]
    assert query(places, "SHOW listen_addresses") == [("",)]
    assert query(places, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'screening'") == [
        ("b", "C.UTF-8")
    ]
    letters = query(places, "SELECT datcollate, datctype FROM pg_database WHERE datname = 'screening'")
    assert letters == [("C", letters_of_this_machine())]
    rights = "SELECT rolname, rolsuper FROM pg_roles WHERE rolname LIKE 'screening%' ORDER BY 1"
    assert query(places, rights, user="screening_app") == [("screening_app", False), ("screening_owner", False)]


def test_pieces_of_names_are_of_the_letters_this_machine_knows(places: Places) -> None:
    query(places, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
    [(latin, cyrillic)] = query(places, "SELECT similarity('Ivanov', 'Ivanof'), similarity('Иванов', 'Иваноф')")
    assert latin == pytest.approx(5 / 9)
    assert cyrillic == (0 if letters_of_this_machine() == "C" else latin)
    assert query(places, "SELECT lower('ÉИ'), upper('é')") == [("éи", "É")]


def test_to_ask_for_letters_leaves_this_process_as_it_was() -> None:
    before = locale.setlocale(locale.LC_CTYPE)
    assert letters_of_this_machine() in {"C.UTF-8", "UTF-8", "en_US.UTF-8", "C"}
    assert locale.setlocale(locale.LC_CTYPE) == before


def test_only_the_owner_can_enter_where_the_sockets_are(places: Places) -> None:
    assert places.sockets.stat().st_mode & 0o777 == 0o700
    assert len(str(places.sockets / ".s.PGSQL.5432.lock")) < 100


def test_nothing_runs_after_the_last_user_left(folder: Path) -> None:
    first, second = embedded.join(folder), embedded.join(folder)
    pids = [keeper(first.places), postgres(first.places)]
    first.leave()
    assert embedded.answering(second.places)
    second.leave()
    assert not embedded.answering(first.places)
    assert wait_until(lambda: not any(is_alive(pid) for pid in pids))


def is_alive(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def test_a_killed_user_does_not_keep_the_servers(folder: Path) -> None:
    code = f"import time; from screening import embedded; e = embedded.join(__import__('pathlib').Path({str(folder)!r})); print('up', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=embedded.ROOT) as user:  # noqa: S603  # ourselves
        assert user.stdout is not None
        assert user.stdout.readline() == b"up\n"
        user.kill()
    assert wait_until(lambda: not embedded.keeper_alive(Places(folder)))


@pytest.mark.parametrize("victim", [postgres, keeper])
def test_what_was_committed_outlives_a_kill(places: Places, folder: Path, victim: Callable[[Places], int]) -> None:
    query(places, "CREATE TABLE IF NOT EXISTS kept (word text)")
    query(places, "INSERT INTO kept VALUES ('kept')")
    before = query(places, "SELECT count(*) FROM kept")
    killed = victim(places)
    os.kill(killed, signal.SIGKILL)
    assert wait_until(lambda: not is_alive(killed))
    lease = embedded.join(folder)
    assert wait_until(lambda: embedded.answering(places))
    assert query(places, "SELECT count(*) FROM kept") == before
    lease.leave()


def test_a_strangers_directory_is_refused(tmp_path: Path) -> None:
    elsewhere = Places(tmp_path)
    elsewhere.sockets.symlink_to(tmp_path)
    try:
        with pytest.raises(embedded.Unavailable, match="belongs to somebody else"):
            embedded.join(tmp_path)
    finally:
        elsewhere.sockets.unlink()


@pytest.mark.skipif(os.getuid() != 0, reason="only root runs PostgreSQL as another user")
def test_without_user_namespaces_root_uses_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDED_WITHOUT_NAMESPACES", "1")
    lease = embedded.join(tmp_path)
    try:
        server = postgres(lease.places)
        assert Path(f"/proc/{server}").stat().st_uid != 0
        assert query(lease.places, "SELECT 1") == [(1,)]
    finally:
        lease.leave()
        subprocess.run(["rm", "-rf", str(lease.places.sockets), str(lease.places.foreign_home)], check=True)  # noqa: S603, S607  # what this test made
