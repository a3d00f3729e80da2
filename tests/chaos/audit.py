"""The auditor: what was committed against what the handlers did, in tables that refuse nothing."""

from dataclasses import dataclass
from typing import Any

import psycopg

KEYS = 40
# How many subscribers hear each event; the relay answers every fourth bump with an echo.
HEARD_BY = {"bumped": ("mirror", "relay"), "echoed": ("echo",)}
ECHO_EVERY = 4

TABLES = f"""
DROP TABLE IF EXISTS chaos_key, chaos_effect;
CREATE TABLE chaos_key (id bigint PRIMARY KEY, seq bigint NOT NULL) WITH (fillfactor = 50);
INSERT INTO chaos_key SELECT n, 0 FROM generate_series(0, {KEYS - 1}) AS n;
CREATE TABLE chaos_effect (handler text, key bigint, seq bigint, uid uuid, place bigserial);
"""
# What the log says against what the handlers did; the log has nothing that was rolled back.
LOST = """
SELECT count(*) FROM event_log l CROSS JOIN unnest(%s::text[]) AS h(handler)
 WHERE l.event_type = %s
   AND NOT EXISTS (SELECT FROM chaos_effect e WHERE e.uid = l.uid AND e.handler = h.handler)
"""
DOUBLED = "SELECT count(*) - count(DISTINCT (handler, uid)) FROM chaos_effect"
GHOSTS = "SELECT count(*) FROM chaos_effect e WHERE NOT EXISTS (SELECT FROM event_log l WHERE l.uid = e.uid)"
DISORDERED = """
SELECT count(*) FROM (SELECT seq < lag(seq) OVER (PARTITION BY handler, key ORDER BY place) AS back
                        FROM chaos_effect) AS steps WHERE back
"""
# State and log agree: of every key the log has each number up to that of the row, once.
TORN = """
SELECT count(*) FROM chaos_key k
 WHERE k.seq <> (SELECT count(*) FROM event_log WHERE event_type = 'bumped' AND user_id = k.id)
    OR k.seq <> (SELECT count(DISTINCT payload->>'seq') FROM event_log
                  WHERE event_type = 'bumped' AND user_id = k.id)
"""
FORGOTTEN = """
SELECT count(*) FROM unnest(%s::bigint[], %s::bigint[]) AS told(key, seq)
  JOIN chaos_key k ON k.id = told.key WHERE told.seq > k.seq
"""
SPARSE = """
SELECT (count(*) <> coalesce(max(position), 0) OR count(*) <> count(DISTINCT log_id))::int FROM event_stream
"""
# An idle subscriber of rare events stays where its last one was: what counts is that none follows.
# What is counted last takes longest: a log of a million events is not counted while a handler still works.
QUIET = """
SELECT CASE WHEN EXISTS (SELECT FROM event_lane) THEN false
            WHEN EXISTS (SELECT FROM event_subscription s JOIN event_stream e ON e.position > s.position
                          WHERE s.name LIKE 'chaos.%' AND e.event_type = ANY(s.types)) THEN false
            ELSE (SELECT count(*) FROM event_log) = (SELECT position FROM event_sequencer) END
"""


@dataclass(frozen=True)
class Findings:
    """What the auditor found; all but the first two have to be zero."""

    events: int
    effects: int
    lost: int
    doubled: int
    disordered: int
    # Effects of what was rolled back; keys whose row and log differ; commits that a client was told and that
    # are gone; holes in the stream; echoes that the relay owes.
    ghosts: int
    torn: int
    forgotten: int
    sparse: int
    unanswered: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not any(vars(self)[name] for name in vars(self) if name not in ("events", "effects"))


def audit(session: psycopg.Connection[Any], told: dict[int, int]) -> Findings:
    """Compare; `told` has the highest number of each key whose commit a client was told."""

    def count(sql: str, *parameters: Any) -> int:
        row = session.execute(sql, parameters or None).fetchone()
        assert row
        return int(row[0])

    return Findings(
        events=count("SELECT count(*) FROM event_log WHERE event_type IN ('bumped', 'echoed')"),
        effects=count("SELECT count(*) FROM chaos_effect"),
        lost=sum(count(LOST, list(handlers), kind) for kind, handlers in HEARD_BY.items()),
        doubled=count(DOUBLED),
        disordered=count(DISORDERED),
        ghosts=count(GHOSTS),
        torn=count(TORN),
        forgotten=count(FORGOTTEN, list(told), list(told.values())),
        sparse=count(SPARSE),
        unanswered=abs(
            count(f"SELECT sum(seq / {ECHO_EVERY}) FROM chaos_key")
            - count("SELECT count(*) FROM event_log WHERE event_type = 'echoed'")
        ),
    )


def handled(session: psycopg.Connection[Any]) -> int:
    """Return how much the subscribers have handled so far, again after a failure included."""
    row = session.execute("SELECT coalesce(sum(delivered + failed), 0) FROM event_subscription").fetchone()
    return int(row[0]) if row else 0


def is_quiet(session: psycopg.Connection[Any]) -> bool:
    """Tell whether every event is stamped and every subscriber has come to the end."""
    row = session.execute(QUIET).fetchone()
    return bool(row and row[0])
