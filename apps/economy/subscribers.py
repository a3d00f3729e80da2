"""What the economy does, after the commit, about what happened elsewhere."""

from typing import Any

from apps.economy.services import prizes
from apps.events import Event, subscriber
from apps.tournaments.signals import (
    tournament_completed,
    tournament_placement,
    tournament_placement_retracted,
)


@subscriber(
    tournament_completed,
    tournament_placement,
    tournament_placement_retracted,
    since="beginning",
    batch=True,
)
def claim_prizes(events: list[Event], **_: Any) -> None:
    """Claim what the places get, and give back what they no longer get."""
    prizes.claim(events)
