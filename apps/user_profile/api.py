"""Players, for programs."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict

from apps.api.callers import Token, caller_of
from apps.api.schemas import Slug, Text
from apps.api.scopes import Scope
from apps.games import selectors as games
from apps.user_profile import selectors
from apps.user_profile.models import GameProfile
from apps.user_profile.services import passports

router = Router()


def own_id(request: HttpRequest) -> int:
    """Return the id of the player who asks."""
    user_id: int = caller_of(request).user.pk
    return user_id


READ, WRITE = Token(Scope.READ), Token(Scope.PROFILE_WRITE)


class PassportOut(Schema):
    """Who a player is in a game."""

    game: str
    ign: str
    current_rank: Text
    region: Text
    role: Text
    platform: Text
    is_lft: bool

    @staticmethod
    def resolve_game(passport: GameProfile) -> str:
        """Return the slug of the game."""
        return passport.game.slug


class PassportChange(Schema):
    """What is to be changed of a passport; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    ign: str | None = None
    current_rank: str | None = None
    region: str | None = None
    role: str | None = None
    platform: str | None = None
    is_lft: bool | None = None


class PassportIn(PassportChange):
    """A new passport; `game` is the slug of its game."""

    game: Slug
    ign: str


@router.get(
    "/me/passports/", response=list[PassportOut], auth=READ, tags=["me"], operation_id="list_my_passports"
)
def my_passports(request: HttpRequest) -> Any:
    """List your passports, by game."""
    return selectors.passports_of(own_id(request))


@router.post(
    "/me/passports/", response={201: PassportOut}, auth=WRITE, tags=["me"], operation_id="add_my_passport"
)
def add_passport(request: HttpRequest, response: HttpResponse, data: PassportIn) -> Any:
    """Add the passport of a game."""
    found = games.game_by_slug(data.game)
    if found is None:
        raise ValidationError({"game": "There is no such game. Choose one of /api/v1/games/."})
    given = data.model_dump(exclude={"game"}, exclude_none=True)
    passport = passports.add(user_id=own_id(request), game_id=found.pk, **given)
    response.headers["Location"] = f"{request.path}{data.game}/"
    return Status(201, passport)
