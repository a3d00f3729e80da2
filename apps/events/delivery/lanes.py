"""Parked keys: each a private cursor, so that one failing player keeps his order and delays nobody else."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from apps.events.delivery import failures
from apps.events.stream import Entry

DUE_IN = "clock_timestamp() + random() * %(wait_s)s * interval '1 second'"

PARK = f"""
INSERT INTO event_lane (subscription_id, key, position, state, attempts, due_at, error)
VALUES (%(name)s, %(key)s, %(position)s, 'retry', 1, {DUE_IN}, %(error)s)
"""
DUE = """
SELECT key, position, attempts FROM event_lane
 WHERE subscription_id = %(name)s AND state = 'retry' AND (due_at <= clock_timestamp() OR %(impatient)s)
 ORDER BY due_at LIMIT 1
"""
MOVE = """
UPDATE event_lane SET position = %(position)s, attempts = 0, due_at = clock_timestamp()
 WHERE subscription_id = %(name)s AND key = %(key)s
"""
POSTPONE = f"""
UPDATE event_lane SET position = %(position)s, attempts = %(attempts)s, due_at = {DUE_IN}, error = %(error)s
 WHERE subscription_id = %(name)s AND key = %(key)s
"""
BURY = """
INSERT INTO event_dead_letter (subscription_id, position, key, event_type, attempts, error,
                               resolution, resolved_by, reason)
VALUES (%(name)s, %(position)s, %(key)s, %(type)s, %(attempts)s, %(error)s, '', '', '')
"""
BLOCK = """
UPDATE event_lane SET position = %(before)s, state = 'dead', attempts = %(attempts)s, error = %(error)s
 WHERE subscription_id = %(name)s AND key = %(key)s
"""
CLOSE = "DELETE FROM event_lane WHERE subscription_id = %(name)s AND key = %(key)s"


@dataclass(frozen=True, slots=True)
class Due:
    """A lane whose time has come."""

    key: str
    position: int
    attempts: int


def due(name: str, *, impatient: bool) -> Due | None:
    """Return the lane that has waited longest past its time; an impatient caller waits for none."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"name": name, "impatient": impatient})
        found = cursor.fetchone()
    return Due(*found) if found else None


def park(name: str, entry: Entry, error: BaseException) -> None:
    """Open a lane that begins with the entry that failed."""
    run(
        PARK,
        name=name,
        key=entry.key,
        position=entry.position - 1,
        wait_s=failures.backoff_s(1),
        error=failures.describe(error),
    )


def postpone(name: str, lane: Due, entry: Entry, error: BaseException, *, skip_dead: bool) -> None:
    """Note that the lane's next entry failed: try later, or bury it after the last attempt."""
    attempts = lane.attempts + 1 if entry.position - 1 == lane.position else 1
    facts: dict[str, Any] = {
        "name": name,
        "key": entry.key,
        "attempts": attempts,
        "error": failures.describe(error),
    }
    if attempts < failures.ATTEMPTS_MAX:
        run(POSTPONE, position=entry.position - 1, wait_s=failures.backoff_s(attempts), **facts)
        return
    run(BURY, position=entry.position, type=entry.type, **facts)
    if skip_dead:
        run(MOVE, position=entry.position, **facts)
    else:
        run(BLOCK, before=entry.position - 1, **facts)


def move(name: str, key: str, position: int) -> None:
    """Advance a lane that has more to deliver."""
    run(MOVE, name=name, key=key, position=position)


def close(name: str, key: str) -> None:
    """End a lane that has caught up with the stream."""
    run(CLOSE, name=name, key=key)


def run(sql: str, **parameters: Any) -> None:
    """Execute one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
