"""PostgreSQL and Valkey for a machine that has neither: for the demo, for development and for tests.

Everybody who needs the servers of a checkout holds a shared lock on one file (`join`). Whoever comes first starts a
keeper (`screening.keeper`), which starts both servers, restarts one that dies, and stops them when it can take the lock
for itself, that is, when the last user has left or was killed. The servers listen on Unix sockets in a directory that
only its owner may enter, and nowhere else.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import os
import pwd
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2

PATIENCE = 60.0  # seconds; a killed PostgreSQL replays its log and waits for its orphans first
PR_SET_PDEATHSIG = 1
ROOT = Path(__file__).resolve().parent.parent


class Unavailable(Exception):
    """The servers did not come up; the message says where to look."""


@dataclass(frozen=True)
class Addresses:
    database: str
    owner_database: str
    redis: str


@dataclass(frozen=True)
class Places:
    """Where the servers of one checkout keep their things."""

    base: Path

    @property
    def key(self) -> str:
        return f"screening-{os.getuid()}-{hashlib.sha256(str(self.base).encode()).hexdigest()[:12]}"

    @property
    def sockets(self) -> Path:
        """A short path, because a socket's may not exceed 107 bytes and a checkout may lie deep."""
        return Path(tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp") / self.key  # noqa: PLR2004, S108  # room for the names of the sockets; owner and mode are checked

    @property
    def home(self) -> Path:
        return self.base / "var" / "embedded"

    @property
    def ready(self) -> Path:
        """There while the keeper's servers are up."""
        return self.home / "ready"

    @property
    def foreign_home(self) -> Path:
        """For a PostgreSQL that runs as another user, who may be unable to enter the checkout."""
        return Path("/var/tmp") / self.key  # noqa: S108  # owner and mode are checked

    def prepare(self) -> None:
        for directory in (self.home, self.sockets):
            make_private(directory)


def another_user() -> pwd.struct_passwd:
    """As whom PostgreSQL runs when we are root."""
    users = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid != 0}
    for name in ("postgres", "daemon", "nobody", *users):
        if name in users:
            return users[name]
    raise Unavailable("PostgreSQL does not run as root, and this machine has no other user.")


def make_private(directory: Path) -> None:
    """Make a directory that only its owner may enter; refuse one that a stranger put there."""
    with contextlib.suppress(FileExistsError):
        directory.mkdir(mode=0o700, parents=True)
    ours = {os.getuid()} if os.getuid() else {0, another_user().pw_uid}
    if directory.is_symlink() or directory.lstat().st_uid not in ours:
        raise Unavailable(f"{directory} belongs to somebody else; remove it and try again.")
    directory.chmod(0o700)


def addresses(base: Path, name: str = "screening") -> Addresses:
    sockets = Places(base).sockets
    where = f"/{name}?host={quote(str(sockets))}"
    return Addresses(
        database=f"postgres://screening_app@{where}",
        owner_database=f"postgres://screening_owner@{where}",
        redis=f"unix://{sockets}/valkey.sock",
    )


def lock_file(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    fd = lock_file(path)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


class Lease:
    """Keeps the servers running until `leave`, or until this process ends in whatever way."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.fd: int | None = lock_file(places.home / "users.lock")
        fcntl.flock(self.fd, fcntl.LOCK_SH)

    def ensure(self) -> None:
        """Start the keeper where there is none, and wait until both servers answer."""
        until = time.monotonic() + PATIENCE
        while True:
            with locked(self.places.home / "start.lock"):
                if not keeper_alive(self.places):
                    start_keeper(self.places)
            while keeper_alive(self.places):
                if answering(self.places):
                    return
                if time.monotonic() > until:
                    raise Unavailable(f"PostgreSQL or Valkey did not start; see the logs in {self.places.home}.")
                time.sleep(0.1)
            if time.monotonic() > until:
                raise Unavailable(f"The servers' keeper does not stay; see {self.places.home / 'keeper.log'}.")
            time.sleep(0.5)

    def leave(self) -> None:
        """Let go; when nobody else uses the servers, return after they have stopped."""
        if self.fd is None:
            return
        os.close(self.fd)
        self.fd = None
        others_since: float | None = None
        until = time.monotonic() + PATIENCE
        while keeper_alive(self.places) and time.monotonic() < until:
            shared = self._could_share()
            others_since = (others_since or time.monotonic()) if shared else None
            if others_since and time.monotonic() - others_since > 2:  # noqa: PLR2004  # the keeper looks four times a second
                return
            time.sleep(0.1)

    def _could_share(self) -> bool:
        fd = lock_file(self.places.home / "users.lock")
        try:
            return try_lock(fd, fcntl.LOCK_SH)
        finally:
            os.close(fd)


def join(base: Path) -> Lease:
    places = Places(base)
    places.prepare()
    lease = Lease(places)
    lease.ensure()
    return lease


def keeper_alive(places: Places) -> bool:
    """A keeper holds its own lock from before it starts a server until after both have stopped."""
    fd = lock_file(places.home / "keeper.lock")
    try:
        return not try_lock(fd, fcntl.LOCK_SH)
    finally:
        os.close(fd)


def start_keeper(places: Places) -> None:
    places.ready.unlink(missing_ok=True)  # a killed keeper's servers still answer for a moment
    with (places.home / "keeper.log").open("ab") as log:
        subprocess.Popen(  # noqa: S603  # this very file
            [sys.executable, "-m", "screening.keeper", str(places.base)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=ROOT,
        )
    until = time.monotonic() + 10
    while not keeper_alive(places) and time.monotonic() < until:
        time.sleep(0.02)


def answering(places: Places) -> bool:
    return places.ready.exists() and valkey_answers(places) and postgres_answers(places)


def postgres_answers(places: Places) -> bool:
    try:
        connection = psycopg2.connect(host=str(places.sockets), user="screening_owner", dbname="screening")
    except psycopg2.OperationalError:
        return False
    connection.close()
    return True


def valkey_answers(places: Places) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(places.sockets / "valkey.sock"))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def die_with_parent(number: int) -> None:
    """In a child before exec: ask the kernel for a signal when its parent is killed, so nothing is left behind."""
    with contextlib.suppress(AttributeError):  # not on every system
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number))
