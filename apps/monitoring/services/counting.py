"""Counting what happened, once each: the sums and how far they reach are written in one transaction.

A player is active on a day on which he acted, or on which something is told of him that no other event
caused: that is how imported history names who played.
"""

import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

from apps.events import sequencer
from apps.monitoring.models import Counted

PAGE = 20_000
# The rest comes with the next run.
RUN_S_MAX = 2.0
HOURS_KEPT_DAYS = 8
MONTH_DAYS = 30

COUNT = """
WITH page AS (
    SELECT l.event_type, l.occurred_at, coalesce(l.actor_id, l.user_id) AS player,
           l.causation_id IS NULL AS action
      FROM event_stream s JOIN event_log l ON l.id = s.log_id
     WHERE s.position > %(after)s AND s.position <= %(upto)s
), counted AS (
    INSERT INTO monitoring_eventcount AS mine (unit, at, event_type, events, actions)
    SELECT unit, date_trunc(unit, occurred_at, 'UTC') AS began, event_type,
           count(*), count(*) FILTER (WHERE action)
      FROM page CROSS JOIN unnest(ARRAY['hour', 'day']) AS unit
     WHERE unit = 'day' OR occurred_at > clock_timestamp() - make_interval(days => %(hours_kept)s)
     GROUP BY unit, began, event_type
    ON CONFLICT (unit, at, event_type) DO UPDATE
       SET events = mine.events + EXCLUDED.events, actions = mine.actions + EXCLUDED.actions
), active AS (
    INSERT INTO monitoring_activeplayer (day, user_id)
    SELECT DISTINCT (occurred_at AT TIME ZONE 'UTC')::date, player
      FROM page WHERE action AND player IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING day
) SELECT DISTINCT day FROM active
"""
SUM_UP = """
INSERT INTO monitoring_activity (day, daily, weekly, monthly)
SELECT d, (SELECT count(*) FROM monitoring_activeplayer WHERE day = d),
       (SELECT count(DISTINCT user_id) FROM monitoring_activeplayer WHERE day > d - 7 AND day <= d),
       (SELECT count(DISTINCT user_id) FROM monitoring_activeplayer WHERE day > d - 30 AND day <= d)
  FROM unnest(%s::date[]) AS d
ON CONFLICT (day) DO UPDATE
   SET daily = EXCLUDED.daily, weekly = EXCLUDED.weekly, monthly = EXCLUDED.monthly
"""
FORGET_HOURS = """
DELETE FROM monitoring_eventcount
 WHERE unit = 'hour' AND at < clock_timestamp() - make_interval(days => %s)
"""


@transaction.atomic
def count() -> int:
    """Count what was said since the last time; return how many positions were counted."""
    Counted.objects.get_or_create(pk=1)
    counted = Counted.objects.select_for_update().get(pk=1)
    began_at, head = counted.position, sequencer.head()
    days: set[date] = set()
    deadline = time.monotonic() + RUN_S_MAX
    while counted.position < head and time.monotonic() < deadline:
        upto = min(counted.position + PAGE, head)
        with connection.cursor() as cursor:
            window = {"after": counted.position, "upto": upto, "hours_kept": HOURS_KEPT_DAYS}
            cursor.execute(COUNT, window)
            days |= {day for (day,) in cursor.fetchall()}
        counted.position = upto
    counted.save()
    with connection.cursor() as cursor:
        cursor.execute(SUM_UP, [sorted(_reached_by(days))])
        cursor.execute(FORGET_HOURS, [HOURS_KEPT_DAYS])
    return counted.position - began_at


def _reached_by(days: Iterable[date]) -> set[date]:
    """Return the days whose sums a day is in: itself and the month after it, as far as it has come."""
    today = datetime.now(UTC).date()
    reached = {day + timedelta(days=later) for day in days for later in range(MONTH_DAYS)}
    return {day for day in reached if day <= today} | set(days)
