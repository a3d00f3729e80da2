"""What the economy does, inside the same transaction, about what happens elsewhere."""

from typing import Any

from django.dispatch import receiver

from apps.economy.services import prizes
from apps.events import Event
from apps.tournaments.signals import tournament_prizes_announced


@receiver(tournament_prizes_announced)
def set_prizes_aside(sender: Any, tournament_id: int, pool: int, event: Event, **_: Any) -> None:
    """Let no prize be announced that is not set aside."""
    prizes.fund(tournament_id, pool, str(event.id))
