"""A hundred thousand people brought in beside as many who are here, and taken out again: `pytest -n0 -s tests/bench/bench_import.py`.

Printed, never asserted: seconds and the most memory of each step, which runs in a process of its own as in a worker.
SCREENING_BENCH_CANDIDATES sets how many people there are (100,000).
"""

import csv
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import django
from django.conf import settings

PEOPLE = int(os.environ.get("SCREENING_BENCH_CANDIDATES", "100000"))
GIVEN = "Nok Somchai Anong Kittisak Ploy Wanida Arthit Malee Chidi Ngozi Emeka Lena Jonas Katrin Ingrid Yuki Haruto Mei"
SYLLABLES = "ka ri wat song mai tan pra sut na lert bun phon chai kul sak wong ad eb ok un mann berg son ova ski dal"
BOUNDS = {"check and run": (180, 300), "csv": (40, 150), "xlsx": (40, 150)}
HEADER = ["Name", "E-mail", "Phone", "Location", "Headline", "Tags", "Your reference"]


def person(number: int) -> tuple[str, str, str]:
    """Name, e-mail and phone; the same for the same number."""
    chance = random.Random(number)  # noqa: S311  # nothing secret
    given, syllables = GIVEN.split(), SYLLABLES.split()
    family = "".join(chance.choices(syllables, k=chance.randint(2, 4))).capitalize()
    middle = "".join(chance.choices(syllables, k=2)).capitalize()
    return f"{chance.choice(given)} {middle} {family}", f"p{number}@example.org", f"+66 {number + 10**8}"


def write_file(path: Path) -> None:
    """A tenth are here by e-mail, another by phone, a tenth of the names differ by a letter from somebody's here."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for row in range(PEOPLE):
            name, email, phone = person(row + PEOPLE * 7 // 10)
            email = email if row < PEOPLE // 10 else f"new{row}@example.org"
            phone = phone if row < PEOPLE // 5 else f"+49 {row + 10**8}"
            name = name if row < PEOPLE // 5 else f"{name}a"
            writer.writerow([name, email, phone, "Bangkok", "Machine learning engineer", "ml; python", f"N-{row}"])


def step(name: str, path: str) -> None:
    """One step in this process, with its figures on one line."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from tests.bench import import_steps  # noqa: PLC0415  # needs the settings

    started = time.perf_counter()
    words = getattr(import_steps, name)(Path(path))
    most = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
    print(f"{name:6} {time.perf_counter() - started:7.1f} s  {most:5.0f} MB  {words}", flush=True)


def test_import_and_export(committed_db: str, tmp_path: Path) -> None:
    from tests.processes import environment  # noqa: PLC0415  # the steps' processes do without pytest

    path = tmp_path / "people.csv"
    write_file(path)
    print(f"\n{PEOPLE:,} people here, {PEOPLE:,} rows, {path.stat().st_size // 1_000_000} MB; bounds {BOUNDS}")
    for name in ("fill", "start", "check", "run", "csv", "xlsx"):
        subprocess.run(  # noqa: S603  # our own module
            [sys.executable, "-m", "tests.bench.bench_import", name, str(path)],
            cwd=settings.BASE_DIR,
            env=environment(),
            check=True,
        )


if __name__ == "__main__":
    step(*sys.argv[1:])
