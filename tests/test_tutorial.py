"""The tutorial, as a reader follows it: its files are written and its commands run, in a clean clone."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from apps.events.testing import database_url
from tests.checkouts import CHECKOUT, copy_checkout, dev, eventually, lend_environment, surroundings

BLOCK = re.compile(r"^```(sh|python|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WORKER = "./dev manage worker\n"


@dataclass
class Step:
    """A block of the tutorial, and what the block after it says that it prints."""

    language: str
    code: str
    expected: str = ""


def steps() -> list[Step]:
    """Return the blocks in the order of the text."""
    found: list[Step] = []
    for language, code in BLOCK.findall((CHECKOUT / "docs" / "tutorial.md").read_text()):
        if language == "text":
            found[-1].expected = code
        else:
            found.append(Step(language, code))
    return found


@pytest.fixture
def clone() -> Iterator[Path]:
    """Return a clean clone, on the test's own database."""
    home = copy_checkout(Path(tempfile.mkdtemp(prefix="deltacrown-tutorial-")))
    lend_environment(home)
    yield home
    if (home / "apps" / "kudos").exists():
        dev(home, "manage", "migrate", "kudos", "zero", DATABASE_URL=database_url())
    shutil.rmtree(home)


@pytest.mark.django_db(transaction=True)
def test_the_tutorial(clone: Path) -> None:
    environment = surroundings(DATABASE_URL=database_url())
    worker: subprocess.Popen[str] | None = None

    def run(code: str) -> str:
        done = subprocess.run(
            ["sh", "-euc", code], cwd=clone, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{code}{done.stdout}{done.stderr}"
        return done.stdout

    try:
        for step in steps():
            if step.language == "python":
                path, _, text = step.code.removeprefix("# ").partition("\n")
                (clone / path).write_text(text)
            elif step.code == WORKER:
                worker = subprocess.Popen([clone / "dev", "manage", "worker"], cwd=clone, env=environment)
            elif worker is None:
                assert run(step.code).endswith(step.expected)
            else:
                eventually(lambda step=step: run(step.code).endswith(step.expected))
        assert worker is not None
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=30) == 0
    finally:
        if worker is not None and worker.poll() is None:
            worker.kill()
            worker.wait()
