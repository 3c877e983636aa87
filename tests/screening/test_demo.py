"""`make demo`: what its supervisor does with its children, and the whole of it once in a folder of its own."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from screening import demo, embedded
from screening.embedded import Places

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
READY_SECONDS = 180


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(demo, "VAR", tmp_path)
    monkeypatch.setattr(demo, "BASE", tmp_path)
    (tmp_path / "log").mkdir()
    return tmp_path


def child(*command: str) -> demo.Child:
    return demo.Child("sleeper", list(command or SLEEPER), {"PATH": os.environ["PATH"], demo.MARK: str(demo.BASE)})


def test_a_child_that_ended_is_started_again(var: Path) -> None:
    sleeper = child()
    sleeper.start()
    assert sleeper.process is not None
    first = sleeper.process
    first.kill()
    first.wait()
    until = time.monotonic() + 10
    while sleeper.process is first and time.monotonic() < until:
        sleeper.look_after()
        time.sleep(0.05)
    assert sleeper.process is not first
    assert sleeper.process.poll() is None
    demo.stop([sleeper])
    assert sleeper.process.returncode == -signal.SIGTERM


def test_what_a_killed_supervisor_left_is_found_and_ended(var: Path) -> None:
    left = child()
    left.start()
    stranger = subprocess.Popen(SLEEPER)  # noqa: S603  # a process that is not the demo's
    demo.end_leftovers()
    assert left.process is not None
    assert left.process.wait(5) == -signal.SIGKILL
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_secrets_outlive_a_restart_and_are_nobody_elses(var: Path) -> None:
    assert demo.secrets_of_demo() == demo.secrets_of_demo()
    assert (var / "demo-secrets.json").stat().st_mode & 0o777 == 0o600


def test_only_one_demo_runs_in_a_folder(var: Path) -> None:
    lock = demo.only_one()
    with pytest.raises(SystemExit, match="is running already"):
        demo.only_one()
    os.close(lock)


@pytest.mark.parametrize("value", ["http", "0", "70000", ""])
def test_a_bad_port_is_refused_in_words(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(SystemExit, match="PORT must be a number"):
        demo.port()


# --- the whole of it --------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """The files of this checkout in a folder that only its owner may enter, with the installed packages."""
    tmp_path.chmod(0o700)
    target = tmp_path / "copy"
    left_out = shutil.ignore_patterns(".venv", "node_modules", "var", ".git", "*.pyc", ".*_cache")
    shutil.copytree(embedded.ROOT, target, ignore=left_out)
    for name in (".venv", "node_modules"):
        (target / name).symlink_to(embedded.ROOT / name)
    yield target
    for process in processes_in(target):
        os.kill(process, signal.SIGKILL)
    for path in (Places(target).sockets, Places(target).foreign_home):
        shutil.rmtree(path, ignore_errors=True)


def processes_in(folder: Path) -> list[int]:
    """Whatever runs in the folder, was started there, or keeps its data there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (
                (process / "cmdline").read_text()
                + (process / "environ").read_text()
                + str((process / "cwd").readlink())
            )
            if str(folder) in words and int(process.name) != os.getpid():
                found.append(int(process.name))
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(copy: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(copy.parent), "PORT": str(port)}
    started = subprocess.Popen([copy / ".venv/bin/python", "-m", "screening.demo"], cwd=copy, env=environment)  # noqa: S603  # ourselves
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and started.poll() is None and not healthy(port):
        time.sleep(0.2)
    assert healthy(port)
    return started


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.unabridged
def test_it_serves_survives_a_massacre_and_leaves_nothing(copy: Path) -> None:
    port = free_port()
    start(copy, port)
    for process in processes_in(copy):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    again = start(copy, port)
    until = time.monotonic() + 30
    while not (copy / "var/demo.json").exists() and time.monotonic() < until:
        time.sleep(0.1)
    told = json.loads((copy / "var/demo.json").read_text())
    assert told["url"] == f"http://127.0.0.1:{port}"
    assert {login["part"] for login in told["logins"]} == {
        "administrator",
        "recruiter",
        "hiring_manager",
        "client_reviewer",
    }
    again.send_signal(signal.SIGINT)
    assert again.wait(40) == 0
    assert processes_in(copy) == []
