"""PostgreSQL and Valkey for a machine that has neither."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True)
class Addresses:
    database: str
    owner_database: str
    redis: str


def socket_directory(base: Path) -> Path:
    """A short path: a Unix socket's may not exceed 107 bytes, and a checkout may lie deep."""
    key = hashlib.sha256(str(base).encode()).hexdigest()[:12]
    return Path("/tmp") / f"screening-{os.getuid()}-{key}"  # noqa: S108  # made with mode 0700 and its owner checked


def addresses(base: Path, name: str = "screening") -> Addresses:
    sockets = socket_directory(base)
    host = quote(str(sockets), safe="")
    return Addresses(
        database=f"postgres://screening_app@{host}/{name}",
        owner_database=f"postgres://screening_owner@{host}/{name}",
        redis=f"unix://{sockets}/valkey.sock",
    )
