"""What subscribers did, minute by minute: counted in the transaction that moves them on, never from the log.

Others who deliver may count here, too, under names with a colon.

One row per subscriber, type and minute; once old, per hour. Times are of the handler alone: of a `batch=True`
handler, each event's share of its batch.
"""

import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

MINUTE_S, HOUR_S = 60, 3_600
# Bounds of the histogram: each bucket holds what is above the bound before it and not above its own; one more
# holds the rest. A turn's statements end after 5 s.
BOUNDS_MS = tuple(2.0**power for power in range(-5, 13))
BUCKETS = len(BOUNDS_MS) + 1

# Minutes are kept for the last hour's plot and some more, hours for a season.
MINUTES_KEPT = timedelta(hours=2)
HOURS_KEPT = timedelta(days=90)

SUMS = "delivered, failed, retried, dead, busy_ms"
SUMMED = ", ".join(f"sum({name}) AS {name}" for name in SUMS.split(", "))
SUMMED_BUCKETS = f"ARRAY[{', '.join(f'sum(buckets[{place}])' for place in range(1, BUCKETS + 1))}]::bigint[]"
ADDED = """
ON CONFLICT (began_at, width_s, subscriber, event_type) DO UPDATE
   SET delivered = mine.delivered + EXCLUDED.delivered, failed = mine.failed + EXCLUDED.failed,
       retried = mine.retried + EXCLUDED.retried, dead = mine.dead + EXCLUDED.dead,
       busy_ms = mine.busy_ms + EXCLUDED.busy_ms,
       buckets = ARRAY(SELECT a + b FROM unnest(mine.buckets, EXCLUDED.buckets)
                       WITH ORDINALITY AS pair(a, b, place) ORDER BY place)
"""
# Part of the statement that moves the subscriber on: no round trip of its own.
ADD = f"""
INSERT INTO event_tally AS mine (subscriber, event_type, {SUMS}, buckets, width_s, began_at)
VALUES {{rows}}
{ADDED}
"""
ROW = f"(%({{name}})s, {{values}}, {MINUTE_S}, date_trunc('minute', clock_timestamp()))"
COMPACT = f"""
WITH old AS (DELETE FROM event_tally WHERE width_s = {MINUTE_S} AND began_at < %(before)s RETURNING *)
INSERT INTO event_tally AS mine (began_at, width_s, subscriber, event_type, {SUMS}, buckets)
SELECT date_trunc('hour', began_at, 'UTC') AS hour, {HOUR_S}, subscriber, event_type,
       {SUMMED}, {SUMMED_BUCKETS}
  FROM old GROUP BY hour, subscriber, event_type
{ADDED}
"""
PRUNE = f"DELETE FROM event_tally WHERE width_s = {HOUR_S} AND began_at < %s"
TOTALS = f"""
SELECT subscriber, event_type, {SUMMED}, {SUMMED_BUCKETS}
  FROM event_tally WHERE began_at >= %s GROUP BY subscriber, event_type ORDER BY subscriber, event_type
"""
SERIES = f"""
SELECT to_timestamp(floor(extract(epoch FROM began_at) / %(step)s) * %(step)s) AS moment,
       {SUMMED}, {SUMMED_BUCKETS}
  FROM event_tally WHERE began_at >= %(since)s AND position(':' IN subscriber) = 0
 GROUP BY moment ORDER BY moment
"""


