"""What tournaments do, after the commit, about what happened: tell those whom it concerns."""

from typing import Any

from apps.events import Event, subscriber
from apps.tournaments.services import news, openings
from apps.tournaments.signals import (
    tournament_check_in_asked,
    tournament_dispute_decided,
    tournament_dispute_opened,
    tournament_entry_answered,
    tournament_match_ready,
    tournament_match_reported,
    tournament_result_confirmed,
    tournament_waitlist_promoted,
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
    tournament_check_in_asked,
    tournament_entry_answered,
    tournament_waitlist_promoted,
    since="now",
    replay="refuse",
)
def tell_of_entries(event: Event, user_id: int, tournament_id: int, **args: Any) -> None:
    """Tell players what became of their registration. One subscriber, so that the last word is the last."""
    if event.type == tournament_entry_answered.name:
        news.tell_answered(event, user_id, tournament_id, args["status"])
    elif event.type == tournament_check_in_asked.name:
        news.tell_of_check_in(event, user_id, tournament_id, again=args["again"])
    else:
        news.tell_promoted(event, user_id, tournament_id)


@subscriber(
    tournament_match_ready,
    tournament_match_reported,
    tournament_result_confirmed,
    tournament_dispute_opened,
    tournament_dispute_decided,
    since="now",
    replay="refuse",
)
def tell_of_matches(event: Event, user_id: int, match_id: int, **_: Any) -> None:
    """Tell players where their matches stand. One subscriber, so that the last word is the last."""
    news.tell_of_match(event, user_id, match_id)
