"""Each patch here breaks one rule of the backbone in a copy of the project; the test it names must then fail.

A patch begins with why the rule exists and a line `Test: path::name`. One that no longer applies is a failure
too: the code it guards has moved.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.checkouts import server_url

ROOT = Path(settings.BASE_DIR)
PATCHES = sorted(Path(__file__).parent.glob("*.patch"))
COPIED = ("apps", "config", "conftest.py", "manage.py", "pyproject.toml", "requirements", "tests")
# What a mutant that changes a migration begins with; the others copy what is migrated already.
NOTHING = "template1"
# pytest's exit status when tests ran and some failed; any other means that the mutant was not judged.
TESTS_FAILED = 1
TEST_DATABASE = "MUTANT_TEST_DATABASE"
SETTINGS = f"""
import json, os
DATABASES["default"]["TEST"] = json.loads(os.environ["{TEST_DATABASE}"])
"""


def guard_of(patch: Path) -> str:
    """Return the test that a patch names."""
    [test] = [line for line in patch.read_text().splitlines() if line.startswith("Test: ")]
    return test.removeprefix("Test: ")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what the tests need, once: most of it need not be compiled again for each mutant."""
    target = tmp_path_factory.mktemp("mutants")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)
    with (target / "config" / "settings.py").open("a") as file:
        file.write(SETTINGS)
    return target


def apply(patch: Path, copy: Path, *options: str) -> None:
    """Patch the copy."""
    done = subprocess.run(
        ["git", "apply", *options, str(patch)], cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{patch.name} no longer applies: {done.stderr}"


def run(copy: Path, test: str, test_database: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a test in the copy."""
    own = {"PYTHONPATH": str(copy), "DATABASE_URL": server_url(), TEST_DATABASE: json.dumps(test_database)}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", test],
        cwd=copy,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
    )


def changes_a_migration(patch: Path) -> bool:
    """Tell whether a patch needs a database of its own making."""
    return "/migrations/" in patch.read_text()


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_mutant(patch: Path, copy: Path) -> None:
    test_database = {"NAME": f"test_mutant_{patch.stem}"}
    if changes_a_migration(patch):
        test_database["TEMPLATE"] = NOTHING
    apply(patch, copy)
    try:
        done = run(copy, guard_of(patch), test_database)
    finally:
        apply(patch, copy, "--reverse")
    assert done.returncode == TESTS_FAILED, (
        f"{guard_of(patch)} did not notice {patch.stem}:\n{done.stdout}{done.stderr}"
    )
