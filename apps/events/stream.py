"""Reading the stream: plain integers and plain joins.

The head of the stream comes in as a parameter: with the head in the same statement the planner joins the
whole log (a test keeps an eye on the plan).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from pydantic_core import from_json

from apps.events import registry
from apps.events.delivery.lease import Lease
from apps.events.envelope import Event
from apps.events.errors import InvalidEvent
from apps.events.subscriptions import Subscriber

COLUMNS = """s.position, l.uid, l.event_type, l.version, l.key, l.user_id, l.payload, l.created_at,
       l.occurred_at, l.actor_id, l.correlation_id, l.causation_id, l.depth,
       s.position <= %(replay_until)s"""

# How far a page looks for what a subscriber hears, in pages and at least in positions: a bound for the
# planner's worst choice, which is to sort all of it, and for the time limit of a statement.
WINDOW_PAGES, WINDOW_MIN = 20, 1_000
# The positions first, by their index and no more than the page holds, and only then the log: without
# statistics (a fresh log, a bulk import) the planner would else join all that waits to read one page.
PAGE = f"""
SELECT {COLUMNS}
  FROM (SELECT s.position, s.log_id FROM event_stream s
         WHERE s.position > %(after)s AND s.position <= %(upto)s{{}}
         ORDER BY s.position LIMIT %(limit)s) s
  JOIN event_log l ON l.id = s.log_id
 ORDER BY s.position
"""
OF_TYPES = " AND s.event_type = ANY(%(types)s)"
OF_KEY = OF_TYPES + " AND s.key = %(key)s"
OF_KEYS = OF_TYPES + " AND s.key = ANY(%(keys)s)"
NOT_PARKED = """
           AND NOT EXISTS (SELECT FROM event_lane p WHERE p.subscription_id = %(name)s AND p.key = s.key)"""
PAGE_OF_SUBJECT = f"""
SELECT {COLUMNS}
  FROM event_stream s JOIN event_log l ON l.id = s.log_id
 WHERE s.position > %(after)s AND s.position <= %(upto)s AND s.event_type = ANY(%(types)s)
   AND l.subject_ids @> ARRAY[%(user_id)s]::bigint[]
 ORDER BY s.position LIMIT %(limit)s
