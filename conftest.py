"""Fixtures of the whole suite."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Close the wake-up connection before the test database is dropped."""
    yield
    from apps.events import wakeup

    wakeup.close()
