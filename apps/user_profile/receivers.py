"""What identity does in the same transaction about what happens: privacy and balances are right at once."""

from typing import Any

from django.dispatch import receiver

from apps.community.signals import post_deleted
from apps.economy.signals import wallet_balance_changed
from apps.events.signals import user_erased
from apps.teams.signals import user_joined_team, user_left_team
from apps.tournaments.signals import tournament_completed, tournament_registered, tournament_withdrawn
from apps.user_profile.services import activity, coins, follows, passport_holds, passports, team_seats
from apps.user_profile.signals import user_blocked


@receiver(user_joined_team)
def take_seat(sender: Any, user_id: int, team_id: int, **_: Any) -> None:
    """Make the player a teammate of the others."""
    team_seats.take(user_id, team_id)


@receiver(user_left_team)
def leave_seat(sender: Any, user_id: int, team_id: int, **_: Any) -> None:
    """Make the player no longer a teammate."""
    team_seats.leave(user_id, team_id)


@receiver(user_blocked)
def part_ways(sender: Any, user_id: int, blocked_id: int, **_: Any) -> None:
    """End what was between the two."""
    follows.end_all_between(user_id, blocked_id)


@receiver(wallet_balance_changed)
def keep_balance(sender: Any, user_id: int, new_balance: int, **_: Any) -> None:
    """Let the profile say what the wallet holds."""
    coins.keep_balance(user_id, new_balance)


@receiver(tournament_registered)
def hold_passport(sender: Any, user_id: int, tournament_id: int, game_id: int, **_: Any) -> None:
    """Let the player's identity stay what it is while he plays under it."""
    passport_holds.take(user_id, game_id, tournament_id)


@receiver([tournament_completed, tournament_withdrawn])
def release_passport(sender: Any, user_id: int, tournament_id: int, **_: Any) -> None:
    """Let him change it again."""
    passport_holds.release(user_id, tournament_id)


@receiver(user_erased)
def forget_passport_names(sender: Any, user_id: int, **_: Any) -> None:
    """Keep no name that somebody who is forgotten had in a game."""
    passports.forget_names(user_id)


@receiver(post_deleted)
def forget_post(sender: Any, user_id: int, post_id: int, **_: Any) -> None:
    """Keep nothing of what the post said."""
    activity.forget_post(user_id, post_id)
