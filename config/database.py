"""The database's settings: DATABASE_URL, or the embedded PostgreSQL."""

from __future__ import annotations

from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

CONNECT_TIMEOUT_S = 10
CONN_MAX_AGE_S = 60  # a web thread keeps its connection; the worker keeps its own for as long as it likes
# A link that is cut says nothing: without these, who waits for an answer, or listens, would wait for hours.
LIVENESS = {
    "keepalives_idle": 10,  # s
    "keepalives_interval": 5,  # s
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # ms
}

SHARED = {"CONN_MAX_AGE": CONN_MAX_AGE_S, "CONN_HEALTH_CHECKS": True}


def from_url(url: str) -> dict[str, Any]:
    """Return Django's settings for a PostgreSQL address, in any form that libpq reads.

    Raises ImproperlyConfigured with a line that never repeats the address, which may hold a password.
    """
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured("DATABASE_URL does not start with postgresql://; only PostgreSQL will do.")
    try:
        given: dict[str, Any] = dict(conninfo_to_dict(url))
    except psycopg.Error as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {reason(error, url)}") from None
    ports = [port for port in str(given.get("port", "")).split(",") if port]
    if not all(port.isdecimal() and 0 < int(port) < 65536 for port in ports):
        raise ImproperlyConfigured("DATABASE_URL has an impossible port.")
    if not given.get("dbname"):
        raise ImproperlyConfigured("DATABASE_URL names no database: postgresql://user@host/NAME.")
    django = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given.pop("dbname"),
        "USER": given.pop("user", ""),
        "PASSWORD": given.pop("password", ""),
        "HOST": given.pop("host", ""),
        "PORT": given.pop("port", ""),
    }
    options = {"connect_timeout": CONNECT_TIMEOUT_S, **LIVENESS, **given}
    return {**django, **SHARED, "OPTIONS": options}


def embedded(*, throwaway: bool = False) -> dict[str, Any]:
    """Return Django's settings for the embedded PostgreSQL, which starts with the first connection.

    Commits to a throwaway database do not wait for the disk.
    """
    options = {"options": "-c synchronous_commit=off"} if throwaway else {}
    server = {"ENGINE": "config.embedded_backend", "NAME": "deltacrown", "USER": "postgres"}
    return {**server, **SHARED, "OPTIONS": options}


def reason(error: Exception, secret: str = "") -> str:
    """Return the first line of a driver's error, without the address it was given."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return line.replace(secret, "...") if secret else line


def raw_connection_params(alias: str = "default") -> dict[str, Any]:
    """Return what `psycopg.connect(**params)` needs for a plain connection to the same database."""
    from django.db import connections

    params = dict(connections[alias].get_connection_params())
    for name in ("context", "cursor_factory", "prepare_threshold", "client_encoding"):
        params.pop(name, None)
    return params
