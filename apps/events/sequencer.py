"""The sequencer: gives every committed event its position. The only code that knows about snapshots.

A window is the set of log rows that are visible in the snapshot `upto` and were not visible in `since`.
Windows follow one another without gap or overlap, so nothing is lost or stamped twice, and an open
transaction delays nobody but itself. Each rule below has a test that fails without it; docs/backbone.md
tells what happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connection, transaction

from apps.events import acts, wakeup
from apps.events.errors import NotOurLog
from apps.events.protection import log_unlocked

# One advisory lock per database: who has it stamps, everybody else goes on with other work.
LOCK_KEY = 0x5EC0_E4CE
# Sees nothing: every transaction id is at or above its xmax.
BLANK = "3:3:"

# One message, and yet four statements, each with a snapshot of its own. The lock first, and it must not take
# a transaction id: a transaction that has one may count itself as visible, and what it then emits would fall
# between two windows. Then the end of the window, so that ours cannot be older than that of the holder before
# us; then its beginning. A window is never cut, so it may take as long as a bulk import needs.
OPEN = f"""
SELECT pg_try_advisory_xact_lock({LOCK_KEY});
SET LOCAL statement_timeout = 0;
SELECT pg_current_snapshot()::text;
SELECT since, position FROM event_sequencer
"""
STAMP = """
WITH fresh AS (
  INSERT INTO event_stream (position, log_id, event_type, key)
  SELECT %(position)s + row_number() OVER (ORDER BY id), id, event_type, key
    FROM (SELECT id, event_type, key FROM event_log
           WHERE xid >= %(bottom)s::xid8 AND xid < %(top)s::xid8
             AND pg_visible_in_snapshot(xid, %(upto)s::pg_snapshot)
          UNION ALL
          SELECT id, event_type, key FROM event_log
           WHERE xid = ANY(%(running)s::xid8[])
             AND pg_visible_in_snapshot(xid, %(upto)s::pg_snapshot)) AS found
  RETURNING position, event_type
), moved AS (
  UPDATE event_sequencer SET since = %(upto)s, position = position + (SELECT count(*) FROM fresh)
   WHERE EXISTS (SELECT FROM fresh)
)
SELECT event_type, max(position), count(*) FROM fresh GROUP BY event_type
"""
STAMP_REST = """
INSERT INTO event_stream (position, log_id, event_type, key)
SELECT (SELECT coalesce(max(position), 0) FROM event_stream) + row_number() OVER (ORDER BY id),
       id, event_type, key
  FROM event_log l WHERE NOT EXISTS (SELECT FROM event_stream s WHERE s.log_id = l.id)
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A `pg_snapshot`, split: all below `xmin` are finished, all from `xmax` on had not begun."""

    text: str

    @property
    def xmax(self) -> str:
        """The first transaction id that had not begun."""
        return self.text.split(":")[1]

    @property
    def running(self) -> list[str]:
        """The transactions that were under way."""
        return [xid for xid in self.text.split(":")[2].split(",") if xid]


@dataclass(frozen=True, slots=True)
class Window:
    """What is stamped next: what is visible in `upto` and was not in `since`, after a position."""

    since: Snapshot
    upto: Snapshot
    position: int


@dataclass(frozen=True, slots=True)
class Appended:
    """What a stamp appended to the stream: where it begins, how much, and the last position of each type."""

    after: int = 0
    count: int = 0
    latest: Mapping[str, int] = field(default_factory=dict)


def stamp() -> int:
    """Append every newly committed event to the stream; return how many: 0 when another process does it."""
    return append().count


def append() -> Appended:
    """Append every newly committed event to the stream; nothing when another process does it."""
    with transaction.atomic(durable=True):
        window = _open()
        if window is None:
            return Appended()
        appended = _append(window)
        if appended.count:
            # The others slept through this window, or looked before it was there.
            transaction.on_commit(partial(wakeup.ring, wakeup.STREAM))
    return appended


def check_cluster() -> None:
    """Refuse to work on a log that was written in another cluster.

    Transaction ids are counted per cluster: after a restore elsewhere, old ids may lie in the future, and
    their events would stay invisible for ever. Raises NotOurLog.
    """
    ours, theirs = row(
        "SELECT (SELECT system_identifier::text FROM pg_control_system()), system_identifier"
        "  FROM event_sequencer"
    )
    if ours != theirs:
        raise NotOurLog(
            "the event log was restored from another PostgreSQL cluster, whose transaction ids mean nothing"
            " here: stop everything that writes, then run `manage.py events rebase`"
        )


def rebase(*, by: str = acts.SHELL) -> int:
    """Take over a log from another cluster; return how many events still had to be stamped.

    Nothing may write meanwhile. Events without a position get one in the order of their ids, the best order
    that is left; then every row gets a transaction id of this cluster.
    """
    with transaction.atomic(durable=True):
        execute("LOCK TABLE event_log, event_stream, event_sequencer IN ACCESS EXCLUSIVE MODE")
        count = execute(STAMP_REST)
        with log_unlocked():
            execute(
                "UPDATE event_log SET xid = '3'::xid8 WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())"
            )
        execute(
            "UPDATE event_sequencer SET position = (SELECT coalesce(max(position), 0) FROM event_stream),"
            " system_identifier = (SELECT system_identifier::text FROM pg_control_system()),"
            # All of the log is stamped, and nobody else writes: the next window begins here.
            " since = pg_snapshot_xmax(pg_current_snapshot())::text || ':'"
            " || pg_snapshot_xmax(pg_current_snapshot())::text || ':'"
        )
        acts.record("rebase", by=by, stamped=count)
    return count


def head() -> int:
    """Return the last position of the stream."""
    return int(value("SELECT position FROM event_sequencer"))


def ensure() -> None:
    """Write the sequencer's row when it is not there."""
    execute(
        "INSERT INTO event_sequencer (id, since, position, system_identifier)"
        " SELECT 1, %s, 0, system_identifier FROM pg_control_system() ON CONFLICT DO NOTHING",
        [BLANK],
    )


def _open() -> Window | None:
    """Lock, and see how far the window reaches; None where another process has it open."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN)
        [is_ours] = cursor.fetchone()
        cursor.nextset()
        cursor.nextset()
        [upto] = cursor.fetchone()
        cursor.nextset()
        since, position = cursor.fetchone()
    return Window(Snapshot(since), Snapshot(upto), position) if is_ours else None


def _append(window: Window) -> Appended:
    with connection.cursor() as cursor:
        cursor.execute(
            STAMP,
            {
                "position": window.position,
                "bottom": window.since.xmax,
                "top": window.upto.xmax,
                "running": window.since.running,
                "upto": window.upto.text,
            },
        )
        rows = cursor.fetchall()
    latest = {event_type: position for event_type, position, _ in rows}
    return Appended(window.position, sum(count for _, _, count in rows), latest)


def execute(sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> int:
    """Run a statement; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def row(sql: str) -> tuple[Any, ...]:
    """Run a query of one row."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def value(sql: str) -> Any:
    """Run a query of one value."""
    return row(sql)[0]
