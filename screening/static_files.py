"""Where static files are found: our own, what the apps need, and single files of the front-end packages."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder, BaseFinder
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.checks import CheckMessage, Error
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from screening.stylesheets import trimmed, words_of

# Pages that are never shown, and variants of files that no page loads.
NOT_NEEDED = ["*.map", "*-4.js", "*-4.min.js", "htmx-2.js", "ext", "rest_framework", "select2", "gis"]

# Where a class that a page uses can be named.
NAMES_OF_CLASSES = [
    ("templates", "*.html"),
    ("static", "*.js"),
    ("screening", "*.py"),
    ("rubrics", "*.py"),
    ("candidates", "*.py"),
]


class NeededAppFilesFinder(AppDirectoriesFinder):
    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        yield from super().list([*(ignore_patterns or ()), *NOT_NEEDED])


class NodeModulesFinder(BaseFinder):
    """Serves the files that settings.NODE_FILES names from node_modules, without copying them into the repository."""

    def check(self, **_options: Any) -> list[CheckMessage]:
        missing = [name for name in settings.NODE_FILES.values() if not (settings.NODE_MODULES / name).is_file()]
        if not settings.NODE_MODULES.is_dir() or not missing:
            return []
        return [Error(f"Missing in node_modules: {', '.join(missing)}", hint="Run `make setup`.", id="screening.E001")]

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:  # noqa: FBT001, FBT002  # Django's
        name = settings.NODE_FILES.get(path)
        found = str(settings.NODE_MODULES / name) if name and (settings.NODE_MODULES / name).is_file() else None
        if find_all:
            return [found] if found else []
        return found

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for path, name in settings.NODE_FILES.items():
            storage = TrimmedStyles if path.endswith(".css") else OneFileStorage
            yield path, storage(settings.NODE_MODULES / name)


class OneFileStorage(FileSystemStorage):
    """A storage in which every name is the one file."""

    def __init__(self, file: Path) -> None:
        super().__init__(location=str(file.parent))
        self.file = file
        self.prefix = ""  # collectstatic puts it before the name; the name is complete

    def path(self, name: str) -> str:  # noqa: ARG002  # every name is the one file
        return str(self.file)


class TrimmedStyles(OneFileStorage):
    """A framework's style sheet without what none of our pages can use."""

    def _open(self, _name: str, _mode: str = "rb") -> File[bytes]:
        sources = (path for name, kind in NAMES_OF_CLASSES for path in (settings.BASE_DIR / name).rglob(kind))
        ours = "".join(path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / "static").rglob("*.css"))
        css = trimmed(self.file.read_text(encoding="utf-8"), words=words_of(sources), beside=ours)
        return ContentFile(css.encode())


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise's base has no types
    """Names by content, also where modules import each other. Source maps are not collected, so they keep theirs."""

    patterns = (("*.css", HashedFilesMixin.patterns[0][1][:2]),)  # url(…) and @import
    support_js_module_import_aggregation = True
