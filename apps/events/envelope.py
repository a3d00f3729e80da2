"""What a handler is given: the event, with its arguments decoded by its signature."""

import os
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.events import context
from apps.events.errors import EventError


@dataclass(frozen=True, slots=True)
class Event:
    """One domain event. `position` is None until the sequencer has given it one."""

    id: uuid.UUID
    type: str
    version: int
    key: str
    user_id: int | None
    created_at: datetime
    occurred_at: datetime
    actor_id: int | None
    correlation_id: uuid.UUID
    causation_id: uuid.UUID | None
    depth: int
    args: dict[str, Any] = field(repr=False)
    position: int | None = None
    replay: bool = False

    @contextmanager
    def causing(self) -> Iterator[None]:
        """Name this event as the cause of every event sent inside the block."""
        origin = context.Context(
            correlation_id=self.correlation_id,
            causation_id=self.id,
            actor=self.actor_id,
            occurred_at=self.occurred_at if self.occurred_at != self.created_at else None,
            depth=self.depth + 1,
            replay=self.replay,
        )
        with context.using(origin):
            yield


class EventFailed(EventError):
    """Raised by a batch handler to say which of its events it cannot handle: one, and `also` others.

    The others of the batch are handled in one more call. Whoever names all at once has it called twice,
    however many fail.
    """

    def __init__(self, event: Event, reason: str = "", *, also: Sequence[Event] = ()) -> None:
        self.event = event
        self.events = (event, *also)
        others = f" and {len(self.events) - 1} others" if also else ""
        super().__init__(reason or f"event {event.id}{others} cannot be handled")


def uuid7() -> uuid.UUID:
    """Return a UUID that sorts by time of birth (RFC 9562 version 7; in the library from Python 3.14)."""
    bits = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=bits)
