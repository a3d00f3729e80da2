"""The backbone: typed domain events that cannot be lost, doubled or reordered.

`docs/backbone.md` is the guide. What other apps need is named here; nothing else is public.
"""

from apps.events.context import occurring_at
from apps.events.definitions import DomainEvent, Personal, domain_event
from apps.events.envelope import Event, EventFailed
from apps.events.errors import EventError, EventLoop, InvalidEvent
from apps.events.schedule import periodic
from apps.events.subscriptions import subscriber

__all__ = [
    "DomainEvent",
    "Event",
    "EventError",
    "EventFailed",
    "EventLoop",
    "InvalidEvent",
    "Personal",
    "domain_event",
    "occurring_at",
    "periodic",
    "subscriber",
]