@dataclass(slots=True)
class Tally:
    """What was done with events of one type: `dead` are those of the failed that will not be tried again.

    `retried` counts attempts after a failure, whatever came of them.
    """

    delivered: int = 0
    failed: int = 0
    retried: int = 0
    dead: int = 0
    busy_ms: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * BUCKETS)

    @property
    def tried(self) -> int:
        """How many attempts there were."""
        return self.delivered + self.failed

    @property
    def success_rate(self) -> float | None:
        """Return the share of attempts that succeeded, 0 to 1; None without any."""
        return self.delivered / self.tried if self.tried else None

    @property
    def mean_ms(self) -> float | None:
        """Return how long the handler took for one event on average; None without any."""
        return self.busy_ms / self.delivered if self.delivered else None

    def quantile_ms(self, share: float) -> float | None:
        """Return the time that this share of the events did not exceed; None without any.

        Within a bucket the times are taken to lie evenly.
        """
        total = sum(self.buckets)
        if not total:
            return None
        wanted, below = share * total, 0
        for place, count in enumerate(self.buckets):
            if count and below + count >= wanted:
                low = BOUNDS_MS[place - 1] if place else 0.0
                high = BOUNDS_MS[place] if place < len(BOUNDS_MS) else low * 2
                return low + (high - low) * (wanted - below) / count
            below += count
        raise AssertionError("the last bucket holds what is left")

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(
            self.delivered + other.delivered,
            self.failed + other.failed,
            self.retried + other.retried,
            self.dead + other.dead,
            self.busy_ms + other.busy_ms,
            [a + b for a, b in zip(self.buckets, other.buckets, strict=True)],
        )


class Tallies(defaultdict[str, Tally]):
    """The tallies of one turn, by type."""

    def __init__(self) -> None:
        super().__init__(Tally)

    def handled(self, types: Iterable[str], durations_ms: Iterable[float]) -> None:
        """Count events that were handled, with how long each took."""
        # The events of a batch all took their share of it: few pairs, counted fast.
        for (name, ms), count in Counter(zip(types, durations_ms, strict=True)).items():
            one = self[name]
            one.delivered += count
            one.busy_ms += ms * count
            one.buckets[bisect_left(BOUNDS_MS, ms)] += count

    def statement(self) -> tuple[str, dict[str, Any]]:
        """Return the statement that adds them to those of the subscriber `name`; empty without any."""
        rows, parameters = self.rows()
        return (ADD.format(rows=", ".join(rows)) if rows else ""), parameters

    def rows(self, prefix: str = "", name: str | None = None) -> tuple[list[str], dict[str, Any]]:
        """Return rows for ADD and their parameters, whose names begin with a prefix."""
        rows: list[str] = []
        parameters: dict[str, Any] = {} if name is None else {f"{prefix}name": name}
        for place, (event_type, one) in enumerate(sorted(self.items())):
            values = (event_type, one.delivered, one.failed, one.retried, one.dead, one.busy_ms, one.buckets)
            named = {f"{prefix}tally_{place}_{column}": value for column, value in enumerate(values)}
            parameters.update(named)
            rows.append(ROW.format(name=f"{prefix}name", values=", ".join(f"%({each})s" for each in named)))
        return rows, parameters


def elapsed_ms(began: float) -> float:
    """Return the milliseconds since a moment of `time.perf_counter`."""
    return (time.perf_counter() - began) * 1000


def add(several: Mapping[str, Tallies]) -> None:
    """Add what others than subscribers did, by name, in the caller's transaction. One statement."""
    rows, parameters = [], {}
    for place, (name, tallies) in enumerate(sorted(several.items())):
        found, values = tallies.rows(f"n{place}_", name)
        rows += found
        parameters.update(values)
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(ADD.format(rows=", ".join(rows)), parameters)


def compact(now: datetime) -> None:
    """Make hours of old minutes, and forget old hours."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(COMPACT, {"before": hour - MINUTES_KEPT})
        cursor.execute(PRUNE, [hour - HOURS_KEPT])


def totals(since: datetime) -> Mapping[tuple[str, str], Tally]:
    """Return what was done since a moment, by subscriber and type."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, [since])
        return {(name, event_type): tally(row) for name, event_type, *row in cursor.fetchall()}


def series(since: datetime, step_s: int) -> Mapping[datetime, Tally]:
    """Return what all subscribers did, by steps of so many seconds; a step without anything is left out."""
    with connection.cursor() as cursor:
        cursor.execute(SERIES, {"since": since, "step": step_s})
        return {moment: tally(row) for moment, *row in cursor.fetchall()}


def tally(row: Sequence[Any]) -> Tally:
    """Return summed columns as a tally."""
    delivered, failed, retried, dead, busy_ms, buckets = row
    return Tally(int(delivered), int(failed), int(retried), int(dead), busy_ms, list(map(int, buckets)))
