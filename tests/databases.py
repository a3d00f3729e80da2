"""The databases of tests: made by the migrations once, for as long as those stand, then copied."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from django.db.models.signals import post_migrate

from config.database import raw_connection_params

CHECKOUT = Path(__file__).resolve().parent.parent
NAME = "deltacrown_test_template_"
MIGRATIONS = ("apps/*/migrations/*.py", "config/*migrations/*.py")
IMPORT = re.compile(r"^(?:from|import) ((?:apps|config)\.[\w.]+)(?: import (\w+))?", re.MULTILINE)
# An advisory lock: shared while a template is looked for and copied, alone while one is made and others go.
LOCK = 7_001_847


class Template:
    """A database with all tables and without rows; its name tells the state of the migrations."""

    def __init__(self) -> None:
        self.name = NAME + digest()
        self.session = psycopg.connect(**{**raw_connection_params(), "dbname": "postgres"}, autocommit=True)

    def hold(self) -> str:
        """Make it when it is not there, and keep it until `let_go`; return its name."""
        self.session.execute("SELECT pg_advisory_lock_shared(%s)", [LOCK])
        while self.name not in self.all():
            self.session.execute("SELECT pg_advisory_unlock_shared(%s)", [LOCK])
            self.session.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            self.make()
            self.session.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            self.session.execute("SELECT pg_advisory_lock_shared(%s)", [LOCK])
        return self.name

    def let_go(self) -> None:
        """Allow that it goes."""
        self.session.close()

    def all(self) -> set[str]:
        """Return the names of the templates that are there, of every state."""
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        return {row[0] for row in self.session.execute(query, [NAME])}

    def make(self) -> None:
        """Make it, unless somebody else just did; templates of other states go."""
        there = self.all()
        if self.name in there:
            return
        for other in there:
            self.session.execute(f"DROP DATABASE {other}")
        half = f"{NAME}half"
        migrate(half)
        self.session.execute(f"ALTER DATABASE {half} RENAME TO {self.name}")


def migrate(name: str) -> None:
    """Make a database by the migrations, without what is written after every `migrate`."""
    own, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    connection.settings_dict["TEST"] = {**test, "NAME": name}
    try:
        with nothing_after():
            connection.creation.create_test_db(verbosity=0, autoclobber=True)
    finally:
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = own
        connection.settings_dict["TEST"] = test


@contextmanager
def nothing_after() -> Iterator[None]:
    """Let nobody hear of the end of `migrate`: who copies the template migrates, too, and hears then."""
    receivers, post_migrate.receivers = post_migrate.receivers, []
    try:
        yield
    finally:
        post_migrate.receivers = receivers


def exists(name: str) -> bool:
    """Tell whether the server has a database."""
    with psycopg.connect(**{**raw_connection_params(), "dbname": "postgres"}) as session:
        return bool(session.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


def digest() -> str:
    """Return what tells one state of the migrations, and of what they import, from another."""
    found = hashlib.sha256((CHECKOUT / "requirements" / "runtime.txt").read_bytes())
    paths = {path for pattern in MIGRATIONS for path in CHECKOUT.glob(pattern)}
    for module, name in {found for path in paths for found in IMPORT.findall(path.read_text())}:
        place = CHECKOUT / module.replace(".", "/")
        paths |= {place.with_suffix(".py"), place / "__init__.py", place / f"{name}.py"}
    for path in sorted(path for path in paths if path.exists()):
        found.update(str(path.relative_to(CHECKOUT)).encode() + path.read_bytes())
    return found.hexdigest()[:12]
