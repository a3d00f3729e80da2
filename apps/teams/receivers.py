"""What teams do, inside the same transaction, about what happens: rosters show it at the very next read."""

from typing import Any

from django.dispatch import receiver

from apps.events.signals import user_erased
from apps.teams.services import invitations, roster, versions
from apps.teams.signals import team_role_changed, user_joined_team, user_left_team
from apps.user_profile import selectors as profiles
from apps.user_profile.signals import avatar_changed, display_name_changed, user_blocked, username_changed


@receiver([display_name_changed, avatar_changed, username_changed])
def renew_rosters_of_player(sender: Any, user_id: int, **_: Any) -> None:
    """Show the player's new name or picture on every roster."""
    versions.grow_of_player(user_id)


@receiver([user_joined_team, user_left_team, team_role_changed])
def renew_roster(sender: Any, team_id: int, **_: Any) -> None:
    """Show who came, who left, and who has another role."""
    versions.grow([team_id])


@receiver(user_blocked)
def cancel_invitations(sender: Any, user_id: int, blocked_id: int, **_: Any) -> None:
    """Let nothing wait that the blocked player sent."""
    invitations.cancel_of_blocked(user_id=user_id, blocked_id=blocked_id)


@receiver(user_erased)
def free_seats(sender: Any, user_id: int, **_: Any) -> None:
    """Free the seats of a player whose account is deleted; whose log alone was erased, stays."""
    if profiles.is_gone(user_id):
        roster.vacate(user_id=user_id)
