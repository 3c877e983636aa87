"""`make demo`: everything a populated installation needs, in the foreground, until Ctrl-C.

This process starts the servers (see `embedded`), prepares the database and the static files, then runs web, a worker
for each queue and beat, and starts again whichever of them ends. Each child asks the kernel to be told when this
process is killed; what still survives is found by its environment at the next start.
"""

import contextlib
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from screening import embedded

BASE = Path(__file__).resolve().parent.parent
VAR = BASE / "var"
MARK = "SCREENING_DEMO_OF"
READY_SECONDS = 90.0
STOP_SECONDS = 12.0


class Stopped(Exception):
    """Somebody pressed Ctrl-C or asked politely."""


@dataclass
class Child:
    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.5
    not_before: float = field(default=0.0)

    def start(self) -> None:
        with (VAR / "log" / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own commands
                self.command,
                cwd=BASE,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches only this process, which stops its children in order
                preexec_fn=lambda: embedded.die_with_parent(signal.SIGTERM),  # noqa: PLW1509  # one thread
            )
        self.started = time.monotonic()

    def look_after(self) -> None:
        """Start again what has ended; ever more slowly when it ends at once."""
        now = time.monotonic()
        if self.process is None or self.process.poll() is None:
            return
        if not self.not_before:
            self.pause = 0.5 if now - self.started > 30 else min(self.pause * 2, 30)  # noqa: PLR2004  # seconds
            self.not_before = now + self.pause
            say(f"{self.name} ended ({self.process.returncode}); starting it again. See var/log/{self.name}.log")
        if now >= self.not_before:
            self.not_before = 0.0
            self.start()

    def signal(self, number: int) -> None:
        """To the whole session, because a killed parent leaves its own children behind."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                if number == signal.SIGKILL:
                    os.killpg(self.process.pid, number)
                else:
                    self.process.send_signal(number)


def say(words: str) -> None:
    print(words, flush=True)


def port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:  # noqa: PLR2004  # the ports there are
        sys.exit(f"PORT must be a number between 1 and 65535, not {text!r}.")
    return int(text)


def wait_for_port(number: int) -> None:
    until = time.monotonic() + 10
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                if time.monotonic() > until:
                    sys.exit(f"Port {number} is in use. Choose another: PORT=8001 make demo")
                time.sleep(0.3)
            else:
                return


def only_one() -> int:
    """One demo per checkout: two would fight over its data."""
    VAR.mkdir(mode=0o700, exist_ok=True)
    (VAR / "log").mkdir(exist_ok=True)
    lock = os.open(VAR / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("The demo of this folder is running already; its address is in var/demo.json.")
    return lock


def secrets_of_demo() -> dict[str, str]:
    """Made once, so that sessions and passwords outlive a restart."""
    path = VAR / "demo-secrets.json"
    if not path.exists():
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps({"key": secrets.token_urlsafe(50), "password": secrets.token_urlsafe(12)}))
        new.rename(path)
    found: dict[str, str] = json.loads(path.read_text())
    return found


def environment(url: str, kept: dict[str, str]) -> dict[str, str]:
    here = embedded.addresses(BASE)
    own = os.environ.get("DATABASE_URL")
    defaults = {
        "DATABASE_URL": here.database,
        "DATABASE_OWNER_URL": own or here.owner_database,
        "REDIS_URL": here.redis,
        "REDIS_PREFIX": "demo",
        "SECRET_KEY": kept["key"],
        "EMAIL_URL": "dummymail://",
        "DEFAULT_FROM_EMAIL": "screening@example.com",
        "MEDIA_ROOT": str(VAR / "files"),
    }
    fixed = {
        "DEBUG": "0",
        "DEMO": "1",
        "DEMO_PASSWORD": kept["password"],
        "SCREENING_URL": url,
        "DJANGO_SETTINGS_MODULE": "screening.settings",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
        MARK: str(BASE),
    }
    return defaults | dict(os.environ) | fixed


def end_leftovers() -> None:
    """Kill what an earlier demo of this folder left when it was killed itself."""
    mark = f"{MARK}={BASE}".encode()
    for _ in range(50):
        pids = [int(path.name) for path in Path("/proc").glob("[0-9]*") if mark in environment_of(path)]
        if not pids:
            return
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)


def environment_of(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def worker_of(queue: str) -> list[str]:
    alone = ["--concurrency", "1", "--without-gossip", "--without-mingle"]
    return ["--queues", queue, "--hostname", f"{queue}@%h", *alone]


def children(number: int, settings: dict[str, str]) -> list[Child]:
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "screening"]
    web = ["gunicorn", "screening.wsgi", "--bind", f"127.0.0.1:{number}", "--workers", "2", "--worker-class", "gthread"]
    return [
        Child("web", [python, "-m", *web, "--threads", "4", "--preload", "--no-control-socket"], settings),
        *(Child(f"worker-{queue}", [*celery, "worker", *worker_of(queue)], settings) for queue in ("short", "long")),
        Child("beat", [*celery, "beat", "--pidfile", ""], settings),
    ]


def prepare(settings: dict[str, str]) -> list[dict[str, str]]:
    """Migrate, collect static files, seed an empty database; returns a log-in for each part."""
    with (VAR / "log" / "prepare.log").open("wb") as log:
        done = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "manage.py", "prepare_demo", "--logins", str(VAR / "demo-logins.json")],
            cwd=BASE,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
            preexec_fn=lambda: embedded.die_with_parent(signal.SIGTERM),  # one thread
        )
    if done.returncode:
        sys.exit((VAR / "log" / "prepare.log").read_text()[-3000:] + "\nThe demo could not be prepared.")
    logins: list[dict[str, str]] = json.loads((VAR / "demo-logins.json").read_text())
    return logins


def is_ready(url: str) -> bool:
    """Whether every part answers; that work has waited while nothing ran is no reason to wait for it."""
    try:
        answer = urllib.request.urlopen(f"{url}/healthz", timeout=5)  # noqa: S310  # our own address
    except urllib.error.HTTPError as refused:
        answer = refused
    except OSError:
        return False
    with answer:
        told = json.load(answer)
    return all(well for part, well in told.items() if not part.endswith("_in_time"))


def wait_until_ready(url: str, running: list[Child]) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if is_ready(url):
            return
        for child in running:
            child.look_after()
        time.sleep(0.2)
    raise Stopped("The demo did not become ready; see var/log/.")


def announce(url: str, logins: list[dict[str, str]]) -> None:
    new = VAR / "demo.json.new"
    new.touch(mode=0o600)
    new.write_text(json.dumps({"url": url, "logins": logins}, indent=2) + "\n")
    new.rename(VAR / "demo.json")
    say(f"\nScreening is running at {url}\n")
    for login in logins:
        say(f"  {login['part']:<16} {login['email']:<36} {login['password']}")
    say("\nThe same is in var/demo.json. Stop with Ctrl-C.")


def stop(running: list[Child]) -> None:
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0)):
        until = time.monotonic() + seconds
        for child in running:
            child.signal(number)
        while time.monotonic() < until and any(child.process and child.process.poll() is None for child in running):
            time.sleep(0.05)


@contextlib.contextmanager
def servers() -> Iterator[Callable[[], None]]:
    """Those of the environment, or this folder's own; yields what brings them back should they be killed."""
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield lambda: None
        return
    lease = embedded.join(BASE)
    try:
        yield lambda: None if embedded.keeper_alive(lease.places) else lease.ensure()
    finally:
        lease.leave()


@contextlib.contextmanager
def running(commands: list[Child]) -> Iterator[None]:
    try:
        for child in commands:
            child.start()
        yield
    finally:
        on_signals(signal.SIG_IGN)
        stop(commands)
        end_leftovers()


def on_signals(action: Callable[..., None] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, action)


def raise_stopped(*_args: object) -> None:
    raise Stopped


def serve(number: int) -> None:
    url = f"http://127.0.0.1:{number}"
    settings = environment(url, secrets_of_demo())
    commands = children(number, settings)
    with servers() as bring_back:
        logins = prepare(settings)
        with running(commands):
            wait_until_ready(url, commands)
            announce(url, logins)
            while True:
                time.sleep(0.5)
                bring_back()
                for child in commands:
                    child.look_after()


def main() -> None:
    number = port()
    lock = only_one()
    on_signals(raise_stopped)
    if "MAKELEVEL" in os.environ:  # a killed make leaves nothing; a script that started us may end before us
        embedded.die_with_parent(signal.SIGTERM)
    try:
        end_leftovers()
        wait_for_port(number)
        say("Starting …")
        serve(number)
    except Stopped as reason:
        say(f"Stopped. {reason}")
    finally:
        os.close(lock)


if __name__ == "__main__":
    main()
