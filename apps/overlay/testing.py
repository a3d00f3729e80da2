"""For tests of any app: overlays and what they show."""

from typing import Any

from apps.live.channels import State
from apps.overlay import options
from apps.overlay.channels import channel_of
from apps.overlay.models import Overlay
from apps.overlay.services import overlays


def create_overlay(*, owner_id: int, **subject: int) -> tuple[Overlay, str]:
    """Make an overlay, of its owner where nobody else is named; return it and its secret."""
    return overlays.create(owner_id=owner_id, name="Test", **(subject or {"player_id": owner_id}))


def shown(overlay: Overlay, **query: str) -> State:
    """Return what an overlay shows now."""
    channel = channel_of(overlay, options.read(query, overlay))
    facts: Any = channel.facts()
    return channel.show(facts)
