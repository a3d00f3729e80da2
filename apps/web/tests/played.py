"""The small season, played once for each process that runs tests, into a database of its own.

Playing it takes seconds, and two dozen classes look at it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
from django.db import connection, transaction
from psycopg.sql import SQL, Identifier

from apps.events import wakeup
from apps.web.tests.season import Season

GUESTS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


@contextmanager
def inside() -> Iterator[Season]:
    """Be connected to the season's database; yield the season as it was played."""
    empty = connection.settings_dict["NAME"]
    name, season = f"{empty}_season", _played(empty)
    _connect_to(name)
    try:
        yield season
    finally:
        _connect_to(empty)


def drop() -> None:
    """Drop the season's database, if there is one."""
    name = f"{connection.settings_dict['NAME']}_season"
    with _server() as server:
        server.execute(_named("DROP DATABASE IF EXISTS {} (FORCE)", name))


@cache
def _played(empty: str) -> Season:
    drop()
    connection.close()
    wakeup.close()
    with _server() as server:
        server.execute(GUESTS, [empty])
        server.execute(_named("CREATE DATABASE {} TEMPLATE {}", f"{empty}_season", empty))
    _connect_to(f"{empty}_season")
    try:
        block = transaction.atomic()
        block._from_testcase = True  # what durable subscribers do is done by the end of the block
        with block:
            return Season().play()
    finally:
        _connect_to(empty)


def _connect_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _server() -> psycopg.Connection:
    return psycopg.connect(**{**wakeup.parameters(), "dbname": "postgres"})


def _named(statement: str, *names: str) -> SQL:
    return SQL(statement).format(*map(Identifier, names))
