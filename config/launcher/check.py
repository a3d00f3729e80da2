"""`./dev check`: one list of named steps, the same on a laptop and in CI."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config.launcher.talk import CHECKOUT, Problem

BIN = Path(sys.executable).parent
PYTHON = str(BIN / "python")

STEPS: dict[str, list[str]] = {
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", ".", "dev"],
    "lint": [str(BIN / "ruff"), "check", "--quiet", "--output-format", "concise", "."],
    "types": [str(BIN / "mypy"), "--no-error-summary", "apps", "config", "manage.py"],
    "imports": [str(BIN / "lint-imports"), "--no-logo"],
    "house": [PYTHON, "-m", "tests.house_rules"],
    "settings": [PYTHON, "-m", "config.settings_table", "--check", "docs/settings.md"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "openapi": [PYTHON, "-m", "config.openapi", "--check", "docs/openapi.json"],
    "events": [PYTHON, "manage.py", "events", "catalog", "--check"],
}


def main(arguments: list[str]) -> int:
    """Run the named steps, or all; return 1 when one fails."""
    unknown = set(arguments) - set(STEPS)
    if unknown:
        raise Problem(f"No such step: {', '.join(sorted(unknown))}. The steps are {', '.join(STEPS)}.")
    names = arguments or list(STEPS)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        failed = [name for name, good in zip(names, pool.map(step, names), strict=True) if not good]
    tell(f"{len(names) - len(failed)} of {len(names)} steps passed")
    if failed:
        tell(f"failed: {', '.join(failed)}")
    return int(bool(failed))


def step(name: str) -> bool:
    """Run one step and print its line, with everything it said when it failed."""
    began = time.monotonic()
    done = subprocess.run(
        STEPS[name], cwd=CHECKOUT, env={**os.environ, "TESTING": "1"}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    good = done.returncode == 0
    line = f"{name:<12}{'ok' if good else 'FAILED':<8}{time.monotonic() - began:5.1f} s"
    tell(line if good else f"{line}\n{done.stdout.rstrip()}")
    return good


def tell(text: str) -> None:
    """Write to stdout what the check found."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
