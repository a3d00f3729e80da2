"""What tournaments do, after the commit, about passports."""

from typing import Any

from apps.events import Event, subscriber
from apps.tournaments.services import openings
from apps.user_profile.signals import game_passport_added, game_passport_deleted


@subscriber(game_passport_added, since="now", replay="refuse")
def tell_of_openings(event: Event, user_id: int, game_id: int, **_: Any) -> None:
    """Tell a player with a new passport which tournaments of the game he may enter."""
    openings.tell(event, user_id, game_id)


@subscriber(game_passport_deleted, since="now", replay="refuse")
def withdraw_from_openings(user_id: int, game_id: int, **_: Any) -> None:
    """Withdraw who gave his passport up from what has not begun."""
    openings.withdraw(user_id, game_id)
