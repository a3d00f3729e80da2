"""What every test may use, and which tests run when."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from config.launcher.services import SERVICES, Absent

if TYPE_CHECKING:
    from tests.databases import Template

os.environ["TESTING"] = "1"  # for the processes that tests start
SLOW_SECONDS_MAX = 2 * 60 * 60
# Files whose tests share what takes long to make; those of a class share it everywhere.
SCENES = {
    "apps/tournaments/tests/test_season.py",
    "tests/test_api_clients.py",
    "tests/test_catalogue.py",
    "tests/test_launcher_database.py",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the project's own options."""
    group = parser.getgroup("deltacrown")
    group.addoption("--slow", action="store_true", help="also run the tests marked slow")
    group.addoption("--shots", metavar="DIR", type=Path, help="make a picture of every page in DIR")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip slow tests unless asked for."""
    skip = pytest.mark.skip(reason="slow; runs with --slow")
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(SLOW_SECONDS_MAX) if config.getoption("--slow") else skip)


class Scenes(LoadScopeScheduling):
    """Shares tests among workers one by one, but those of one scene together: it is set up once.

    xdist's own groups do nothing here: it marks them in the names of tests, which pytest 9 keeps as they are.
    """

    def _split_scope(self, nodeid: str) -> str:
        path, *names = nodeid.split("::")
        name, _, _ = names[0].partition("[")
        if path in SCENES:
            return path
        return nodeid if name.startswith("test_") else f"{path}::{name}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scenes:
    """Share tests by their scenes."""
    return Scenes(config, log)


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
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_blocker: Any,
) -> Template | None:
    """Let the test database be a copy of the template, unless it is there or settings name another."""
    from django.db import connection

    from tests.databases import Template, exists

    test = connection.settings_dict["TEST"]
    with django_db_blocker.unblock():
        kept = django_db_keepdb and not django_db_createdb
        if test.get("TEMPLATE") or (kept and exists(connection.creation._get_test_db_name())):
            return None
        template = Template()
        test["TEMPLATE"] = template.hold()
    return template


@pytest.fixture(scope="session")
def django_db_setup(django_db_modify_db_settings: Template | None, django_db_setup: None) -> Iterator[None]:
    """Let the template go, clean up quickly, and close the wake-up before the test database is dropped."""
    from tests import flushing

    if django_db_modify_db_settings:
        django_db_modify_db_settings.let_go()
    flushing.install()
    yield
    from apps.events import wakeup

    wakeup.close()
