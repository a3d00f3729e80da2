"""What tournaments do, after the commit, about what happened: tell those whom it concerns."""

from typing import Any

from apps.events import Event, subscriber
from apps.tournaments.services import news, openings, outcomes
from apps.tournaments.signals import (
    tournament_check_in_asked,
    tournament_dispute_decided,
    tournament_dispute_opened,
    tournament_entry_answered,
    tournament_match_completed,
    tournament_match_ready,
    tournament_match_reported,
    tournament_match_retracted,
    tournament_placement,
    tournament_placement_retracted,
    tournament_registered,
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
    tournament_registered,
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
    elif event.type == tournament_registered.name:
        news.tell_registered(event, user_id, tournament_id)
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


@subscriber(tournament_placement, tournament_placement_retracted, since="now", replay="refuse")
def tell_of_places(event: Event, user_id: int, tournament_id: int, placement: int, **_: Any) -> None:
    """Tell players how a tournament ended for them, and take a place back that was corrected."""
    if event.type == tournament_placement.name:
        outcomes.tell_placed(event, user_id, tournament_id, placement)
    else:
        outcomes.end_placed(user_id, tournament_id)


@subscriber(tournament_match_completed, tournament_match_retracted, since="now", replay="refuse")
def tell_of_results(event: Event, user_id: int, match_id: int, won: bool, **_: Any) -> None:
    """Tell players how their matches ended, and take back what was corrected."""
    if event.type == tournament_match_completed.name:
        outcomes.tell_result(event, user_id, match_id, won=won)
    else:
        outcomes.end_result(user_id, match_id)
