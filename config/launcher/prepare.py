"""What `./dev run` needs before it starts, as a program: `python -m config.launcher.prepare [--demo]`.

Migrates, collects static files when they changed, and in the demo makes the account. It answers with one
JSON object on stdout.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import django

from config.launcher.talk import CHECKOUT

DEMO_USERNAME = "demo"
SEASON_MARK = CHECKOUT / ".data" / "season.json"
WHAT_A_SEASON_LEAVES = ("tournaments", "Tournament")


def fingerprint() -> str:
    """Return a hash that changes with our static files and with the packages that bring theirs."""
    told = hashlib.sha256((CHECKOUT / "requirements" / "runtime.txt").read_bytes())
    for path in sorted(CHECKOUT.glob("apps/*/static/**/*")):
        found = path.stat()
        told.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return told.hexdigest()


def collect_static() -> None:
    """Collect static files unless the ones that are there are current."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    current = fingerprint()
    if settings.DEBUG or (stamp.exists() and stamp.read_text() == current):
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(current)


def demo_password() -> str | None:
    """Make the demo account when it is missing; return its password, or None when somebody changed it."""
    from django.contrib.auth import get_user_model

    from apps.user_profile.services import accounts
    from config.local import kept_secret

    password = kept_secret("demo_password", 9)
    user = get_user_model().objects.filter(username=DEMO_USERNAME).first()
    if user is None:
        accounts.sign_up(username=DEMO_USERNAME, password=password, display_name="Demo Player")
        return password
    return password if user.check_password(password) else None


def database_identity() -> str:
    """Return what tells this database from another one, also from one of the same name that was made anew."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select (select system_identifier from pg_control_system()), oid "
            "from pg_database where datname = current_database()"
        )
        return ":".join(str(part) for part in cursor.fetchone() or ())


def season_is_loaded(identity: str) -> bool:
    """Return whether an earlier run played the whole season into this database."""
    from django.apps import apps

    try:
        marked = json.loads(SEASON_MARK.read_text()).get("database") == identity
    except (OSError, ValueError):
        marked = False
    return marked and bool(apps.get_model(*WHAT_A_SEASON_LEAVES)._default_manager.exists())


def mark_season(identity: str) -> None:
    """Remember that the whole season lies in this database."""
    SEASON_MARK.write_text(json.dumps({"database": identity}))


def main(demo: bool) -> dict[str, Any]:
    """Prepare everything and return what the launcher has to know."""
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    collect_static()
    if not demo:
        return {"demo": False}
    identity = database_identity()
    return {
        "demo": True,
        "username": DEMO_USERNAME,
        "password": demo_password(),
        "database": identity,
        "season": not season_is_loaded(identity),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    answer = os.dup(1)
    os.dup2(2, 1)  # whatever is printed meanwhile is not the answer
    os.write(answer, json.dumps(main("--demo" in sys.argv)).encode())
