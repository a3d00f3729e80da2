"""Settings come from the environment, are safe by default and complain in one line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import database, env, local
from config.settings_table import table

CHECKOUT = Path(__file__).resolve().parent.parent
SHOW = "import json; from config import settings as s; print(json.dumps({k: getattr(s, k) for k in %r}))"


def python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process that has only these variables of ours."""
    own = env.NAMES | {"DELTACROWN_DEV"}
    rest = {name: value for name, value in os.environ.items() if name not in own}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, env=rest | variables, capture_output=True, text=True
    )


def test_the_table_is_fresh_and_names_every_variable_that_is_read() -> None:
    assert (CHECKOUT / "docs" / "settings.md").read_text() == table()
    read = re.findall(
        r"env\.(?:text|flag|number|choice|names)\(\s*\"([A-Z_]+)\"",
        "".join(path.read_text() for path in (CHECKOUT / "config").rglob("*.py")),
    )
    assert set(read) <= env.NAMES


def test_a_key_is_required_outside_the_demo() -> None:
    told = python("import config.settings", DATABASE_URL="postgresql://u@h/n")
    assert told.returncode == 1
    assert "SECRET_KEY is not set" in told.stderr


def test_the_defaults_outside_the_demo_are_the_safe_ones() -> None:
    names = [
        "DEBUG",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
    ]
    told = python(SHOW % names, DATABASE_URL="postgresql://u@h/n", SECRET_KEY="x" * 50)
    assert told.stdout.strip().startswith(
        '{"DEBUG": false, "SESSION_COOKIE_SECURE": true, "CSRF_COOKIE_SECURE": true'
    )
    assert '"SECURE_SSL_REDIRECT": true, "SECURE_HSTS_SECONDS": 31536000' in told.stdout


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://u:secret@h/n", "only PostgreSQL"),
        ("postgresql://u:secret@h:99999/n", "impossible port"),
        ("postgresql://u:secret@h:abc/n", "impossible port"),
        ("postgresql://u:secret@h", "names no database"),
        ("postgresql://u:secret@h/n?nonsense=1", "cannot be read"),
        ("postgresql://u:secret@[h/n", "cannot be read"),
    ],
)
def test_a_bad_database_url_is_refused_without_repeating_the_password(url: str, complaint: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=complaint) as refusal:
        database.from_url(url)
    assert "secret" not in str(refusal.value)


def test_a_database_url_is_read_in_full() -> None:
    found = database.from_url("postgres://me:p%40ss@db.example:5433/crown?sslmode=require")
    assert (found["HOST"], found["PORT"], found["USER"], found["PASSWORD"]) == (
        "db.example",
        "5433",
        "me",
        "p@ss",
    )
    assert found["NAME"] == "crown"
    assert found["OPTIONS"]["sslmode"] == "require"


def test_bad_values_name_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(ImproperlyConfigured, match=r"PORT='eighty' is not a number from 1 to 65535"):
        env.number("PORT", 8000, 1, 65535)
    monkeypatch.setenv("DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured, match="DEBUG='maybe' is neither 1 nor 0"):
        env.flag("DEBUG")
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    with pytest.raises(ImproperlyConfigured, match="LOG_LEVEL='LOUD' is none of DEBUG, INFO"):
        env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO"))
    monkeypatch.setenv("EMAIL_URL", "pigeon://coop")
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL is neither"):
        env.mailer()


def test_a_kept_secret_is_made_once_for_this_user_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "DATA", tmp_path / ".data")
    secret = local.kept_secret("key", 40)
    assert len(secret) >= 40
    assert local.kept_secret("key", 40) == secret
    assert [path.name for path in (tmp_path / ".data").iterdir()] == ["key"]
    assert (tmp_path / ".data" / "key").stat().st_mode & 0o077 == 0
