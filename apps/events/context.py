"""Who did it, in which request, and because of what: carried from the request to every event.

A context variable, so that threads and tasks never see each other's.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Context:
    """Where an event comes from. `depth` counts the events that led to the one being handled.

    `actor` may be a function, so that a request that emits nothing never asks who its user is.
    """

    correlation_id: uuid.UUID | None = None
    causation_id: uuid.UUID | None = None
    actor: int | Callable[[], int | None] | None = None
    occurred_at: datetime | None = None
    depth: int = 0
    replay: bool = False

    @property
    def actor_id(self) -> int | None:
        """The user who acts."""
        return self.actor() if callable(self.actor) else self.actor


NOWHERE = Context()
_current: ContextVar[Context] = ContextVar("event_context", default=NOWHERE)


def current() -> Context:
    """Return the context that the next event will be born in."""
    return _current.get()


@contextmanager
def using(context: Context) -> Iterator[Context]:
    """Make `context` the current one inside the block."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


@contextmanager
def occurring_at(when: datetime) -> Iterator[None]:
    """Give every event sent inside the block `when` (aware) as its `occurred_at`: imported history."""
    if when.tzinfo is None:
        raise ValueError(f"occurring_at() needs an aware datetime, not {when!r}: add a timezone")
    with using(replace(current(), occurred_at=when)):
        yield


@contextmanager
def acting(
    *, actor: int | Callable[[], int | None] | None, correlation_id: uuid.UUID | None = None
) -> Iterator[None]:
    """Name the user behind, and the request around, every event sent inside the block."""
    before = current()
    correlation_id = correlation_id or before.correlation_id
    with using(replace(before, actor=actor, correlation_id=correlation_id)):
        yield
