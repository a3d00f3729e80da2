"""What a subscriber has not heard yet: whoever corrects its sums has to leave that out."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from apps.events import stream
from apps.events.envelope import Event

PAGE_SIZE = 1_000

PLACE = """
SELECT s.position, s.types, s.position < s.replay_until, q.position,
       ARRAY(SELECT n.key FROM event_lane n WHERE n.subscription_id = s.name)
  FROM event_subscription s CROSS JOIN event_sequencer q WHERE s.name = %s
"""
# Committed, but not in the stream yet: what the sequencer's last window did not see.
UNSTAMPED = f"""
SELECT {stream.COLUMNS.replace("s.position", "0")}
  FROM event_sequencer q JOIN event_log l
    ON l.xid >= pg_snapshot_xmin(q.since::pg_snapshot)
   AND NOT pg_visible_in_snapshot(l.xid, q.since::pg_snapshot)
 WHERE l.event_type = ANY(%(types)s)
"""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for a subscriber, and the keys it has parked, of which more may wait."""

    after: int
    upto: int
    types: list[str]
    parked: frozenset[str]

    def events(self) -> Iterator[Event]:
        """Yield what waits: what the stream holds in order, then what is not stamped yet."""
        after = self.after
        while entries := stream.page(
            name="", types=self.types, after=after, upto=self.upto, parked=False, limit=PAGE_SIZE
        ):
            yield from (entry.decode() for entry in entries)
            after = entries[-1].position
        for entry in stream.fetch(UNSTAMPED, types=self.types, replay_until=-1):
            yield entry.decode()


def backlog(name: str) -> Backlog | None:
    """Return what waits for a subscriber; None when it is not stored or hears again what it has heard.

    To be called in a REPEATABLE READ transaction, in which all that is read is of one moment.
    """
    with connection.cursor() as cursor:
        cursor.execute(PLACE, [name])
        found = cursor.fetchone()
    if found is None or found[2]:
        return None
    position, types, _, head, parked = found
    return Backlog(position, head, types, frozenset(parked))
