import pytest


@pytest.fixture(scope="session")
def waits_for_disk() -> bool:
    """As in production, for whoever is measured."""
    return True
