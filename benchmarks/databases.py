"""The benchmark's databases, made and dropped by processes of their own: `python -m benchmarks.databases`."""

from __future__ import annotations

import os
import subprocess
import sys

VARIABLE = "BENCH_DATABASE"


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

    if arguments[0] == "fill":
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        crowd.gather(int(arguments[1]))
    else:
        connection.creation.destroy_test_db("postgres", verbosity=0)


if __name__ == "__main__":
    main(sys.argv[1:])
