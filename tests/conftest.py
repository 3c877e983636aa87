import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker
from redis import Redis

from tests import databases, processes
from tests.abridged import UNABRIDGED

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LONGEST = (  # unabridged a test of theirs takes a minute to four
    "e2e/test_pages.py",
    "services/test_scorecard_states.py",
    "tests/test_canaries.py",
    "gates/test_applications.py",
    "tests/test_queries.py",
    "tests/test_api.py",
)
gc.set_threshold(100_000, 20, 100)  # looking for cycles as often as usual takes a tenth of the time
HOW_TO_GET_CHROMIUM = "browser tests need Chromium: `apt-get install chromium`, or set CHROMIUM to the path of one"


def chromium() -> str | None:
    return os.environ.get("CHROMIUM") or next((path for name in CHROMIUM if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no process is left alone with it when the others have nothing to do."""
    items.sort(key=_order)
    for item in items:
        if item.get_closest_marker("unabridged") and not UNABRIDGED:
            item.add_marker(pytest.mark.skip(reason="runs in `make check`"))
        if "page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def _order(item: pytest.Item) -> tuple[int, bool]:
    path = item.path.as_posix()
    place = next((place for place, name in enumerate(LONGEST) if path.endswith(name)), len(LONGEST))
    return place, item.path.parent.name not in {"e2e", "tests"}


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and chromium() is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(HOW_TO_GET_CHROMIUM)
        pytest.skip(HOW_TO_GET_CHROMIUM)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": chromium(),
        # Chromium's sandbox refuses to be root's
        "args": ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.getuid() == 0 else [])],
    }


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    with databases.served():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, servers: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One clone of the template for this process; tests in it run inside transactions, as the application's role."""
    with django_db_blocker.unblock():
        databases.drop_what_killed_runs_left()
        with databases.cloned():
            yield


@pytest.fixture
def committed_db(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A clone for one test that really commits, or is read by other processes."""
    assert "db" not in request.fixturenames, "a test uses either `db` or `committed_db`"
    with django_db_blocker.unblock(), databases.cloned() as name:
        yield name


@pytest.fixture
def site(committed_db: str) -> Iterator[str]:
    """The address of the running site, on the test's own committed database."""
    with processes.serving() as address:
        yield address


@pytest.fixture
def worker(committed_db: str, tmp_path: Path) -> Iterator[None]:
    """A real Celery worker on the test's own committed database."""
    with processes.working(log=tmp_path / "worker.log"):
        yield


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if not {"django_db_setup", "servers"} & set(request.fixturenames):
        return
    with Redis.from_url(settings.REDIS_URL) as broker:
        keys = list(broker.scan_iter(match=f"*{settings.REDIS_PREFIX}:*", count=1000))
        if keys:
            broker.delete(*keys)
