"""The first hop: `send` checks, writes the log row in the caller's transaction, and runs the receivers."""

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from apps.events import context, wakeup
from apps.events.definitions import DomainEvent
from apps.events.delivery import immediate
from apps.events.envelope import Event, uuid7
from apps.events.errors import EventLoop, InvalidEvent

# A chain of events that cause events is cut here: no real one is longer, an endless one stops early.
DEPTH_MAX = 16
# Two events from every handler are 65,536 at that depth; so from here on the whole family is counted.
DEPTH_SUSPECT = 8
DESCENDANTS_MAX = 10_000

# One row, which is nearly every event: planned and run in half the time of the statement for many.
INSERT_ONE = """
INSERT INTO event_log (uid, event_type, version, key, user_id, subject_ids, payload,
                       created_at, occurred_at, actor_id, correlation_id, causation_id, depth)
SELECT %(uid)s::uuid, %(type)s, %(version)s, %(key)s, %(user_id)s::bigint, %(subject_ids)s::bigint[],
       %(payload)s::jsonb, clock.now, coalesce(%(occurred_at)s::timestamptz, clock.now), %(actor_id)s::bigint,
       %(correlation_id)s::uuid, %(causation_id)s::uuid, %(depth)s
  FROM (SELECT clock_timestamp() AS now) AS clock
RETURNING created_at
"""
# Many rows travel as arrays, whose order is kept.
INSERT_MANY = """
INSERT INTO event_log (uid, event_type, version, key, user_id, subject_ids, payload,
                       created_at, occurred_at, actor_id, correlation_id, causation_id, depth)
SELECT row.uid, %(type)s, %(version)s, row.key, row.user_id, row.subject_ids::bigint[], row.payload::jsonb,
       clock.now, coalesce(row.occurred_at, clock.now), row.actor_id, row.correlation_id, row.causation_id,
       row.depth
  FROM (SELECT clock_timestamp() AS now) AS clock,
       unnest(%(uid)s::uuid[], %(key)s::text[], %(user_id)s::bigint[], %(subject_ids)s::text[],
              %(payload)s::text[], %(occurred_at)s::timestamptz[], %(actor_id)s::bigint[],
              %(correlation_id)s::uuid[], %(causation_id)s::uuid[], %(depth)s::int[])
       WITH ORDINALITY AS row (uid, key, user_id, subject_ids, payload, occurred_at, actor_id,
                               correlation_id, causation_id, depth, place)
 ORDER BY row.place
RETURNING created_at
"""


@dataclass(slots=True)
class Failures:
    """Receivers' exceptions of one request, so that a careless `except` cannot turn them into a 200."""

    errors: list[Exception]


_failures: ContextVar[Failures | None] = ContextVar("receiver_failures", default=None)


@contextmanager
def noting_failures() -> Iterator[Failures]:
    """Collect the exceptions of receivers that run inside the block."""
    failures = Failures([])
    token = _failures.set(failures)
    try:
        yield failures
    finally:
        _failures.reset(token)


def send(
    signal: DomainEvent[Any], sender: Any, arguments: dict[str, Any], *, occurred_at: datetime | None = None
) -> list[tuple[Any, Any]]:
    """Write one event and run its receivers; return their answers as Django does."""
    payload = signal.normalise(arguments)
    if occurred_at is not None and (not isinstance(occurred_at, datetime) or occurred_at.tzinfo is None):
        raise InvalidEvent(f"{signal.name}: occurred_at={occurred_at!r} is not a datetime with a timezone")
    with guarded():
        source = origin()
        if occurred_at is not None:
            source = replace(source, occurred_at=occurred_at)
        [event] = write(signal, [payload], [source])
        return react(signal, sender, event)


def send_many(
    signal: DomainEvent[Any],
    sender: Any,
    rows: Sequence[dict[str, Any]],
    causes: Sequence[Event] | None = None,
) -> None:
    """Write many events of one type in one statement, then run the receivers of each."""
    payloads = [signal.normalise(row) for row in rows]
    if causes is not None and len(causes) != len(payloads):
        raise InvalidEvent(
            f"{signal.name}: {len(payloads)} rows have {len(causes)} causes: give each its own"
        )
    if not payloads:
        return
    with guarded():
        sources = [origin()] * len(payloads) if causes is None else [origin_of(cause) for cause in causes]
        events = write(signal, payloads, sources)
        for event in events:
            react(signal, sender, event)


