"""How far a subscriber has come, and what a turn did: written in the transaction of its effects."""

from dataclasses import dataclass

from django.db import connection

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


def advance(name: str, result: Result, *, busy_ms: float) -> None:
    """Write how far a subscriber has come."""
    with connection.cursor() as cursor:
        cursor.execute(
            ADVANCE,
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
            },
        )
