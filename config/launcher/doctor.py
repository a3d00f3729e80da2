"""`./dev doctor`: what was found on this machine and what is missing. Installs and starts nothing."""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterator

from config.launcher.talk import CHECKOUT, Problem

FREE_BYTES_MIN = 1_000_000_000  # packages, database and the tests' databases


def findings() -> Iterator[tuple[str, bool, str]]:
    """Yield a name, whether it will do, and what was found."""
    yield "system", True, f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    pythons = [line.split(" ", 1) for line in os.environ.get("DELTACROWN_PYTHONS", "").splitlines()]
    for version, path in pythons:
        enough = tuple(int(part) for part in version.split(".")[:2]) >= (3, 12)
        yield "python", True, f"{version} {path}{'' if enough else ' (too old, not used)'}"
    installed = importlib.util.find_spec("django") is not None
    yield ".venv", installed, sys.prefix if installed else "missing; any other word of ./dev makes it"
    tools = [name for name in ("ruff", "mypy", "pytest") if importlib.util.find_spec(name)]
    yield "test tools", True, ", ".join(tools) or "not installed yet; ./dev test installs them"
    free = shutil.disk_usage(CHECKOUT).free
    yield "disk", free >= FREE_BYTES_MIN, f"{free / 1e9:.1f} GB free"
    yield from services(installed)


def services(installed: bool) -> Iterator[tuple[str, bool, str]]:
    """Yield what the site and its tests stand on."""
    from config.embedded.resolver import NoPostgres, find_binaries

    if os.environ.get("DATABASE_URL"):
        yield "database", *reached()
    else:
        try:
            binaries = find_binaries()
            yield "database", True, f"embedded PostgreSQL {binaries.version} ({binaries.source})"
        except NoPostgres as error:
            yield "database", not installed, str(error) if installed else "comes with .venv"
    if not installed:
        return
    from config.launcher.services import SERVICES, Absent

    for name, find in SERVICES.items():
        try:
            yield name, True, find()
        except Absent as absent:
            yield name, False, f"{absent}; the tests that need it are skipped"


def reached() -> tuple[bool, str]:
    """Return whether DATABASE_URL answers, and which server does."""
    from config.launcher.services import database
    from config.launcher.talk import Problem

    try:
        return True, database()
    except Problem as problem:
        return False, str(problem)


def production() -> int:
    """Print what a production environment lacks; return 1 when that is anything."""
    if importlib.util.find_spec("django") is None:
        raise Problem("The packages are not installed: `./dev manage version` makes .venv.")
    from config.launcher import production as environment

    text, status = environment.report()
    sys.stdout.write(text)
    return status


def main(arguments: list[str]) -> int:
    """Print the findings; return 1 when the site cannot run here, or is not fit for production."""
    parser = argparse.ArgumentParser(prog="./dev doctor")
    parser.add_argument("--production", action="store_true", help="what a production environment lacks")
    if parser.parse_args(arguments).production:
        return production()
    needed = {"python", "database"}
    status = 0
    for name, good, told in findings():
        sys.stdout.write(f"{'ok  ' if good else 'MISS'}  {name:<11}{told}\n")
        status |= int(name in needed and not good)
    return status
