"""The lookout: sees whose turn it could be; an event costs those who hear it a turn, and nobody else."""

from typing import NamedTuple

from django.db import connection

from apps.events import registry
from apps.events.delivery.drain import IDLE_LAG_MAX
from apps.events.sequencer import Appended

# Whose turn it could be: something new in the stream, a replay, or a parked key whose time has come.
CANDIDATES = """
SELECT s.name, s.position, q.position,
       s.position < s.replay_until
       OR s.parked > 0 AND EXISTS (SELECT FROM event_lane l WHERE l.subscription_id = s.name
                                      AND l.state = 'retry' AND l.due_at <= clock_timestamp())
  FROM event_subscription s CROSS JOIN event_sequencer q
 WHERE (s.paused = '' OR s.probe_at <= clock_timestamp())
   AND (s.position < q.position OR s.parked > 0)
"""
LATEST = """
SELECT event_type, max(position) FROM event_stream WHERE position > %s AND position <= %s GROUP BY event_type
"""


class Candidate(NamedTuple):
    """A subscriber that may have something to do. `due`: whatever its position says."""

    name: str
    position: int
    head: int
    due: bool


class Lookout:
    """Remembers up to which position of the stream there are events of each type."""

    def __init__(self) -> None:
        self.latest: dict[str, int] = {}
        self.seen = 0

    def look(self) -> list[Candidate]:
        """Return the subscribers of this code whose turn it could be. One or two queries."""
        with connection.cursor() as cursor:
            cursor.execute(CANDIDATES)
            found = [Candidate(*row) for row in cursor.fetchall()]
        if found:
            self.note_latest(found[0].head)
        return [one for one in found if one.name in registry.subscribers]

    def hearers(self, appended: Appended) -> list[str]:
        """Return the subscribers of this code that hear what was just appended. No query."""
        self.latest.update(appended.latest)
        if self.seen == appended.after:
            self.seen += appended.count
        return [one.name for one in registry.subscribers.values() if appended.latest.keys() & one.types]

    def note_latest(self, head: int) -> None:
        """Note what was appended since the last look; further back than `wanted` asks, nothing is read."""
        after = max(self.seen, head - IDLE_LAG_MAX)
        if after < head:
            with connection.cursor() as cursor:
                cursor.execute(LATEST, [after, head])
                self.latest.update(cursor.fetchall())
            self.seen = head

    def wanted(self, one: Candidate) -> int:
        """Return the position of the last event that a subscriber hears: the head where it is far behind.

        One that hears nothing for long has its turn too: its position is written then.
        """
        if one.head - one.position > IDLE_LAG_MAX:
            return one.head
        return max(self.latest.get(event_type, 0) for event_type in registry.subscribers[one.name].types)
