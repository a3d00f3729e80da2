"""What became of one event at each of its subscribers.

No row says that an event was delivered: it follows from where the subscriber is, what it has parked, and its
dead letters.
"""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from apps.events.search import Found

STANDING = """
SELECT s.name, s.position, s.began_after, s.replay_until, s.paused,
       n.state, n.position, n.attempts, n.due_at, n.owed_until, next.position,
       d.id, d.resolution, d.resolved_by, d.reason, d.resolved_at
  FROM event_subscription s
  LEFT JOIN event_lane n ON n.subscription_id = s.name AND n.key = %(key)s
  LEFT JOIN LATERAL (SELECT e.position FROM event_stream e
                      WHERE e.key = %(key)s AND e.position > n.position AND e.event_type = ANY(s.types)
                      ORDER BY e.position LIMIT 1) AS next ON true
  LEFT JOIN LATERAL (SELECT * FROM event_dead_letter l
                      WHERE l.subscription_id = s.name AND l.position = %(position)s
                      ORDER BY l.id DESC LIMIT 1) AS d ON true
 WHERE %(type)s = ANY(s.types)
 ORDER BY s.name
"""


class State(enum.StrEnum):
    """What became of it."""

    DELIVERED = "delivered"
    WAITING = "waiting"
    PAUSED = "paused"
    RETRYING = "retrying"
    BEHIND = "behind"
    DEAD = "dead"
    DISCARDED = "discarded"
    AGAIN = "again"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event at one subscriber; what does not apply is None or empty.

    `behind` is the position of the earlier event of the same key that holds it back.
    """

    subscriber: str
    state: State
    attempts: int = 0
    due_at: datetime | None = None
    behind: int | None = None
    letter_id: int | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""


def of(event: Found) -> list[Outcome]:
    """Return what became of an event, by subscriber. One query."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"key": event.key, "position": event.position, "type": event.type})
        return [_outcome(event.position, *row) for row in cursor.fetchall()]


def _outcome(
    at: int | None, name: str, position: int, began_after: int, replay_until: int, paused: str, *rest: Any
) -> Outcome:
    lane, letter = rest[:6], rest[6:]
    lane_state, lane_position, attempts, due_at, owed_until, failing = lane
    letter_id, resolution, decided_by, reason, decided_at = letter
    if at is None:
        return Outcome(name, State.WAITING)
    if letter_id and not resolution:
        return Outcome(name, State.DEAD, letter_id=letter_id)
    if lane_state and lane_position < at <= max(position, owed_until):
        if failing == at:
            return Outcome(name, State.RETRYING, attempts, due_at, letter_id=letter_id)
        return Outcome(name, State.BEHIND, behind=failing)
    if at > position:
        if at <= replay_until:
            return Outcome(name, State.AGAIN)
        return Outcome(name, State.PAUSED if paused else State.WAITING, reason=paused)
    decided = {"decided_by": decided_by or "", "decided_at": decided_at, "reason": reason or ""}
    if resolution == "discarded":
        return Outcome(name, State.DISCARDED, letter_id=letter_id, **decided)
    if at <= began_after:
        return Outcome(name, State.BEFORE)
    return Outcome(name, State.DELIVERED, letter_id=letter_id, **decided)
