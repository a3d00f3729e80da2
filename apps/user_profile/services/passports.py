"""Passports: add, change, arrange and give up who a player is in a game."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.user_profile.models import GameProfile, PassportAlias
from apps.user_profile.models.passport import IdentityTaken
from apps.user_profile.services import profiles

PINNED_MAX = 3


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
    visibility: str = "public",
) -> GameProfile:
    """Add the passport of a game, below the others.

    Raises ValidationError when there is one already or was one lately, or when the identity does not fit the
    game or is another's.
    """
    profiles.lock(user_id)
    last = GameProfile.objects.filter(user_id=user_id).order_by("-position").values_list("position").first()
    passport = GameProfile(
        user_id=user_id,
        game_id=game_id,
        ign=ign,
        current_rank=current_rank,
        region=region,
        role=role,
        platform=platform,
        is_lft=is_lft,
        visibility=visibility,
        position=last[0] + 1 if last else 0,
    )
    passport.check_fields()
    passport.validate_constraints()
    store(passport)
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
    visibility: str | None = None,
    is_pinned: bool | None = None,
) -> GameProfile:
    """Change what is given; None leaves as it is.

    Raises NoPassport, TooManyPinned, or ValidationError when the identity does not fit the game, is another's
    or may not be changed now.
    """
    profiles.lock(user_id)
    passport = held(user_id, game_id)
    given: dict[str, Any] = {
        "ign": ign,
        "current_rank": current_rank,
        "region": region,
        "role": role,
        "platform": platform,
        "is_lft": is_lft,
        "visibility": visibility,
        "is_pinned": is_pinned,
    }
    if is_pinned and not passport.is_pinned:
        check_pins(user_id)
    for name, value in given.items():
        if value is not None:
            setattr(passport, name, value)
    store(passport)
    return passport


@transaction.atomic
def move(*, user_id: int, game_id: int, steps: int) -> None:
    """Move a passport up (negative) or down among those that are pinned like it; at the end it stays.

    Raises NoPassport.
    """
    profiles.lock(user_id)
    passport = held(user_id, game_id)
    alike = GameProfile.objects.filter(user_id=user_id, is_pinned=passport.is_pinned).in_order()
    order = list(alike.select_related("game"))
    place = next(index for index, each in enumerate(order) if each.game_id == game_id)
    order.insert(min(max(place + steps, 0), len(order) - 1), order.pop(place))
    for position, each in enumerate(order):
        if each.position != position:
            each.position = position
            each.save(update_fields=["position"])


@transaction.atomic
def delete(*, user_id: int, game_id: int) -> None:
    """Give up the passport of a game; another one of it can be added after COOLDOWN_DAYS.

    Raises NoPassport, or PassportInUse while the player is registered in a tournament of the game.
    """
    profiles.lock(user_id)
    held(user_id, game_id).delete()


def forget_names(user_id: int) -> None:
    """Delete the names that a player had before."""
    PassportAlias.objects.filter(user_id=user_id).delete()


def store(passport: GameProfile) -> None:
    """Save a passport; another player may have taken the identity since it was checked.

    Raises IdentityTaken.
    """
    try:
        with transaction.atomic():
            passport.save()
    except IntegrityError:
        if passport.is_taken():
            raise IdentityTaken from None
        raise


def check_pins(user_id: int) -> None:
    """Refuse one pin more than PINNED_MAX."""
    if GameProfile.objects.filter(user_id=user_id, is_pinned=True).count() >= PINNED_MAX:
        raise TooManyPinned


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


class TooManyPinned(ValidationError):
    """As many passports as may be are pinned: unpin one first."""

    def __init__(self) -> None:
        super().__init__(
            "%(limit)d passports are pinned already. Unpin one first.",
            code="too_many_pinned",
            params={"limit": PINNED_MAX},
        )
