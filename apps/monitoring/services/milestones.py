"""When subscribers were where, noted every few seconds, so that an event can tell when it was delivered."""

from django.db import connection

KEPT_DAYS = 3

NOTE = """
INSERT INTO monitoring_milestone (subscriber, position, seen_at)
SELECT s.name, s.position, clock_timestamp() FROM event_subscription s
 WHERE s.position > coalesce((SELECT m.position FROM monitoring_milestone m WHERE m.subscriber = s.name
                               ORDER BY m.position DESC LIMIT 1), 0)
ON CONFLICT DO NOTHING
"""
# The newest of each stays, so that nobody is seen anew where he was.
FORGET = """
DELETE FROM monitoring_milestone m
 WHERE m.seen_at < clock_timestamp() - %s * interval '1 day'
   AND EXISTS (SELECT FROM monitoring_milestone n
                WHERE n.subscriber = m.subscriber AND n.position > m.position)
"""


def note() -> None:
    """Note every subscriber that has come further, and forget what is old."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE)
        cursor.execute(FORGET, [KEPT_DAYS])
