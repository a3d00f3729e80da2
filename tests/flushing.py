"""Empty tables after a test that committed, by what is in them: most tests write little."""

from __future__ import annotations

from typing import Any

from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase

# What Django itself writes after every `migrate`: hundreds of rows, which hardly a test changes.
KEPT = ("django_content_type", "auth_permission")
STATE = ", ".join(f"(SELECT md5(string_agg(t::text, ';' ORDER BY id)) FROM {name} t)" for name in KEPT)
# Of a table: where so much was written, it is faster to empty the files than to go through the rows.
SMALL_BYTES_MAX = 1 << 20


class Flush:
    """Leaves what Django's `flush` leaves, having waited for the same locks.

    It deletes rows where there are few: to empty the files of a hundred tables and their indexes takes ten
    times as long. What Django writes after every `migrate` stays as long as nobody changed it.
    """

    def __init__(self) -> None:
        self.really = TransactionTestCase._fixture_teardown
        self.kept: Any = None

    def after(self, case: TransactionTestCase) -> None:
        """Clean up after a test."""
        if case.available_apps is None and not case.serialized_rollback and self.delete():
            announce()
            return
        self.really(case)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {STATE}")
            self.kept = cursor.fetchone()

    def delete(self) -> bool:
        """Delete what a flush takes and `announce` does not bring back; return whether that will do."""
        names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        tables = [connection.ops.quote_name(name) for name in names if name not in KEPT]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
            cursor.execute(
                f"SELECT current_setting('is_superuser'), (SELECT max(pg_relation_size(name::regclass))"
                f" FROM unnest(%s::text[]) AS name), {STATE}",
                [tables],
            )
            is_superuser, size, *kept = cursor.fetchone()
            if is_superuser != "on" or size > SMALL_BYTES_MAX or tuple(kept) != self.kept:
                return False
            # Neither foreign keys count here nor what makes a log append-only: as with TRUNCATE.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("; ".join(f"DELETE FROM {name}" for name in tables))
        return True


def announce() -> None:
    """Let those hear of a `migrate` that asked for their own app alone: they write rows that were deleted."""
    everybody = post_migrate.receivers
    post_migrate.receivers = [one for one in everybody if one[2] is not None]
    try:
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    finally:
        post_migrate.receivers = everybody


def install() -> None:
    """Let every test that commits be cleaned up after like this."""
    flush = Flush()
    TransactionTestCase._fixture_teardown = lambda case: flush.after(case)
