"""All rows of all apps, the event tables aside: to be compared, and to be put back as they were."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

type Row = dict[str, Any]
type Tables = dict[str, dict[tuple[Any, ...], Row]]


@dataclass(frozen=True)
class Change:
    """A row that was written: `old` is None when it was inserted, `new` when it was deleted."""

    table: str
    key: tuple[Any, ...]
    old: Row | None
    new: Row | None

    def __str__(self) -> str:
        """Return what is different, and nothing else."""
        if self.old is None or self.new is None:
            return (
                f"{self.table}: {'a new' if self.old is None else 'no longer a'} row {self.new or self.old}"
            )
        columns = {name: (self.old[name], new) for name, new in self.new.items() if self.old[name] != new}
        return f"{self.table} {self.key}: {columns}"


def our_models() -> dict[str, type[models.Model]]:
    """Return the models of our apps by table, but those of the events."""
    known = apps.get_models(include_auto_created=True)
    ours = [model for model in known if model.__module__.startswith("apps.") and model._meta.managed]
    return {model._meta.db_table: model for model in ours if model._meta.app_label != "events"}


def key_columns(model: type[models.Model]) -> list[str]:
    """Return the columns of the primary key."""
    return [field.column for field in model._meta.pk_fields]


def read() -> Tables:
    """Return every row, by table and primary key."""
    tables: Tables = {}
    for table, model in our_models().items():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT to_jsonb(t) FROM "{table}" t')
            rows = [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]
        tables[table] = {tuple(row[name] for name in key_columns(model)): row for row in rows}
    return tables


def changes(before: Tables, after: Tables) -> list[Change]:
    """Return what was written in between."""
    found = []
    for table in before:
        for key in before[table].keys() | after[table].keys():
            old, new = before[table].get(key), after[table].get(key)
            if old != new:
                found.append(Change(table, key, old, new))
    return found


# What is deferred is checked first: no table is altered that has a check waiting.
CHECK = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;"


def lift_protection(switch: str = "DISABLE") -> None:
    """Let tables be rewritten that PostgreSQL protects, in this transaction: what only their owner can."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute(CHECK + "".join(f"ALTER TABLE {table} {switch} TRIGGER USER;" for table in found))


def undo(written: Iterable[Change]) -> None:
    """Put the rows back as they were before the first of these changes."""
    first: dict[tuple[str, Any], Change] = {}
    for change in written:
        first.setdefault((change.table, change.key), change)
    with transaction.atomic():
        lift_protection()
        # What is new goes first: it may hold what must be unique.
        for change in sorted(first.values(), key=lambda one: one.old is not None):
            put_back(change)
        lift_protection("ENABLE")


def put_back(change: Change) -> None:
    """Make one row what it was, whatever it is now."""
    where = " AND ".join(f'"{name}" = %s' for name in key_columns(our_models()[change.table]))
    row = f'jsonb_populate_record(NULL::"{change.table}", %s)'
    with connection.cursor() as cursor:
        if change.old is None:
            cursor.execute(f'DELETE FROM "{change.table}" WHERE {where}', change.key)
            return
        old, names = json.dumps(change.old), ", ".join(f'"{name}"' for name in change.old)
        cursor.execute(
            f'UPDATE "{change.table}" SET ({names}) = (SELECT {names} FROM {row}) WHERE {where}',
            [old, *change.key],
        )
        if cursor.rowcount == 0:
            cursor.execute(f'INSERT INTO "{change.table}" SELECT ({row}).*', [old])


def contents(tables: Tables) -> dict[str, Counter[str]]:
    """Return the rows without the numbers that the database gives them: what a rebuild has to restore."""
    found = {}
    for table, model in our_models().items():
        auto = getattr(model._meta.auto_field, "column", None)
        rows = (
            {name: value for name, value in row.items() if name != auto} for row in tables[table].values()
        )
        found[table] = Counter(json.dumps(row, sort_keys=True) for row in rows)
    return found


def lost_and_found(before: Tables, after: Tables) -> dict[str, tuple[list[str], list[str]]]:
    """Return the contents that are gone and those that are new, by table; empty when both are the same."""
    old, new = contents(before), contents(after)
    return {
        table: (sorted((old[table] - new[table]).elements()), sorted((new[table] - old[table]).elements()))
        for table in old
        if old[table] != new[table]
    }
