"""SQL that runs at every request: prepared once a connection, so that the server plans it once."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

NEVER_UNASKED = 2**31


class Prepared(psycopg.Cursor[Any]):
    """A cursor whose statements stay prepared. The ORM's cursors put parameters into the text instead."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "Prepared":
        """Run a statement."""
        return super().execute(query, params, prepare=may_prepare(), **options)


@cache
def may_prepare() -> bool:
    """Tell whether a prepared statement outlives its transaction: not behind a pooler."""
    return not settings.DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"]


def row(sql: str, parameters: Mapping[str, Any]) -> Any:
    """Return the first row of a statement, None when there is none."""
    with prepared() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()


def rows(sql: str, parameters: Mapping[str, Any]) -> list[Any]:
    """Return all rows of a statement."""
    with prepared() as cursor:
        cursor.execute(sql, parameters)
        found: list[Any] = cursor.fetchall()
        return found


def prepared() -> Any:
    """Return a cursor whose statements are prepared, and logged and counted like any query."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    if may_prepare():
        # Django turns preparing off altogether; like this, only what asks for it is prepared.
        connection.connection.prepare_threshold = NEVER_UNASKED
    return connection._prepare_cursor(Prepared(connection.connection))  # type: ignore[attr-defined]
