"""Again from the log: replay, rebuild and prune.

A replay is a rewind: the subscriber's own position goes back, so live events wait behind the old ones and the
order holds. One replay at a time.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from apps.events import acts, registry
from apps.events.errors import EventError
from apps.events.protection import log_unlocked
from apps.events.subscriptions import Subscriber


class CannotReplay(EventError):
    """The subscriber cannot hear these events again; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a replay would do: which positions, and how many events by type."""

    subscriber: str
    since: int
    until: int
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """How many events would be heard again."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subscriber is, until where it hears things again, and why it is paused, if it is."""

    position: int
    replay_until: int
    paused: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events: a range of positions, of some types, of some users. Empty means all."""

    since: int = 1
    to: int | None = None
    types: Sequence[str] = ()
    users: Sequence[int] = ()

    @property
    def keys(self) -> list[str]:
        """The ordering keys of the users."""
        return [f"user:{user_id}" for user_id in self.users]


COUNT = """
SELECT event_type, count(*) FROM event_stream
 WHERE position >= %(since)s AND position <= %(until)s AND event_type = ANY(%(types)s)
   AND (%(keys)s::text[] = '{}' OR key = ANY(%(keys)s::text[]))
 GROUP BY event_type ORDER BY event_type
"""
REWIND = """
UPDATE event_subscription SET position = %(since)s - 1, replay_until = position, replay_filter = %(filter)s
 WHERE name = %(name)s
"""
# The stream goes back, so a parked key has to remember up to where it was passed over.
OWE = """
UPDATE event_lane SET owed_until = greatest(owed_until, s.position)
  FROM event_subscription s
 WHERE subscription_id = %(name)s AND s.name = %(name)s
"""
FORGET_LANES = "DELETE FROM event_lane WHERE subscription_id = %(name)s"
UNPARK = "UPDATE event_subscription SET parked = 0 WHERE name = %(name)s"
AT_TIME = """
SELECT coalesce(min(s.position), (SELECT position + 1 FROM event_sequencer))
  FROM event_stream s JOIN event_log l ON l.id = s.log_id WHERE l.created_at >= %(when)s
"""


def position_at(when: datetime) -> int:
    """Return the first position of an event that was written at `when` or later."""
    return int(_value(AT_TIME, when=when))


def plan(name: str, selection: Selection) -> Plan:
    """Count what a replay would deliver; raise CannotReplay when it may not be."""
    subscriber = _declared(name)
    if subscriber.replay == "refuse":
        raise CannotReplay(f"{name} sends things to people: it must not hear an event twice")
    if subscriber.reset is not None:
        raise CannotReplay(f"{name} keeps sums, which would count twice: run `events rebuild {name}`")
    return _plan(subscriber, selection)


def replay(name: str, selection: Selection, *, by: str = acts.SHELL, reason: str = "") -> Plan:
    """Rewind a subscriber, so that it hears the selected events again; return what will be delivered."""
    _declared(name)
    with transaction.atomic():
        _lock(name)
        made = plan(name, selection)
        _rewind(name, selection)
        acts.record(
            "replay", name, by=by, reason=reason, since=made.since, until=made.until, events=made.total
        )
    return made


def stop(name: str, *, by: str = acts.SHELL, reason: str = "") -> int:
    """End a replay where it is: the subscriber goes on behind what it had heard before; return the position.

    What was heard again stays, which changes nothing. Raises CannotReplay when there is no replay, or when
    sums are being rebuilt, which would then be too small.
    """
    subscriber = _declared(name)
    with transaction.atomic():
        position, replay_until = _place(name)
        if position >= replay_until:
            raise CannotReplay(f"{name} is not being replayed")
        if subscriber.reset is not None:
            raise CannotReplay(f"{name} is being rebuilt, and its sums need all events: pause it instead")
        _execute("UPDATE event_subscription SET position = replay_until WHERE name = %(name)s", name=name)
        acts.record("stop replay", name, by=by, reason=reason, at=position, until=replay_until)
    return int(position)


def plan_rebuild(name: str) -> Plan:
    """Count what a rebuild would deliver; raise CannotReplay when it may not be."""
    return _plan(_rebuildable(name), Selection())


def place(name: str) -> Place:
    """Return where a subscriber is. Raises CannotReplay when it is not stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, replay_until, paused FROM event_subscription WHERE name = %s", [name]
        )
        found = cursor.fetchone()
    if found is None:
        raise CannotReplay(f"{name} is not stored yet: run `migrate`")
    return Place(*found)