"""


class Entry(NamedTuple):
    """One event of the stream as it is stored, a row of COLUMNS; decoded only when it is handed out."""

    position: int
    uid: UUID
    type: str
    version: int
    key: str
    user_id: int | None
    payload: dict[str, Any]
    created_at: datetime
    occurred_at: datetime
    actor_id: int | None
    correlation_id: UUID
    causation_id: UUID | None
    depth: int
    replay: bool = False

    def is_readable(self) -> bool:
        """Tell whether this code can read the entry, or knows that nobody can."""
        definition = registry.events.get(self.type)
        return definition is None or self.version <= definition.version

    def decode(self) -> Event:
        """Return the event with its arguments in the types of the signature.

        Raises InvalidEvent when no code of this process knows the type and version.
        """
        definition = registry.events.get(self.type)
        if definition is None:
            raise InvalidEvent(f"no code declares {self.type}")
        return Event(
            id=self.uid,
            type=self.type,
            version=self.version,
            key=self.key,
            user_id=self.user_id,
            created_at=self.created_at,
            occurred_at=self.occurred_at,
            actor_id=self.actor_id,
            correlation_id=self.correlation_id,
            causation_id=self.causation_id,
            depth=self.depth,
            args=definition.decode(definition.upcast(self.payload, self.version)),
            position=self.position,
            replay=self.replay,
        )


@dataclass(frozen=True, slots=True)
class Page:
    """What a subscriber hears next. `end` is where it will stand once it has handled all entries.

    `held_back`: an entry of a version that this code does not know follows; newer code has to read it.
    """

    entries: list[Entry]
    end: int
    held_back: bool = False


def next_page(lease: Lease, subscriber: Subscriber, *, limit: int) -> Page:
    """Read the next entries for a subscriber, live or again, passing over its parked keys.

    Looks no further than a window: it may hear one type in a log of millions.
    """
    upto, end, types, keys = lease.head, lease.head, lease.types, None
    if lease.replaying:
        again = lease.replay_filter
        upto, end = min(again.get("to") or lease.replay_until, lease.replay_until), lease.replay_until
        types = [name for name in types if name in (again.get("types") or types)]
        keys = again.get("keys")
    reach = lease.position + max(WINDOW_MIN, WINDOW_PAGES * limit)
    if upto > reach:
        upto = end = reach
    entries = page(
        name=subscriber.name,
        types=types,
        keys=keys,
        after=lease.position,
        upto=upto,
        parked=lease.parked > 0,
        limit=limit,
        replay_until=lease.replay_until,
    )
    readable = list(itertools.takewhile(Entry.is_readable, entries))
    if len(readable) < len(entries):
        return Page(readable, readable[-1].position if readable else lease.position, held_back=True)
    if len(entries) == limit:
        return Page(entries, entries[-1].position)
    return Page(entries, max(end, lease.position))


def lane_page(lease: Lease, key: str, *, after: int, owed_until: int, limit: int) -> Page:
    """Read the next entries of a parked key: up to where the stream has passed it over, now or before."""
    upto = max(lease.position, owed_until)
    entries = page_of_key(
        key=key, types=lease.types, after=after, upto=upto, limit=limit, replay_until=lease.replay_until
    )
    readable = list(itertools.takewhile(Entry.is_readable, entries))
    end = readable[-1].position if readable else after
    return Page(readable, end, held_back=len(readable) < len(entries))


def page(
    *,
    name: str,
    types: Sequence[str],
    after: int,
    upto: int,
    parked: bool,
    limit: int,
    keys: Sequence[str] | None = None,
    replay_until: int = 0,
) -> list[Entry]:
    """Return the next entries of these types in (after, upto], passing over the keys that `name` parked."""
    sql = PAGE.format((OF_KEYS if keys else OF_TYPES) + (NOT_PARKED if parked else ""))
    bounds = {"after": after, "upto": upto, "limit": limit, "replay_until": replay_until}
    return fetch(sql, name=name, types=list(types), keys=list(keys or ()), **bounds)


def page_of_key(
    *, key: str, types: Sequence[str], after: int, upto: int, limit: int, replay_until: int = 0
) -> list[Entry]:
    """Return the next entries of one key in (after, upto]."""
    bounds = {"after": after, "upto": upto, "limit": limit, "replay_until": replay_until}
    return fetch(PAGE.format(OF_KEY), key=key, types=list(types), **bounds)


def page_of_subject(*, user_id: int, types: Sequence[str], after: int, upto: int, limit: int) -> list[Entry]:
    """Return the next events of these types in (after, upto] that name a user."""
    bounds = {"after": after, "upto": upto, "limit": limit, "replay_until": 0}
    return fetch(PAGE_OF_SUBJECT, user_id=user_id, types=list(types), **bounds)


def first_position() -> int:
    """Return the first position that was not pruned; the next one to come where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce((SELECT min(position) FROM event_stream),"
            " (SELECT position + 1 FROM event_sequencer), 1)"
        )
        return int(cursor.fetchone()[0])


def tail(*, after: int, upto: int, limit: int = 1_000) -> list[Entry]:
    """Return the next entries of all types in (after, upto]."""
    return fetch(PAGE.format(""), after=after, upto=upto, limit=limit, replay_until=0)


def fetch(sql: str, **parameters: Any) -> list[Entry]:
    """Run a query for COLUMNS."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [entry(row) for row in cursor.fetchall()]


def entry(row: tuple[Any, ...]) -> Entry:
    """Return a row of COLUMNS as an Entry."""
    return Entry._make((*row[:6], decode_json(row[6]), *row[7:]))


def decode_json(value: Any) -> dict[str, Any]:
    """Return a payload as a dict; Django's connections hand jsonb out as text."""
    payload: dict[str, Any] = from_json(value) if isinstance(value, str) else value
    return payload
