"""SQL that runs at every request: prepared once a connection, so that the server plans it once."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection


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
    """Return the first row of a statement, None when there is none. Logged and counted like any query."""
    connection.ensure_connection()
    with connection._prepare_cursor(Prepared(connection.connection)) as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql, parameters)
        return cursor.fetchone()