def rebuild(name: str, *, by: str = acts.SHELL, reason: str = "") -> Plan:
    """Empty what a subscriber keeps, and let it hear everything again; both in one transaction.

    Parked keys and their dead letters are heard again with the rest.
    """
    subscriber = _rebuildable(name)
    with transaction.atomic():
        _lock(name)
        made = _plan(subscriber, Selection())
        if subscriber.reset is not None:
            subscriber.reset()
        _execute(FORGET_LANES, name=name)
        _execute(UNPARK, name=name)
        _execute(
            "UPDATE event_dead_letter SET resolution = 'retried', resolved_at = clock_timestamp(),"
            " resolved_by = %(by)s, reason = 'rebuilt: everything is heard again'"
            " WHERE subscription_id = %(name)s AND resolution = ''",
            name=name,
            by=by,
        )
        _rewind(name, Selection())
        acts.record("rebuild", name, by=by, reason=reason, until=made.until, events=made.total)
    return made


def prune(before: datetime, *, by: str = acts.SHELL) -> tuple[int, int]:
    """Delete events written before a time that every subscriber has handled; return (deleted, first kept).

    What a bridge has not published yet is kept, too. What is deleted can never be replayed or rebuilt.
    """
    with transaction.atomic():
        # Every live position, every parked key's, and what a broker does not have yet.
        limit = _value(
            "SELECT least((SELECT min(position) FROM event_subscription),"
            " (SELECT min(position) FROM event_lane), (SELECT min(position) FROM event_bridge), %(last)s)",
            last=position_at(before) - 1,
        )
        with log_unlocked():
            deleted = _execute(
                "DELETE FROM event_log WHERE id IN"
                " (SELECT log_id FROM event_stream WHERE position <= %(limit)s)",
                limit=limit,
            )
        _execute("DELETE FROM event_stream WHERE position <= %(limit)s", limit=limit)
        acts.record("prune", by=by, before=before.isoformat(), deleted=deleted, first_kept=int(limit) + 1)
    return deleted, int(limit) + 1


def _plan(subscriber: Subscriber, selection: Selection) -> Plan:
    position = int(
        _value("SELECT position FROM event_subscription WHERE name = %(name)s", name=subscriber.name)
    )
    if unknown := set(selection.types) - subscriber.types:
        raise CannotReplay(f"{subscriber.name} does not hear {', '.join(sorted(unknown))}")
    first = int(_value("SELECT coalesce(min(position), 1) FROM event_stream"))
    if selection.since < first:
        raise CannotReplay(f"the events before position {first} were pruned; say --from {first} or later")
    if selection.since > max(position, 1):
        raise CannotReplay(f"{subscriber.name} has not come further than position {position} yet")
    until = min(selection.to or position, position)
    parameters: dict[str, Any] = {
        "since": selection.since,
        "until": until,
        "types": sorted(selection.types or subscriber.types),
        "keys": selection.keys,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, parameters)
        return Plan(subscriber.name, selection.since, until, dict(cursor.fetchall()))


def _declared(name: str) -> Subscriber:
    subscriber = registry.subscribers.get(name)
    if subscriber is None:
        raise CannotReplay(f"no code declares the subscriber {name}: `events status` lists them")
    return subscriber


def _rebuildable(name: str) -> Subscriber:
    subscriber = _declared(name)
    if subscriber.reset is None:
        raise CannotReplay(f"{name} declares no reset=, so it is not rebuilt: run `events replay {name}`")
    return subscriber


def _lock(name: str) -> None:
    """Take the subscription's lease. Raises CannotReplay while another replay is under way."""
    position, replay_until = _place(name)
    if position < replay_until:
        raise CannotReplay(
            f"{name} is being replayed, at {position} of {replay_until}: wait until it is done"
        )


def _place(name: str) -> tuple[int, int]:
    """Take the subscription's lease; return its position, and until where it hears things again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, replay_until FROM event_subscription WHERE name = %s FOR UPDATE", [name]
        )
        found = cursor.fetchone()
    if found is None:
        raise CannotReplay(f"{name} is not stored yet: run `migrate`")
    position, replay_until = found
    return position, replay_until


def _rewind(name: str, selection: Selection) -> None:
    chosen = {"to": selection.to, "types": list(selection.types), "keys": selection.keys}
    _execute(OWE, name=name)
    _execute(REWIND, name=name, since=selection.since, filter=json.dumps(chosen))


def _value(sql: str, **parameters: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        [value] = cursor.fetchone()
        return value


def _execute(sql: str, **parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
