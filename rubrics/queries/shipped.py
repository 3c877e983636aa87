"""The rubrics that come with the program, as files to load."""

from functools import cache
from pathlib import Path

from rubrics import spec

FOLDER = Path(__file__).resolve().parent.parent / "shipped"


def shipped_names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def shipped_rubric(name: str) -> spec.RubricSpec:
    return spec.read(shipped_text(name))


@cache
def shipped_title(name: str) -> str:
    return shipped_rubric(name).title


def shipped_text(name: str) -> str:
    """Raises FileNotFoundError for anything but the name of a shipped rubric."""
    if name not in shipped_names():
        raise FileNotFoundError(name)
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
