"""Passports: add, change and give up who a player is in a game."""

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.user_profile.models import GameProfile
from apps.user_profile.services import profiles


@transaction.atomic
def add(
    *,
    user_id: int,
    game_id: int,
    ign: str,
    current_rank: str = "",
    region: str = "",
    role: str = "",
    platform: str = "",
    is_lft: bool = False,
) -> GameProfile:
    """Add the passport of a game.

    Raises ValidationError when there is one already, or when the identity does not fit the game.
    """
    profiles.lock(user_id)
    passport = GameProfile(
        user_id=user_id,
        game_id=game_id,
        ign=ign,
        current_rank=current_rank,
        region=region,
        role=role,
        platform=platform,
        is_lft=is_lft,
    )
    passport.check_fields()
    passport.validate_constraints()
    passport.save()
    return passport


@transaction.atomic
def update(
    *,
    user_id: int,
    game_id: int,
    ign: str | None = None,
    current_rank: str | None = None,
    region: str | None = None,
    role: str | None = None,
    platform: str | None = None,
    is_lft: bool | None = None,
) -> GameProfile:
    """Change what is given; None leaves as it is.

    Raises NoPassport, or ValidationError when the identity does not fit the game.
    """
    profiles.lock(user_id)
    passport = held(user_id, game_id)
    given = {
        "ign": ign,
        "current_rank": current_rank,
        "region": region,
        "role": role,
        "platform": platform,
        "is_lft": is_lft,
    }
    for name, value in given.items():
        if value is not None:
            setattr(passport, name, value)
    passport.save()
    return passport


@transaction.atomic
def delete(*, user_id: int, game_id: int) -> None:
    """Give up the passport of a game.

    Raises NoPassport.
    """
    profiles.lock(user_id)
    held(user_id, game_id).delete()


def held(user_id: int, game_id: int) -> GameProfile:
    """Return the passport.

    Raises NoPassport.
    """
    passport = GameProfile.objects.filter(user_id=user_id, game_id=game_id).select_related("game").first()
    if passport is None:
        raise NoPassport
    return passport


class NoPassport(ValidationError):
    """The player has no passport of the game: `passports.add` makes one."""

    def __init__(self) -> None:
        super().__init__("There is no passport of this game. Add one first.", code="no_passport")
