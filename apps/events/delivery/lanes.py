"""Parked keys: each a private cursor, so that one failing player keeps his order and delays nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from apps.events.delivery import failures
from apps.events.stream import Entry

# How many processes may die of one event that runs alone; fewer would blame events for deployments.
DEATHS_MAX = 3

# A lane that newer code has to go on with is looked at again after this long.
ASIDE_S = 5

DUE_IN = "clock_timestamp() + random() * %(wait_s)s * interval '1 second'"

DUE = """
SELECT key, position, owed_until, attempts, deaths FROM event_lane
 WHERE subscription_id = %(name)s AND state = 'retry' AND (due_at <= clock_timestamp() OR %(impatient)s)
 ORDER BY due_at LIMIT 1
"""
OPEN = """
INSERT INTO event_lane (subscription_id, key, position, owed_until, state, attempts, deaths, due_at, error)
VALUES (%(name)s, %(key)s, %(position)s, 0, 'retry', 0, 0, clock_timestamp(), '')
"""
OPEN_MANY = f"""
INSERT INTO event_lane (subscription_id, key, position, owed_until, state, attempts, deaths, due_at, error)
SELECT %(name)s, key, position, 0, 'retry', 1, deaths, {DUE_IN}, error
  FROM unnest(%(keys)s::text[], %(positions)s::bigint[], %(deaths)s::int[], %(errors)s::text[])
       AS failed (key, position, deaths, error)
"""
MOVE = """
UPDATE event_lane SET position = %(position)s, attempts = 0, due_at = clock_timestamp()
 WHERE subscription_id = %(name)s AND key = %(key)s
"""
WAIT = f"""
UPDATE event_lane SET position = %(position)s, due_at = clock_timestamp() + {ASIDE_S} * interval '1 second'
 WHERE subscription_id = %(name)s AND key = %(key)s
"""
POSTPONE = f"""
UPDATE event_lane SET position = %(position)s, attempts = %(attempts)s, deaths = %(deaths)s,
       due_at = {DUE_IN}, error = %(error)s
 WHERE subscription_id = %(name)s AND key = %(key)s
"""
BURY = """
INSERT INTO event_dead_letter (subscription_id, position, key, event_type, attempts, error,
                               resolution, resolved_by, reason)
VALUES (%(name)s, %(event_position)s, %(key)s, %(type)s, %(attempts)s, %(error)s, '', '', '')
"""
BLOCK = """
UPDATE event_lane SET position = %(position)s, state = 'dead', attempts = %(attempts)s, error = %(error)s
 WHERE subscription_id = %(name)s AND key = %(key)s
"""
CLOSE = "DELETE FROM event_lane WHERE subscription_id = %(name)s AND key = %(key)s"


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane as it was read: `position` is the last event of the key that was handled.

    It owes the events up to the subscriber's position, or to `owed_until` if that is further.
    """

    key: str
    position: int
    owed_until: int = 0
    attempts: int = 0
    deaths: int = 0


def due(name: str, *, impatient: bool) -> Lane | None:
    """Return the lane that has waited longest past its time; an impatient caller waits for none."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"name": name, "impatient": impatient})
        found = cursor.fetchone()
    return Lane(*found) if found else None


def park(name: str, failed: Sequence[tuple[Entry, BaseException]], *, skip_dead: bool) -> set[str]:
    """Open lanes that begin with the entries that failed, one for each key; return the keys that are dead."""
    hopeless = [(entry, error) for entry, error in failed if failures.is_hopeless(error)]
    others = [(entry, error) for entry, error in failed if not failures.is_hopeless(error)]
    if others:
        open_many(name, others)
    for entry, _ in hopeless:
        run(OPEN, name=name, key=entry.key, position=entry.position - 1)
    return {
        entry.key
        for entry, error in hopeless
        if fail(name, Lane(entry.key, entry.position - 1), entry, error, skip_dead=skip_dead)
    }


def open_many(name: str, failed: Sequence[tuple[Entry, BaseException]]) -> None:
    """Open lanes whose first attempt has failed, in one statement."""
    run(
        OPEN_MANY,
        name=name,
        keys=[entry.key for entry, _ in failed],
        positions=[entry.position - 1 for entry, _ in failed],
        deaths=[int(isinstance(error, failures.ProcessDied)) for _, error in failed],
        errors=[failures.describe(error) for _, error in failed],
        wait_s=failures.backoff_s(1),
    )


def fail(name: str, lane: Lane, entry: Entry, error: BaseException, *, skip_dead: bool) -> bool:
    """Note that the lane's next entry failed: try later, or bury it after the last attempt; tell which."""
    before = entry.position - 1
    attempts = lane.attempts + 1 if before == lane.position else 1
    deaths = lane.deaths + isinstance(error, failures.ProcessDied)
    facts: dict[str, Any] = {
        "name": name,
        "key": entry.key,
        "position": before,
        "attempts": attempts,
        "deaths": deaths,
        "error": failures.describe(error),
    }
    last = attempts >= failures.ATTEMPTS_MAX or deaths >= DEATHS_MAX or failures.is_hopeless(error)
    if not last:
        run(POSTPONE, wait_s=failures.backoff_s(attempts), **facts)
        return False
    run(BURY, event_position=entry.position, type=entry.type, **facts)
    run(MOVE if skip_dead else BLOCK, **{**facts, "position": entry.position if skip_dead else before})
    return True


def move(name: str, key: str, position: int) -> None:
    """Advance a lane that has more to deliver."""
    run(MOVE, name=name, key=key, position=position)


def wait(name: str, key: str, position: int) -> None:
    """Leave the rest of a lane to newer code."""
    run(WAIT, name=name, key=key, position=position)


def close(name: str, key: str) -> None:
    """End a lane that has caught up with the stream."""
    run(CLOSE, name=name, key=key)


def run(sql: str, **parameters: Any) -> None:
    """Execute one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
