"""What tournaments do, after the commit, about passports, and about what happened in them."""

from typing import Any

from apps.events import Event, subscriber
from apps.tournaments.services import news, openings
from apps.tournaments.signals import (
    tournament_match_completed,
    tournament_match_retracted,
    tournament_placement,
    tournament_placement_retracted,
    tournament_registered,
)
from apps.user_profile.signals import game_passport_added, game_passport_deleted


@subscriber(game_passport_added, since="now", replay="refuse")
def tell_of_openings(event: Event, user_id: int, game_id: int, **_: Any) -> None:
    """Tell a player with a new passport which tournaments of the game he may enter."""
    openings.tell(event, user_id, game_id)


@subscriber(game_passport_deleted, since="now", replay="refuse")
def withdraw_from_openings(user_id: int, game_id: int, **_: Any) -> None:
    """Withdraw who gave his passport up from what has not begun."""
    openings.withdraw(user_id, game_id)


@subscriber(
    tournament_registered,
    tournament_placement,
    tournament_placement_retracted,
    since="now",
    replay="refuse",
)
def tell_of_tournaments(event: Event, user_id: int, tournament_id: int, **args: Any) -> None:
    """Tell players where they are registered and how it ended, and take a place back that was corrected."""
    match event.type:
        case tournament_registered.name:
            news.tell_registered(event, user_id, tournament_id)
        case tournament_placement.name:
            news.tell_placed(event, user_id, tournament_id, args["placement"])
        case _:
            news.end_placed(user_id, tournament_id)


@subscriber(tournament_match_completed, tournament_match_retracted, since="now", replay="refuse")
def tell_of_matches(event: Event, user_id: int, match_id: int, won: bool, **_: Any) -> None:
    """Tell players how their matches ended, and take back what was corrected."""
    if event.type == tournament_match_completed.name:
        news.tell_result(event, user_id, match_id, won=won)
    else:
        news.end_result(user_id, match_id)
