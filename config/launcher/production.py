"""`./dev doctor --production`: what a production environment lacks, each with what to do about it.

It looks and changes nothing. `good` is True, False (the site is not safe or not whole without it), or None:
worth knowing.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

KEY_CHARS_MIN = 50
FREE_BYTES_MIN = 5_000_000_000
CONNECTIONS_MIN = 100
TRANSACTION_S_MAX = 300
MAIL_TIMEOUT_S = 5
NEW_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
HERE = {"127.0.0.1", "localhost", "[::1]"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    good: bool | None
    told: str


def findings() -> Iterator[Finding]:
    """Look at the environment, then at what it leads to."""
    os.environ.pop("DELTACROWN_DEV", None)  # production is not started by ./dev
    seen = list(environment(os.environ))
    yield from seen
    if any(one.good is False and one.name in ("SECRET_KEY", "DATABASE_URL") for one in seen):
        yield Finding("settings", False, "the rest is looked at once SECRET_KEY and DATABASE_URL are set")
        return
    try:
        import django
        from django.core.exceptions import ImproperlyConfigured

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
    except ImproperlyConfigured as error:
        yield Finding("settings", False, str(error))
        return
    yield from site()
    yield from services()
    yield from database()


def environment(given: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the variables alone."""

    def value(name: str) -> str:
        return given.get(name, "").strip()

    def wanted(name: str, good: bool, lacks: str) -> Finding:
        return Finding(name, good, "is set" if good else lacks)

    def off(name: str) -> bool:
        return value(name).lower() in ("0", "false", "no", "off")

    key = value("SECRET_KEY")
    yield wanted("SECRET_KEY", len(key) >= KEY_CHARS_MIN, f"{KEY_CHARS_MIN} random characters: {NEW_KEY}")
    url = value("DATABASE_URL")
    yield wanted("DATABASE_URL", bool(url), "a PostgreSQL of its own: postgresql://user:password@host/name")
    hosts = {name.strip() for name in value("ALLOWED_HOSTS").split(",")} - {""}
    yield wanted(
        "ALLOWED_HOSTS", bool(hosts - HERE) and "*" not in hosts, "the site's host names, by comma, without *"
    )
    address = urlsplit(value("SITE_URL"))
    known = address.scheme == "https" and any(is_host(address.hostname or "", name) for name in hosts)
    yield wanted("SITE_URL", known, "https:// and one of ALLOWED_HOSTS: links in messages begin with it")
    for name, risk in (
        ("DEBUG", "shows settings and code to whoever finds an error"),
        ("TESTING", "stores passwords with a fast hash"),
        ("MAINTENANCE", "closes the site"),
        ("SERVE_MEDIA", "serves uploads from the site's own processes; the proxy does that"),
    ):
        yield Finding(name, not value(name) or off(name), "is off" if not value(name) or off(name) else risk)
    yield wanted("HTTPS", not off("HTTPS"), "is 0: passwords and cookies travel in the clear")
    behind = bool(value("TRUST_PROXY")) and not off("TRUST_PROXY")
    yield wanted(
        "TRUST_PROXY",
        behind,
        "1 behind the proxy that ends TLS: else every request is sent to https for ever",
    )
    yield wanted(
        "REDIS_URL", bool(value("REDIS_URL")), "redis://host:6379/0: else every process has a cache alone"
    )
    mail = urlsplit(value("EMAIL_URL")).scheme in ("smtp", "smtps")
    yield wanted("EMAIL_URL", mail, "smtp://user:password@host:587: else nobody can reset a password")
    yield wanted("DEFAULT_FROM_EMAIL", "@" in value("DEFAULT_FROM_EMAIL"), "the address that mail comes from")
    live = value("LIVE_URL")
    yield Finding(
        "LIVE_URL", True if live else None, "is set" if live else "none: pages do not draw themselves anew"
    )


def is_host(name: str, allowed: str) -> bool:
    """Tell whether Django would take a name for an allowed one."""
    return name == allowed or (allowed.startswith(".") and f".{name}".endswith(allowed))


