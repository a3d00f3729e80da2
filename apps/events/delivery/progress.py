"""How far a subscriber has come, and what a turn did: written in the transaction of its effects."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from apps.events.stream import Entry
from apps.events.tallies import Tallies

ADVANCE = """
UPDATE event_subscription
   SET position = %(position)s, parked = parked + %(parked)s, delivered = delivered + %(delivered)s,
       failed = failed + %(failed)s, busy_ms = busy_ms + %(busy_ms)s,
       minute_keys = CASE WHEN minute_at < clock_timestamp() - interval '1 minute'
                          THEN %(keys)s ELSE minute_keys + %(keys)s END,
       minute_failed = CASE WHEN minute_at < clock_timestamp() - interval '1 minute'
                            THEN %(keys_failed)s ELSE minute_failed + %(keys_failed)s END,
       minute_at = CASE WHEN minute_at < clock_timestamp() - interval '1 minute'
                        THEN clock_timestamp() ELSE minute_at END
 WHERE name = %(name)s
"""


@dataclass(slots=True)
class Result:
    """What a turn will write about itself."""

    position: int
    delivered: int = 0
    failed: int = 0
    parked: int = 0
    keys: int = 0
    tallies: Tallies = field(default_factory=Tallies)

    def note_handled(self, entries: Sequence[Entry], durations_ms: Sequence[float]) -> None:
        """Count entries that were handled, with how long each took."""
        self.delivered += len(entries)
        self.tallies.handled([entry.type for entry in entries], durations_ms)

    def note_failed(self, entry: Entry, *, dead: bool) -> None:
        """Count an entry that failed."""
        self.failed += 1
        self.tallies[entry.type].failed += 1
        self.tallies[entry.type].dead += dead


def advance(name: str, result: Result, *, busy_ms: float) -> None:
    """Write how far a subscriber has come, and what it did, in one statement."""
    added, counted = result.tallies.statement()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH added AS ({added}) {ADVANCE}" if added else ADVANCE,
            {
                "name": name,
                "position": result.position,
                "parked": result.parked,
                "delivered": result.delivered,
                "failed": result.failed,
                "keys": result.keys,
                # A parked key that fails again is still one key that failed.
                "keys_failed": max(result.parked, 0),
                "busy_ms": busy_ms,
                **counted,
            },
        )
