"""What the project stands on and this machine may lack: the database, Redis, Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable

from config.launcher.talk import Problem

CONNECT_TIMEOUT_S = 5

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)


class Absent(Exception):
    """A service is not there; the message says what was looked for."""


def redis() -> str:
    """Return the address of a Redis that answers. Raises Absent."""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        raise Absent("REDIS_URL is not set")
    import redis as client

    try:
        with client.Redis.from_url(url, socket_connect_timeout=CONNECT_TIMEOUT_S) as connection:
            connection.ping()
    except (client.RedisError, ValueError) as error:
        raise Absent(f"REDIS_URL does not answer ({error})") from error
    return url


def chromium() -> str:
    """Return the path of a Chromium that runs. Raises Absent."""
    named = os.environ.get("CHROMIUM")
    found = named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    found = found or next((path for path in CHROMIUM_PLACES if os.access(path, os.X_OK)), None)
    if not found:
        raise Absent("none on PATH, and CHROMIUM is not set (Debian: apt install chromium)")
    try:
        subprocess.run([found, "--version"], capture_output=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise Absent(f"{found} does not run ({error})") from error
    return found


def curl() -> str:
    """Return the path of curl. Raises Absent."""
    found = shutil.which("curl")
    if not found:
        raise Absent("not on PATH (Debian: apt install curl)")
    return found


def node() -> str:
    """Return the path of Node.js, which runs an example of the documents. Raises Absent."""
    found = shutil.which("node") or shutil.which("nodejs")
    if not found:
        raise Absent("not on PATH (Debian: apt install nodejs)")
    return found


def nats_server() -> str:
    """Return the path of a NATS server, which tests start for themselves. Raises Absent."""
    found = shutil.which("nats-server")
    if not found:
        raise Absent("not on PATH (Debian: apt install nats-server)")
    return found


SERVICES: dict[str, Callable[[], str]] = {
    "redis": redis,
    "chromium": chromium,
    "curl": curl,
    "node": node,
    "nats-server": nats_server,
}


def database() -> str:
    """Return in words which database is used, once it answers; starts the embedded one. Raises Problem."""
    import psycopg
    from django.core.exceptions import ImproperlyConfigured

    from config import embedded
    from config.database import from_url, reason

    url = os.environ.get("DATABASE_URL", "").strip()
    try:
        if not url:
            params = embedded.connection_params()
        else:
            from_url(url)
            params = {"conninfo": url, "connect_timeout": CONNECT_TIMEOUT_S}
        with psycopg.connect(**params) as connection:
            major = connection.info.server_version // 10000
            return f"PostgreSQL {major} ({'DATABASE_URL' if url else 'embedded'})"
    except (ImproperlyConfigured, embedded.EmbeddedError) as error:
        raise Problem(str(error)) from error
    except psycopg.Error as error:
        raise Problem(f"Cannot reach the database that DATABASE_URL names: {reason(error, url)}") from error