@contextmanager
def guarded() -> Iterator[None]:
    """Open a transaction if there is none; any exception marks the caller's for rollback, caught or not."""
    try:
        with transaction.atomic(savepoint=False), immediate.delivering():
            yield
    except Exception as error:
        failures = _failures.get()
        if failures is not None and error not in failures.errors:
            failures.errors.append(error)
        raise


def react(signal: DomainEvent[Any], sender: Any, event: Event) -> list[tuple[Any, Any]]:
    """Run the in-transaction receivers; what they emit names this event as its cause."""
    if not signal.receivers:
        return []
    with event.causing():
        return signal.call_receivers(sender, {"event": event, **event.args})


def origin() -> context.Context:
    """Return where the next event comes from, with a correlation id of its own when there is none.

    Raises EventLoop when the chain of causes is too long.
    """
    here = context.current()
    if here.depth >= DEPTH_SUSPECT and descendants(here) >= DESCENDANTS_MAX:
        raise EventLoop(
            f"{DESCENDANTS_MAX:,} events come from one cause: handlers cause each other without end"
        )
    if here.depth > DEPTH_MAX:
        raise EventLoop(
            f"{here.depth} events in a chain, each the cause of the next: a handler causes itself"
        )
    return here if here.correlation_id else replace(here, correlation_id=uuid.uuid4())


def origin_of(cause: Event) -> context.Context:
    """Return where an event comes from that another one causes.

    Raises EventLoop when the chain of causes is too long.
    """
    with cause.causing():
        return origin()


def descendants(here: context.Context) -> int:
    """Count the events of the request that everything began with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM event_log WHERE correlation_id = %s", [here.correlation_id])
        return int(cursor.fetchone()[0])


def parameters(
    signal: DomainEvent[Any], payloads: Sequence[dict[str, Any]], sources: Sequence[context.Context]
) -> dict[str, Any]:
    """Return what is inserted: what all rows share, and a list for each of the rest."""
    by_user = signal.key_kind == "user"
    return {
        "type": signal.name,
        "version": signal.version,
        "uid": [uuid7() for _ in payloads],
        "key": [signal.key_of(payload) for payload in payloads],
        "user_id": [payload[signal.key_argument] if by_user else None for payload in payloads],
        "subject_ids": [
            "{{{}}}".format(",".join(map(str, signal.users_of(payload)))) for payload in payloads
        ],
        "payload": [json.dumps(payload) for payload in payloads],
        "occurred_at": [source.occurred_at for source in sources],
        "actor_id": [source.actor_id for source in sources],
        "correlation_id": [source.correlation_id for source in sources],
        "causation_id": [source.causation_id for source in sources],
        "depth": [source.depth for source in sources],
    }


def statement(values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the INSERT of these rows, and its parameters."""
    if len(values["uid"]) > 1:
        return INSERT_MANY, values
    return INSERT_ONE, {name: each[0] if isinstance(each, list) else each for name, each in values.items()}


def write(
    signal: DomainEvent[Any], payloads: Sequence[dict[str, Any]], sources: Sequence[context.Context]
) -> list[Event]:
    """Insert the rows, each with where it comes from, and ring for the workers at the commit."""
    values = parameters(signal, payloads, sources)
    with connection.cursor() as cursor:
        cursor.execute(*statement(values))
        [created_at] = {row[0] for row in cursor.fetchall()}
    transaction.on_commit(wakeup.ring)
    events = [
        Event(
            id=uid,
            type=signal.name,
            version=signal.version,
            key=key,
            user_id=user_id,
            created_at=created_at,
            occurred_at=source.occurred_at or created_at,
            actor_id=actor_id,
            correlation_id=correlation_id,
            causation_id=source.causation_id,
            depth=source.depth,
            args=signal.decode(payload),
        )
        for uid, key, user_id, actor_id, correlation_id, payload, source in zip(
            values["uid"],
            values["key"],
            values["user_id"],
            values["actor_id"],
            values["correlation_id"],
            payloads,
            sources,
            strict=True,
        )
    ]
    immediate.note(events)
    return events
