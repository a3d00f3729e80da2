"""The stored side of the registry: one row per subscriber, and the sequencer's."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from apps.events import acts, registry, schedule, sequencer
from apps.events.errors import EventError, InvalidDeclaration
from apps.events.subscriptions import Subscriber

STORE = """
INSERT INTO event_subscription (name, types, position, began_after, parked, paused, replay_until,
                                replay_filter, minute_keys, minute_failed, delivered, failed, busy_ms)
SELECT %(name)s, %(types)s, start, start, 0, '', 0, '{}', 0, 0, 0, 0, 0
  FROM (SELECT CASE WHEN %(now)s THEN position ELSE 0 END AS start FROM event_sequencer) AS begins
ON CONFLICT (name) DO NOTHING
"""
# By itself, so that a row that is as declared is not locked: it may be somebody's lease.
UPDATE_TYPES = """
UPDATE event_subscription SET types = %(types)s WHERE name = %(name)s AND types <> %(types)s::varchar[]
"""
COPY = """
INSERT INTO event_subscription
SELECT (jsonb_populate_record(old, jsonb_build_object('name', %(name)s::text))).*
  FROM event_subscription old WHERE name = %(was)s
"""
CHILDREN = ("event_lane", "event_dead_letter", "event_attempt")


def store(*, strict: bool = True, **_: Any) -> None:
    """Write a row for every declared subscriber that has none yet, and the sequencer's.

    Called by `migrate`, so that a subscriber that starts "now" starts at the deployment, not when the first
    worker happens to come up; and by nobody else in production, so that old code that still runs beside new
    code never stores the old declarations again.

    Raises InvalidDeclaration for a new name beside an orphan of the same events, unless `strict` is off.
    """
    if not _migrated():
        return
    sequencer.ensure()
    with transaction.atomic():
        stored = _stored_types()
        for subscriber in sorted(registry.subscribers.values(), key=lambda one: one.name):
            if subscriber.name not in stored:
                _rename_or_refuse(subscriber, stored, strict=strict)
            _store(subscriber)
        schedule.store()


def orphans() -> list[str]:
    """Return the stored subscribers that no code declares, by name."""
    return sorted(_stored_types().keys() - registry.subscribers.keys())


def forget(name: str, *, by: str = acts.SHELL) -> None:
    """Delete an orphan: its position, parked keys and dead letters.

    Raises EventError for a subscriber that the code declares, or that is not stored.
    """
    if name in registry.subscribers:
        raise EventError(f"{name} is declared in the code: remove its @subscriber first")
    with transaction.atomic():
        _delete_children(name)
        if not _execute("DELETE FROM event_subscription WHERE name = %(name)s", name=name):
            raise EventError(f"there is no stored subscriber {name}: `events status` lists them")
        acts.record("forget", name, by=by)


def _migrated() -> bool:
    """Tell whether the tables are there: post_migrate is also sent when they were just taken away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('event_job') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def _stored_types() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, types FROM event_subscription")
        return dict(cursor.fetchall())


def _store(subscriber: Subscriber) -> None:
    declared = {
        "name": subscriber.name,
        "types": sorted(subscriber.types),
        "now": subscriber.since == "now",
    }
    _execute(STORE, **declared)
    _execute(UPDATE_TYPES, **declared)


def _rename_or_refuse(subscriber: Subscriber, stored: dict[str, list[str]], *, strict: bool) -> None:
    was = subscriber.was
    if was in stored and was not in registry.subscribers:
        _rename(was, subscriber.name)
        del stored[was]
        return
    same = [
        name
        for name in _orphans_of(stored)
        if stored[name] == sorted(subscriber.types) and strict and subscriber.since == "beginning"
    ]
    if same:
        raise InvalidDeclaration(
            f"the subscriber {subscriber.name} is new and would start from the beginning, but {same[0]} heard"
            f' the same events and is declared no more: was it renamed, say was="{same[0]}"; is it gone, run'
            f" `events forget {same[0]}`"
        )


def _orphans_of(stored: Iterable[str]) -> list[str]:
    return sorted(set(stored) - registry.subscribers.keys())


def _rename(was: str, name: str) -> None:
    """Move everything of a subscriber to its new name; nothing is heard twice and nothing is lost."""
    _execute(COPY, was=was, name=name)
    for table in CHILDREN:
        _execute(
            f"UPDATE {table} SET subscription_id = %(name)s WHERE subscription_id = %(was)s",
            was=was,
            name=name,
        )
    _execute("DELETE FROM event_subscription WHERE name = %(was)s", was=was)


def _delete_children(name: str) -> None:
    for table in CHILDREN:
        _execute(f"DELETE FROM {table} WHERE subscription_id = %(name)s", name=name)


def _execute(sql: str, **parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
