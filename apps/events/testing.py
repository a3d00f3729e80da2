"""For tests of any app: what was said, and delivery on demand."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db.models import Max

from apps.events import registry, sequencer, stored
from apps.events.definitions import DomainEvent
from apps.events.delivery import immediate
from apps.events.delivery.drain import Outcome, drain
from apps.events.models import EventLog


class Emitted(NamedTuple):
    """One event, as a test compares it."""

    event_type: str
    payload: dict[str, Any]


@contextmanager
def emitted(*expected: DomainEvent[Any] | str) -> Iterator[list[Emitted]]:
    """Collect the events written inside the block, in the order they were sent.

    The list is filled at the end of the block: `assert events == [("user_joined_team", {...})]`. With
    arguments, the types must be exactly these, in this order.
    """
    last = EventLog.objects.aggregate(last=Max("id"))["last"] or 0
    events: list[Emitted] = []
    yield events
    rows = EventLog.objects.filter(id__gt=last).order_by("id").values_list("event_type", "payload")
    events.extend(Emitted(*row) for row in rows)
    if expected:
        names = [event if isinstance(event, str) else event.name for event in expected]
        told = [event.event_type for event in events]
        assert told == names, f"expected {names}, but {told} were sent"


def deliver_all() -> int:
    """Stamp and drain, as a worker would, until nothing is left; return how many turns did something.

    A failing event goes through all its attempts without waiting, to its dead letter. In a TestCase all
    has been delivered already and this does nothing.
    """
    if immediate.applies():
        return 0
    stored.store()
    turns = 0
    while sequencer.stamp() + sum(_drain_fully(name) for name in list(registry.subscribers)):
        turns += 1
    return turns


def _drain_fully(name: str) -> int:
    turns = 0
    while drain(registry.subscribers[name], impatient=True) is Outcome.WORKED:
        turns += 1
    return turns
