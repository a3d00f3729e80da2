"""Django's PostgreSQL backend, connected to the embedded server.

The server starts with the first connection and not with the settings: what needs no database starts none.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from config import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded PostgreSQL, which is started when it is not running."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return the parameters for psycopg, with the running server's socket."""
        params = super().get_connection_params()
        try:
            here = embedded.connection_params()
        except embedded.EmbeddedError as error:
            raise OperationalError(str(error)) from error
        params["host"], params["user"] = here["host"], here["user"]
        return params