def site() -> Iterator[Finding]:
    """Look at Django's own checks, the static files and the room for uploads."""
    from django.conf import settings
    from django.core import checks

    found = checks.run_checks(include_deployment_checks=True)
    faults = [one for one in found if one.level >= checks.WARNING]
    for one in faults:
        yield Finding("django", False, f"{one.id}: {' '.join(str(one.msg).split())}")
    if not faults:
        yield Finding("django", True, "check --deploy finds nothing")
    collected = (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
    lacks = "not collected: deploy/serve prepare"
    yield Finding("static files", collected, "are collected" if collected else lacks)
    media = Path(settings.MEDIA_ROOT)
    if not os.access(media, os.W_OK):
        yield Finding("MEDIA_ROOT", False, f"{media} is not there, or this user may not write there")
        return
    free = shutil.disk_usage(media).free
    yield Finding("MEDIA_ROOT", free >= FREE_BYTES_MIN, f"{media}, {free / 1e9:.1f} GB free")


def services() -> Iterator[Finding]:
    """Look whether Redis and the mail server answer."""
    from config.launcher.services import Absent, redis

    if os.environ.get("REDIS_URL"):
        try:
            redis()
            yield Finding("Redis", True, "answers")
        except Absent as absent:
            yield Finding("Redis", False, str(absent))
    mail = urlsplit(os.environ.get("EMAIL_URL", ""))
    if mail.scheme in ("smtp", "smtps") and mail.hostname:
        port = mail.port or (465 if mail.scheme == "smtps" else 587)
        try:
            socket.create_connection((mail.hostname, port), timeout=MAIL_TIMEOUT_S).close()
            yield Finding("mail", True, f"{mail.hostname}:{port} answers")
        except OSError as error:
            yield Finding("mail", False, f"{mail.hostname}:{port} does not answer ({error})")


def database() -> Iterator[Finding]:
    """Look at the server and at what lies in it."""
    from django.db import OperationalError, connection

    from config.database import reason

    try:
        connection.ensure_connection()
    except OperationalError as error:
        yield Finding("database", False, reason(error, os.environ["DATABASE_URL"]))
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings")
        yield from server(dict(cursor.fetchall()))
        cursor.execute(SESSIONS, {"old_s": TRANSACTION_S_MAX})
        yield from sessions(*cursor.fetchone())
    yield from contents()


def server(settings: Mapping[str, str]) -> Iterator[Finding]:
    """Look at PostgreSQL's settings, as this site's sessions have them."""
    version = settings["server_version"]
    yield Finding(
        "PostgreSQL", int(settings["server_version_num"]) >= 150_000, f"{version}; 15 is the oldest"
    )
    for name, allowed, risk in (
        ("fsync", {"on"}, "a power failure can destroy the database"),
        ("full_page_writes", {"on"}, "a power failure can destroy the database"),
        (
            "synchronous_commit",
            {"on", "local", "remote_write", "remote_apply"},
            "a crash forgets what was promised",
        ),
        ("autovacuum", {"on"}, "tables grow until the server stops"),
        (
            "max_prepared_transactions",
            {"0"},
            "a forgotten one keeps every old row, over restarts too; 0 forbids them",
        ),
        ("server_encoding", {"UTF8"}, "names do not fit in"),
    ):
        good = settings[name] in allowed
        yield Finding(name, good, settings[name] if good else f"{settings[name]}: {risk}")
    most = int(settings["max_connections"])
    needs = f"{most}; WEB_WORKERS x WEB_THREADS, three for each worker and sender, some for people"
    yield Finding("max_connections", most >= CONNECTIONS_MIN, needs)
    for name, without, risk in (
        ("archive_mode", "off", "a restore ends at the last dump; docs/operations.md shows archiving"),
        ("data_checksums", "off", "a disk that goes bad is not noticed"),
        ("idle_in_transaction_session_timeout", "0", "a forgotten psql keeps every old row while it is open"),
    ):
        lacks = settings[name] == without
        yield Finding(name, None if lacks else True, f"{settings[name]}: {risk}" if lacks else settings[name])


SESSIONS = """
SELECT (SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'deltacrown-worker'),
       (SELECT count(*) FROM pg_stat_activity
         WHERE xact_start < clock_timestamp() - make_interval(secs => %(old_s)s)
           AND backend_type = 'client backend'),
       (SELECT count(*) FROM pg_prepared_xacts)
"""


def sessions(workers: int, old: int, prepared: int) -> Iterator[Finding]:
    """Look at who is connected."""
    yield Finding("worker", workers > 0, "at work" if workers else "none: events wait; deploy/serve worker")
    told = f"{old} open for more than {TRANSACTION_S_MAX} s: they keep every old row (pg_stat_activity)"
    yield Finding("transactions", None if old else True, told if old else "none is old")
    if prepared:
        yield Finding("prepared transactions", False, f"{prepared}: end them (pg_prepared_xacts)")


def contents() -> Iterator[Finding]:
    """Look at the migrations, and whether the event log is this cluster's."""
    from apps.events import sequencer
    from apps.events.errors import NotOurLog
    from config.health import unmigrated

    waiting = unmigrated()
    yield Finding("migrations", not waiting, waiting or "all are applied")
    if waiting:
        return
    try:
        sequencer.check_cluster()
        yield Finding("event log", True, "of this cluster")
    except NotOurLog as error:
        yield Finding("event log", False, str(error))


def report() -> tuple[str, int]:
    """Return the findings as text, and the exit status: 1 when something is missing."""
    seen = list(findings())
    marks: dict[Any, str] = {True: "ok  ", False: "MISS", None: "note"}
    lines = [f"{marks[one.good]}  {one.name:<36}{one.told}\n" for one in seen]
    return "".join(lines), int(any(one.good is False for one in seen))
