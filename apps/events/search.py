"""The log for people: found by type, user, time and request, newest first, and what caused what.

Every read goes by an index and ends after a page, however long the log is. Ids and times of writing rise
together, so a time is looked up among the ids by halving.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.events import registry, stream

FAMILY_MAX = 500
# How many events of one request are looked through for the consequences of one of them.
REQUEST_MAX = 20_000

COLUMNS = """l.id, s.position, l.uid, l.event_type, l.version, l.key, l.subject_ids, l.created_at,
       l.occurred_at, l.actor_id, l.correlation_id, l.causation_id, l.depth"""
PAGE = f"""
SELECT {COLUMNS} FROM (SELECT e.* FROM {{source}} WHERE {{where}} ORDER BY e.id DESC LIMIT %(limit)s) l
  LEFT JOIN event_stream s ON s.log_id = l.id
 ORDER BY l.id DESC
"""
# Found first: with the order and the limit in sight, the planner may read the whole log backwards instead.
FEW = "(SELECT * FROM found) AS f JOIN event_log e ON e.id = f.id"
FOUND = "WITH found AS MATERIALIZED (SELECT id FROM event_log WHERE {where})"
ONE = f"""
SELECT {COLUMNS}, l.payload FROM event_log l LEFT JOIN event_stream s ON s.log_id = l.id WHERE l.uid = %s
"""
FIRST_AT = """
WITH RECURSIVE halves (low, high) AS (
    SELECT min(id), max(id) + 1 FROM event_log
    UNION ALL
    SELECT CASE WHEN probe.created_at < %(when)s THEN probe.id + 1 ELSE low END,
           CASE WHEN probe.created_at < %(when)s THEN high ELSE (low + high) / 2 END
      FROM halves CROSS JOIN LATERAL (SELECT id, created_at FROM event_log
                                       WHERE id >= (low + high) / 2 ORDER BY id LIMIT 1) AS probe
     WHERE low < high
) SELECT coalesce(max(low), 0) FROM halves
"""
FAMILY = f"""
SELECT {COLUMNS} FROM (SELECT * FROM event_log WHERE correlation_id = %(correlation)s
                        ORDER BY id LIMIT %(limit)s) l
  LEFT JOIN event_stream s ON s.log_id = l.id ORDER BY l.id
"""
CAUSES = f"""
WITH RECURSIVE chain AS (
    SELECT * FROM event_log WHERE uid = %(cause)s
    UNION ALL
    SELECT e.* FROM chain c JOIN event_log e ON e.uid = c.causation_id
) SELECT {COLUMNS} FROM chain l LEFT JOIN event_stream s ON s.log_id = l.id ORDER BY l.id
"""
CONSEQUENCES = f"""
WITH RECURSIVE request AS MATERIALIZED (
    SELECT id, uid, causation_id FROM event_log
     WHERE correlation_id = %(correlation)s ORDER BY id LIMIT {REQUEST_MAX}
), tree AS (
    SELECT id, uid FROM request WHERE causation_id = %(uid)s
    UNION ALL
    SELECT r.id, r.uid FROM tree t JOIN request r ON r.causation_id = t.uid
) SELECT {COLUMNS} FROM (SELECT id FROM tree ORDER BY id LIMIT {FAMILY_MAX}) AS t
    JOIN event_log l ON l.id = t.id LEFT JOIN event_stream s ON s.log_id = l.id ORDER BY l.id
"""


@dataclass(frozen=True, slots=True)
class Found:
    """An event of the log without its arguments; `position` is None until it is stamped."""

    id: int
    position: int | None
    uid: UUID
    type: str
    version: int
    key: str
    subject_ids: list[int]
    created_at: datetime
    occurred_at: datetime
    actor_id: int | None
    correlation_id: UUID
    causation_id: UUID | None
    depth: int

    @property
    def app(self) -> str:
        """The app that announces it; empty when no code declares it any more."""
        definition = registry.events.get(self.type)
        return definition.module.removeprefix("apps.").split(".")[0] if definition else ""


@dataclass(frozen=True, slots=True)
class Query:
    """Which events; what is None says nothing. Times are those of writing."""

    event_type: str | None = None
    user_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    correlation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """An event in the tree of what caused what."""

    event: Found
    level: int


def page(query: Query, *, before: int | None = None, limit: int) -> list[Found]:
    """Return the newest events that fit and are older than the log row `before`."""
    few = {"subject_ids @> ARRAY[%(user)s]::bigint[]": query.user_id is not None}
    few |= {"correlation_id = %(correlation)s": query.correlation_id is not None}
    conditions = {"e.event_type = %(type)s": query.event_type is not None, "e.id < %(before)s": bool(before)}
    conditions |= {"e.id >= %(first)s": query.since is not None, "e.id < %(end)s": query.until is not None}
    sql = PAGE.format(source="event_log e", where=_all(conditions))
    if any(few.values()):
        sql = FOUND.format(where=_all(few)) + PAGE.format(source=FEW, where=_all(conditions))
    return _rows(
        sql,
        {
            "type": query.event_type,
            "user": query.user_id,
            "correlation": query.correlation_id,
            "first": first_at(query.since) if query.since else None,
            "end": first_at(query.until) if query.until else None,
            "before": before,
            "limit": limit,
        },
    )


def first_at(when: datetime) -> int:
    """Return the id from which on the log was written at `when` or later."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_AT, {"when": when})
        [found] = cursor.fetchone()
    return int(found)


def one(uid: UUID) -> tuple[Found, dict[str, Any]] | None:
    """Return an event and its arguments as they are stored."""
    with connection.cursor() as cursor:
        cursor.execute(ONE, [uid])
        row = cursor.fetchone()
    return (Found(*row[:-1]), stream.decode_json(row[-1])) if row else None


def request(correlation_id: UUID) -> list[Node]:
    """Return what one request said, first of all and last, as a tree; of a long one the beginning."""
    return tree(_rows(FAMILY, {"correlation": correlation_id, "limit": FAMILY_MAX}))


def causes(event: Found) -> list[Found]:
    """Return what led to an event, the first cause first."""
    return _rows(CAUSES, {"cause": event.causation_id}) if event.causation_id else []


def consequences(event: Found) -> list[Node]:
    """Return what an event led to, as a tree."""
    return tree(_rows(CONSEQUENCES, {"correlation": event.correlation_id, "uid": event.uid}))


def tree(events: list[Found]) -> list[Node]:
    """Return events in the order of a tree: each after its cause, with how deep it lies."""
    known = {event.uid for event in events}
    below: dict[UUID | None, list[Found]] = {}
    for event in events:
        below.setdefault(event.causation_id if event.causation_id in known else None, []).append(event)
    nodes: list[Node] = []
    stack = [Node(event, 0) for event in reversed(below.get(None, []))]
    while stack:
        node = stack.pop()
        nodes.append(node)
        stack += [Node(event, node.level + 1) for event in reversed(below.get(node.event.uid, []))]
    return nodes


def _all(conditions: Mapping[str, bool]) -> str:
    return " AND ".join(sql for sql, holds in conditions.items() if holds) or "true"


def _rows(sql: str, parameters: Mapping[str, Any]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [Found(*row) for row in cursor.fetchall()]
