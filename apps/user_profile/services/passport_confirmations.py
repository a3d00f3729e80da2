"""What a game's provider says of its players: whose name is which now.

A provider knows a player by an id that stays. A passport whose name the game has confirmed holds that id, and
follows the name from then on. What the game says is so already: no lock, no waiting time and no tournament is
in its way, and an entry into a bracket keeps the name that was played under.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from apps.user_profile.models import GameProfile
from apps.user_profile.models.passport import validate_provider_id
from apps.user_profile.services import profiles

DEFER = "SET CONSTRAINTS gameprofile_one_identity DEFERRED"
CHECK = "SET CONSTRAINTS gameprofile_one_identity IMMEDIATE"


class Outcome(StrEnum):
    """What became of a name that a game told."""

    FOLLOWED = "followed"
    CONFIRMED = "confirmed"
    UNCHANGED = "unchanged"
    # No passport has the id or the name: the player is not here, or calls himself otherwise here.
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Told:
    """A game's word: the player whom it knows by an id is called so. Made by `told`."""

    # A row of `games`.
    game: Any
    provider_id: str
    name: str
    key: str

    def is_kept_by(self, passport: GameProfile) -> bool:
        """Tell whether a passport says the same already."""
        return (passport.provider_id, passport.ign) == (self.provider_id, self.name)


class UnknownGame(ValidationError):
    """There is no game with this slug."""


class NothingToConfirm(ValidationError):
    """The game knows its players by their identity, so passports hold what is stable already."""


class NameHeld(ValidationError):
    """The passport of another player has the name, so it can be nobody else's here."""

    def __init__(self, told: Told, holder: GameProfile) -> None:
        text = "%(name)s is the name in the passport of user %(user)d, %(why)s."
        why = (
            "whom the game knows by another id: confirm that player's present name"
            if holder.provider_id
            else "which the game has not confirmed: ask that player whose name it is"
        )
        params = {"name": told.name, "user": holder.user_id, "why": why}
        super().__init__(text, code="held", params=params)
        self.holder_id = holder.provider_id


class ChangedMeanwhile(ValidationError):
    """Players changed these passports just now."""

    def __init__(self) -> None:
        super().__init__("Players changed these passports just now. Try again.", code="changed")


def told(games: Mapping[str, Any], slug: str, provider_id: str, name: str) -> Told:
    """Return what a game says, checked and written as it is stored. No query.

    Raises UnknownGame, NothingToConfirm, or ValidationError when id or name cannot be one.
    """
    game = games.get(slug)
    if game is None:
        raise UnknownGame(f"There is no game {slug[:50]!r}. There are: {', '.join(sorted(games))}.")
    if game.has_stable_identity:
        raise NothingToConfirm(
            f"{game.name} knows players by the {game.identity_label} that their passports hold:"
            " there is nothing to confirm."
        )
    validate_provider_id(provider_id)
    draft = GameProfile(game=game, ign=name, provider_id=provider_id)
    draft.clean_fields(exclude={field.name for field in GameProfile._meta.concrete_fields} - {"ign"})
    draft.take_identity(game)
    return Told(game, provider_id, draft.ign, draft.identity_key)


def confirm(word: Told) -> Outcome:
    """Let the passport follow that has the id; without one, the passport of this name gets it.

    Raises NameHeld, ChangedMeanwhile.
    """
    return confirm_together([word])[0]


@transaction.atomic
def confirm_together(words: Sequence[Told]) -> list[Outcome]:
    """Confirm several names at once, which may go from one player to another; all or none.

    Raises NameHeld, ChangedMeanwhile.
    """
    passports = locked(words)
    outcomes = [outcome_of(word, passport) for word, passport in zip(words, passports, strict=True)]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(DEFER)
            for word, passport in zip(words, passports, strict=True):
                if passport is not None and not word.is_kept_by(passport):
                    passport.confirm(provider_id=word.provider_id, ign=word.name)
            cursor.execute(CHECK)
    except IntegrityError:
        for word in words:
            check_free(word, passports)
        raise ChangedMeanwhile from None
    return outcomes


def outcome_of(word: Told, passport: GameProfile | None) -> Outcome:
    """Return what confirming comes to.

    Raises NameHeld when it is nobody's by id, and the passport of the name has another one.
    """
    if passport is None:
        check_free(word, ())
        return Outcome.NOBODY
    if passport.provider_id is None:
        return Outcome.CONFIRMED
    return Outcome.UNCHANGED if word.is_kept_by(passport) else Outcome.FOLLOWED


def locked(words: Sequence[Told]) -> list[GameProfile | None]:
    """Return the passport that each word is about, with the profiles of their players locked.

    Raises ChangedMeanwhile.
    """
    players = {passport.user_id for passport in found(words) if passport}
    profiles.lock_many(players)
    passports = found(words)
    if not {passport.user_id for passport in passports if passport} <= players:
        raise ChangedMeanwhile
    return passports


def found(words: Sequence[Told]) -> list[GameProfile | None]:
    """Return the passport that has the id, else the one of the name without an id; one query."""
    if not words:
        return []
    wanted = Q(pk=None)
    for word in words:
        unconfirmed = Q(identity_key=word.key, provider_id=None)
        wanted |= Q(game=word.game) & (Q(provider_id=word.provider_id) | unconfirmed)
    rows = GameProfile.objects.filter(wanted).select_related("game")
    by_id = {(row.game_id, row.provider_id): row for row in rows if row.provider_id}
    by_key = {(row.game_id, row.identity_key): row for row in rows if not row.provider_id}
    return [
        by_id.get((word.game.pk, word.provider_id)) or by_key.get((word.game.pk, word.key)) for word in words
    ]


def check_free(word: Told, passports: Iterable[GameProfile | None]) -> None:
    """Raise NameHeld when a passport that is none of these has the name."""
    ours = {passport.pk for passport in passports if passport}
    holder = holder_of(word)
    if holder is not None and holder.pk not in ours:
        raise NameHeld(word, holder)


def holder_of(word: Told) -> GameProfile | None:
    """Return the passport that has the name now."""
    return GameProfile.objects.filter(game=word.game, identity_key=word.key).first()
