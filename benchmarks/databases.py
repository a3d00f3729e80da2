"""The benchmark's databases, made and dropped by processes of their own: `python -m benchmarks.databases`.

Each is a copy of one without players, which is migrated once and kept for as long as the migrations stand.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

VARIABLE = "BENCH_DATABASE"
EMPTY = "deltacrown_bench_empty_"
CHECKOUT = Path(__file__).resolve().parent.parent


def current() -> str:
    """Return the name of the database that this process works on."""
    return os.environ.get(VARIABLE, "deltacrown_bench")


def environment(name: str) -> dict[str, str]:
    """Return the environment of a process that works on a database."""
    env = {key: value for key, value in os.environ.items() if key not in ("TESTING", "REDIS_URL")}
    return env | {VARIABLE: name, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}


def use(name: str) -> None:
    """Let this process work on a database, whatever it worked on before."""
    os.environ.update(environment(name))
    import django

    django.setup()
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def close() -> None:
    """Close this process's connections, so that the database can be dropped."""
    from django.db import connection

    from apps.events import wakeup

    wakeup.close()
    connection.close()


def fill(name: str, users: int) -> None:
    """Make a database with so many players."""
    command = [sys.executable, "-m", "benchmarks.databases", "fill", str(users)]
    subprocess.run(command, env=environment(name), check=True)


def drop(name: str) -> None:
    """Drop a database."""
    subprocess.run([sys.executable, "-m", "benchmarks.databases", "drop"], env=environment(name), check=True)


def main(arguments: list[str]) -> None:
    """Do it, in a process that works on that database."""
    import django

    django.setup()
    from django.db import connection

    from benchmarks import crowd

    name = current()
    if arguments[0] == "fill":
        copy(migrated(), name)
        connection.settings_dict["NAME"] = name
        crowd.gather(int(arguments[1]))
    else:
        connection.creation.destroy_test_db("postgres", verbosity=0)


def migrated() -> str:
    """Return the name of a database without players, made when the migrations are others than before."""
    from django.db import connection

    name = EMPTY + digest()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [EMPTY])
        there = {row[0] for row in cursor.fetchall()}
        for other in there - {name}:
            cursor.execute(f"DROP DATABASE {other}")
    if name not in there:
        half = f"{EMPTY}half"
        connection.settings_dict["TEST"]["NAME"] = half
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {half} RENAME TO {name}")
    return name


def copy(source: str, name: str) -> None:
    """Make a database anew as a copy of another."""
    from django.db import connection

    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {source}")


def digest() -> str:
    """Return what tells one state of the migrations from another."""
    found = hashlib.sha256()
    others = ("requirements/dev.txt", "benchmarks/settings.py")
    for path in [*sorted(CHECKOUT.glob("*/**/*migrations/*.py")), *(CHECKOUT / name for name in others)]:
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


if __name__ == "__main__":
    main(sys.argv[1:])
