"""Emitting and draining by hand, one step at a time."""

from typing import Any

from apps.events import registry, sequencer, stored
from apps.events.delivery.drain import Outcome, drain
from apps.events.models import Subscription

from . import sample
from .conftest import Effects


def ping(*texts: str, user_id: int = 1) -> None:
    for text in texts:
        sample.pinged.send(sender=None, user_id=user_id, text=text)


def subscription(name: str = "tests.recorder") -> Subscription:
    return Subscription.objects.get(name=name)


def turn(name: str = "tests.recorder", **options: Any) -> Outcome:
    """Store, stamp and run one turn."""
    stored.store()
    sequencer.stamp()
    return drain(registry.subscribers[name], **options)


def texts(effects: Effects) -> list[str]:
    return [text for _, text in effects.all()]
