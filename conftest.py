"""What every test may use, and which tests run when."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.launcher.services import SERVICES, Absent

os.environ["TESTING"] = "1"  # for the processes that tests start
SLOW_SECONDS_MAX = 2 * 60 * 60


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the project's own options."""
    group = parser.getgroup("deltacrown")
    group.addoption("--slow", action="store_true", help="also run the tests marked slow")
    group.addoption("--shots", metavar="DIR", type=Path, help="make a picture of every page in DIR")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip slow tests unless asked for; keep in one worker what shares a browser or a scene."""
    skip = pytest.mark.skip(reason="slow; runs with --slow")
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(SLOW_SECONDS_MAX) if config.getoption("--slow") else skip)
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif item.get_closest_marker("xdist_group") is None and (scene := scene_of(item)):
            item.add_marker(pytest.mark.xdist_group(scene))


def scene_of(item: pytest.Item) -> str | None:
    """Return where a test's scene is set up once for several tests: its class, or its module."""
    assert isinstance(item, pytest.Function)
    if item.cls is not None:
        return f"{item.module.__name__}.{item.cls.__qualname__}"
    fixtures = [each[-1] for each in item._fixtureinfo.name2fixturedefs.values()]
    return item.module.__name__ if any(each.scope == "module" for each in fixtures) else None


@pytest.fixture(scope="session")
def require_service() -> Callable[[str], str]:
    """Return a function: where a service is, by its name; absent, the test is skipped (with CI it fails)."""

    def require(name: str) -> str:
        try:
            return SERVICES[name]()
        except Absent as absent:
            if os.environ.get("CI", "").lower() in ("1", "true"):
                pytest.fail(f"{name}: {absent}")
            pytest.skip(f"{name}: {absent}")

    return require


@pytest.fixture(scope="session")
def shots(pytestconfig: pytest.Config) -> Path | None:
    """Return the directory for pictures of pages, or None when none are wanted."""
    directory: Path | None = pytestconfig.getoption("--shots")
    if directory:
        directory.mkdir(parents=True, exist_ok=True)
    return directory


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Leave nothing in the cache for the next test."""
    yield
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Close the wake-up connection before the test database is dropped."""
    yield
    from apps.events import wakeup

    wakeup.close()
