"""What the economy does, after the commit, about what happened elsewhere."""

from typing import Any

from apps.economy.services import news, prizes, rewards
from apps.economy.signals import transaction_completed
from apps.events import Event, subscriber
from apps.tournaments.signals import (
    tournament_completed,
    tournament_placement,
    tournament_placement_retracted,
)
from apps.user_profile.signals import achievement_revoked, achievement_unlocked


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


@subscriber(achievement_unlocked, achievement_revoked, since="beginning", batch=True, replay="refuse")
def reward_achievements(events: list[Event], **_: Any) -> None:
    """Pay what achievements are worth while they are held."""
    rewards.settle(events)


@subscriber(transaction_completed, since="now", replay="refuse")
def tell_of_coins(event: Event, user_id: int, amount: int, **args: Any) -> None:
    """Tell players which coins came to them, and take it back when that was reversed."""
    if args["reverses_id"] is not None and amount < 0:
        news.end_received(user_id, args["reverses_id"])
    else:
        news.tell_received(event, user_id, args["type"], amount, args["description"], args["transaction_id"])
