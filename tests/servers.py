"""Where the tests' own PostgreSQL and Valkey keep their things."""

import hashlib
import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")  # noqa: S108  # the folder made there is its owner's alone
ENOUGH = 4 * 2**30  # bytes: two processes with a database each, a filled one, and the log


def place() -> Path:
    """Apart from what a demo of this checkout keeps; in memory where there is room, unless it is the disk one measures.

    Hundreds of databases are made and dropped, of 1,600 files each, which some disks take seconds to delete.
    """
    on_disk = ROOT / "var" / "tests"
    if "SCREENING_ON_DISK" in os.environ or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH:
        return on_disk
    return MEMORY / f"screening-tests-{os.getuid()}-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]}"
