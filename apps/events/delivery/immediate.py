"""Delivery inside a TestCase, whose transaction never commits: right after each outermost `send`."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection

from apps.events import registry
from apps.events.envelope import Event
from apps.events.subscriptions import HandlerFailed

# What durable subscribers said, for who compares what was sent: outside of a TestCase it comes later.
_reactions: ContextVar[set[UUID] | None] = ContextVar("immediate_reactions", default=None)
_reacting: ContextVar[bool] = ContextVar("immediate_reacting", default=False)
_queue: ContextVar[deque[Event] | None] = ContextVar("immediate_queue", default=None)


def applies() -> bool:
    """Tell whether the open transaction belongs to a TestCase."""
    blocks = connection.atomic_blocks
    return bool(blocks) and getattr(blocks[0], "_from_testcase", False)


def note(events: Sequence[Event]) -> None:
    """Queue events that were just written, when their delivery is immediate."""
    queue = _queue.get()
    if queue is not None:
        queue.extend(events)
    reactions = _reactions.get()
    if reactions is not None and _reacting.get():
        reactions.update(event.id for event in events)


@contextmanager
def setting_reactions_apart() -> Iterator[set[UUID]]:
    """Collect the ids of what durable subscribers say inside the block."""
    reactions: set[UUID] = set()
    token = _reactions.set(reactions)
    try:
        yield reactions
    finally:
        _reactions.reset(token)


@contextmanager
def delivering() -> Iterator[None]:
    """Run the durable subscribers of all events written inside the outermost block, at its end, in order.

    Nothing is retried: a handler's exception reaches the test.
    """
    if _queue.get() is not None or not applies():
        yield
        return
    queue: deque[Event] = deque()
    token = _queue.set(queue)
    try:
        yield
        while queue:
            _deliver(queue.popleft())
    finally:
        _queue.reset(token)


def _deliver(event: Event) -> None:
    token = _reacting.set(True)
    try:
        for subscriber in registry.hearing(event.type):
            subscriber.run([event])
    except HandlerFailed as failure:
        raise (failure.__cause__ or failure) from None
    finally:
        _reacting.reset(token)
