"""The chapter of experience: one player has come far."""

from typing import Any

from apps.gamification.models import PlayerLevel
from apps.gamification.signals import level_up


def tell(cast: Any) -> None:
    """Let a player reach a level that has a badge."""
    [emil] = cast.ids("emil")
    level_up.send(PlayerLevel, user_id=emil, level=10)
