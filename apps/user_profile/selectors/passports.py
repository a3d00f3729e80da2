"""Reads of passports. What of them a viewer may see, privacy and each passport's own visibility decide."""

from collections.abc import Sequence

from apps.user_profile.models import GameProfile, PassportAlias
from apps.user_profile.models.passport import Visibility
from apps.user_profile.selectors.privacy import Part, Seen, Standing

# For statements that read a player's passports as `passport`, with their games as `game`: in his order.
IN_ORDER = "passport.is_pinned DESC, passport.position, game.name"


def visibilities_for(seen: Seen) -> frozenset[str]:
    """Return the visibilities of passports that a viewer may see; none where privacy hides all of them."""
    if not seen.shows(Part.GAME_IDS):
        return frozenset()
    if seen.is_own:
        return frozenset(Visibility.values)
    if seen.standing is Standing.ANONYMOUS:
        return frozenset({Visibility.PUBLIC.value})
    return frozenset({Visibility.PUBLIC.value, Visibility.SIGNED_IN.value})


def passports_of(user_id: int) -> Sequence[GameProfile]:
    """Return all of a player's passports with their games, in his order: for himself."""
    return list(GameProfile.objects.filter(user_id=user_id).select_related("game").in_order())


def passports_shown(seen: Seen) -> Sequence[GameProfile]:
    """Return the passports of a player that a viewer may see, with their games, in the player's order."""
    if not (visibilities := visibilities_for(seen)):
        return []
    return [each for each in passports_of(seen.user_id) if each.visibility in visibilities]


def aliases_of(user_id: int, game_id: int) -> Sequence[PassportAlias]:
    """Return the names that a player had in a game, the latest first: for himself and staff."""
    return list(PassportAlias.objects.filter(user_id=user_id, game_id=game_id).order_by("-until", "-id"))
