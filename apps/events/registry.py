"""Every declared event and subscriber, by name."""

from typing import TYPE_CHECKING, Any

from apps.events.errors import InvalidDeclaration

if TYPE_CHECKING:
    from apps.events.definitions import DomainEvent
    from apps.events.subscriptions import Subscriber

events: dict[str, "DomainEvent[Any]"] = {}
subscribers: dict[str, "Subscriber"] = {}


def add_event(event: "DomainEvent[Any]") -> None:
    """Register an event; two of one name may not be."""
    known = events.get(event.name)
    if known is not None and known.module != event.module:
        raise InvalidDeclaration(
            f"the event {event.name} is declared twice: in {known.module} and in {event.module}"
        )
    events[event.name] = event


def add_subscriber(subscriber: "Subscriber") -> None:
    """Register a subscriber; two of one name may not be."""
    known = subscribers.get(subscriber.name)
    if known is not None and known.handler.__module__ != subscriber.handler.__module__:
        raise InvalidDeclaration(f"the subscriber {subscriber.name} is declared twice")
    subscribers[subscriber.name] = subscriber


def remove_subscriber(name: str) -> None:
    """Forget a subscriber that a test declared."""
    subscribers.pop(name, None)


def hearing(event_type: str) -> list["Subscriber"]:
    """Return the subscribers of an event type, in order of declaration."""
    return [subscriber for subscriber in subscribers.values() if event_type in subscriber.types]
