"""How every subscriber is doing, for the command line and the dashboard."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

# A count of what waits, of the subscriber's own types only: passing over other types costs nothing.
# What is committed and not yet stamped waits too: it is what grows when every worker is gone.
STATUS = """
SELECT s.name, s.position, waiting.lag + unstamped.lag,
       extract(epoch FROM clock_timestamp() - least(next.created_at, unstamped.oldest, lanes.oldest))::float,
       s.delivered, s.failed, lanes.retrying, lanes.blocked, dead.letters, s.busy_ms, s.paused
  FROM event_subscription s
 CROSS JOIN LATERAL (SELECT count(*) AS lag FROM (SELECT FROM event_stream e
                      WHERE e.position > s.position AND e.event_type = ANY(s.types)
                      LIMIT %(at_most)s) AS counted) AS waiting
  LEFT JOIN LATERAL (SELECT l.created_at FROM event_stream e JOIN event_log l ON l.id = e.log_id
                      WHERE e.position > s.position AND e.event_type = ANY(s.types)
                      ORDER BY e.position LIMIT 1) AS next ON true
 CROSS JOIN LATERAL (SELECT count(*) AS lag, min(l.created_at) AS oldest
                       FROM event_sequencer q JOIN event_log l
                         ON l.xid >= pg_snapshot_xmin(q.since::pg_snapshot)
                        AND NOT pg_visible_in_snapshot(l.xid, q.since::pg_snapshot)
                      WHERE l.event_type = ANY(s.types)) AS unstamped
 CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE n.state = 'retry') AS retrying,
                            count(*) FILTER (WHERE n.state = 'dead') AS blocked, min(n.failed_at) AS oldest
                       FROM event_lane n WHERE n.subscription_id = s.name) AS lanes
 CROSS JOIN LATERAL (SELECT count(*) AS letters FROM event_dead_letter d
                      WHERE d.subscription_id = s.name AND d.resolution = '') AS dead
 ORDER BY s.name
"""

UNSTAMPED = """
SELECT extract(epoch FROM clock_timestamp() - min(l.created_at))::float
  FROM event_sequencer q JOIN event_log l
    ON l.xid >= pg_snapshot_xmin(q.since::pg_snapshot)
   AND NOT pg_visible_in_snapshot(l.xid, q.since::pg_snapshot)
"""
# Of others: this one is open by itself while it asks. Without pg_monitor those of other roles are not seen.
TRANSACTION = """
SELECT extract(epoch FROM clock_timestamp() - min(xact_start))::float FROM pg_stat_activity
 WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Status:
    """One subscriber. `lag` counts events that wait in the stream; `success_rate` is null before the first.

    `retrying` and `blocked` count keys; `dead` counts letters that wait for a decision.
    """

    subscriber: str
    position: int
    lag: int
    oldest_age_s: float | None
    delivered: int
    failed: int
    retrying: int
    blocked: int
    dead: int
    success_rate: float | None
    avg_ms: float | None
    paused: str

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


def status(at_most: int | None = None) -> list[Status]:
    """Return the state of every stored subscriber, by name, in one query.

    What waits in the stream is counted up to `at_most`: to count millions takes a second.
    """
    with connection.cursor() as cursor:
        cursor.execute(STATUS, {"at_most": at_most})
        return [_status(*row) for row in cursor.fetchall()]


def unstamped_age_s() -> float | None:
    """Return the age of the oldest event that is committed and has no position; None without any."""
    return _age(UNSTAMPED)


def oldest_transaction_s() -> float | None:
    """Return for how long the oldest other transaction in this database has been open; None without any."""
    return _age(TRANSACTION)


def _age(sql: str) -> float | None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        age_s: float | None = cursor.fetchone()[0]
    return age_s


def _status(
    name: str,
    position: int,
    lag: int,
    oldest_age_s: float | None,
    delivered: int,
    failed: int,
    retrying: int,
    blocked: int,
    dead: int,
    busy_ms: float,
    paused: str,
) -> Status:
    tried = delivered + failed
    return Status(
        subscriber=name,
        position=position,
        lag=lag,
        oldest_age_s=None if oldest_age_s is None else round(oldest_age_s, 3),
        delivered=delivered,
        failed=failed,
        retrying=retrying,
        blocked=blocked,
        dead=dead,
        success_rate=round(delivered / tried, 4) if tried else None,
        avg_ms=round(busy_ms / delivered, 3) if delivered else None,
        paused=paused,
    )
