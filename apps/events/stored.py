"""The stored side of the registry: one row per subscriber, and the sequencer's."""

from typing import Any

from django.db import connection

from apps.events import registry, sequencer

STORE = """
INSERT INTO event_subscription (name, types, position, parked, paused, delivered, failed, busy_ms)
SELECT %(name)s, %(types)s, CASE WHEN %(now)s THEN position ELSE 0 END, 0, '', 0, 0, 0 FROM event_sequencer
ON CONFLICT (name) DO NOTHING
"""
# By itself, so that a row that is as declared is not locked: it may be somebody's lease.
UPDATE_TYPES = """
UPDATE event_subscription SET types = %(types)s WHERE name = %(name)s AND types <> %(types)s::varchar[]
"""


def store(**_: Any) -> None:
    """Write a row for every declared subscriber that has none yet, and the sequencer's.

    Called by `migrate`, so that a subscriber that starts "now" starts at the deployment, not when the first
    worker happens to come up.
    """
    sequencer.ensure()
    with connection.cursor() as cursor:
        for subscriber in sorted(registry.subscribers.values(), key=lambda one: one.name):
            declared: dict[str, Any] = {
                "name": subscriber.name,
                "types": sorted(subscriber.types),
                "now": subscriber.since == "now",
            }
            cursor.execute(STORE, declared)
            cursor.execute(UPDATE_TYPES, declared)
