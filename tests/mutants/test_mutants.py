"""Each patch here breaks one rule of the backbone in a copy of the project; the test it names must then fail.

A patch begins with why the rule exists and a line `Test: path::name`. One that no longer applies is a failure
too: the code it guards has moved.
"""

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
COPIED = ("apps", "config", "conftest.py", "manage.py", "pyproject.toml", "tests")
# pytest's exit status when tests ran and some failed; any other means that the mutant was not judged.
TESTS_FAILED = 1


def guard_of(patch: Path) -> str:
    """Return the test that a patch names."""
    [test] = [line for line in patch.read_text().splitlines() if line.startswith("Test: ")]
    return test.removeprefix("Test: ")


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_mutant(patch: Path, tmp_path: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    applied = subprocess.run(
        ["git", "apply", str(patch)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert applied.returncode == 0, f"{patch.name} no longer applies: {applied.stderr}"
    with (tmp_path / "config" / "settings.py").open("a") as file:
        file.write(f'\nDATABASES["default"]["TEST"] = {{"NAME": "test_mutant_{patch.stem}"}}\n')
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:randomly",
            guard_of(patch),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "DATABASE_URL": server_url()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == TESTS_FAILED, (
        f"{guard_of(patch)} did not notice {patch.stem}:\n{run.stdout}{run.stderr}"
    )
