"""Each patch here breaks one rule of the backbone in a copy of the project; the test it names must then fail.

A patch begins with why the rule exists and a line `Test: path::name`. One that no longer applies is a failure
too: the code it guards has moved.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.checkouts import server_url

ROOT = Path(settings.BASE_DIR)
PATCHES = sorted(Path(__file__).parent.glob("*.patch"))
A_TEST_WITH_A_DATABASE = "apps/games/tests/test_reference.py::test_the_games_are_there_with_their_ids"
COPIED = ("apps", "config", "conftest.py", "manage.py", "pyproject.toml", "tests")
# Migrated already, so that a mutant need not wait for it; one that changes a migration starts from nothing.
TEMPLATE = "test_mutants_template"
# pytest's exit status when tests ran and some failed; any other means that the mutant was not judged.
TESTS_FAILED = 1


def guard_of(patch: Path) -> str:
    """Return the test that a patch names."""
    [test] = [line for line in patch.read_text().splitlines() if line.startswith("Test: ")]
    return test.removeprefix("Test: ")


def copy_of_the_project(target: Path, *, database: str) -> Path:
    """Copy what the tests need; the copy's test database has this name."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)
    with (target / "config" / "settings.py").open("a") as file:
        file.write(f'\nDATABASES["default"]["TEST"] = {{"NAME": "{database}"}}\n')
    return target


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a copy."""
    quietly = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *quietly, *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "DATABASE_URL": server_url()},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def server() -> Iterator[psycopg.Connection]:
    """A session beside the databases that are made and dropped here."""
    with psycopg.connect(server_url().replace("/deltacrown?", "/postgres?"), autocommit=True) as session:
        yield session


@pytest.fixture(scope="module")
def template(
    server: psycopg.Connection, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[str]:
    """A migrated database, to be copied."""
    name = f"{TEMPLATE}_{worker_id}"
    copy = copy_of_the_project(tmp_path_factory.mktemp("template"), database=name)
    made = run(copy, "--create-db", "--reuse-db", A_TEST_WITH_A_DATABASE)
    assert made.returncode == 0, made.stdout + made.stderr
    yield name
    server.execute(f"DROP DATABASE {name}")


@pytest.fixture
def database(patch: Path, server: psycopg.Connection, request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of a patch's own test database."""
    name = f"test_mutant_{patch.stem}"
    server.execute(f"DROP DATABASE IF EXISTS {name}")
    if not changes_a_migration(patch):
        server.execute(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('template')}")
    yield name
    server.execute(f"DROP DATABASE IF EXISTS {name}")


def changes_a_migration(patch: Path) -> bool:
    """Tell whether a patch needs a database of its own making."""
    return "/migrations/" in patch.read_text()


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_mutant(patch: Path, database: str, tmp_path: Path) -> None:
    copy = copy_of_the_project(tmp_path, database=database)
    applied = subprocess.run(
        ["git", "apply", str(patch)], cwd=copy, capture_output=True, text=True, check=False
    )
    assert applied.returncode == 0, f"{patch.name} no longer applies: {applied.stderr}"
    done = run(copy, "--reuse-db", guard_of(patch))
    assert done.returncode == TESTS_FAILED, (
        f"{guard_of(patch)} did not notice {patch.stem}:\n{done.stdout}{done.stderr}"
    )
