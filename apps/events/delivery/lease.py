"""The lease: the locked row of a subscription, and all that a turn needs to know, in one statement."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from apps.events.delivery.deaths import Marker

# The head is read in the locking statement: a head read later than the page would skip what came between.
# The row, unlike the head, is as of the lock; so the head may be the older of the two, never the newer.
LOCK = """
SELECT s.position, s.types, s.parked, s.paused, coalesce(s.probe_at <= clock_timestamp(), false),
       s.replay_until, s.replay_filter,
       CASE WHEN s.minute_at > clock_timestamp() - interval '1 minute' THEN s.minute_keys ELSE 0 END,
       CASE WHEN s.minute_at > clock_timestamp() - interval '1 minute' THEN s.minute_failed ELSE 0 END,
       q.position AS head,
       a.holder, a.key, a.position, a.upto, a.running, a.suspect_upto
  FROM event_subscription s CROSS JOIN event_sequencer q
  LEFT JOIN event_attempt a ON a.subscription_id = s.name
 WHERE s.name = %s FOR UPDATE OF s SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """A subscription as of the lock, the head of the stream, and the last marker."""

    position: int
    types: list[str]
    parked: int
    paused: str
    probing: bool
    replay_until: int
    replay_filter: dict[str, Any]
    minute_keys: int
    minute_failed: int
    head: int
    marker: Marker | None

    @property
    def replaying(self) -> bool:
        """Whether the subscriber hears again what it has heard before."""
        return self.position < self.replay_until


def lock(name: str) -> Lease | None:
    """Take the lease; None when another worker has it, or nobody stored the subscriber."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [name])
        found = cursor.fetchone()
    if found is None:
        return None
    values = list(found[:10])
    values[6] = json.loads(values[6]) if isinstance(values[6], str) else values[6]
    attempt = found[10:]
    values.append(Marker(*attempt) if attempt[0] is not None else None)
    return Lease(*values)
