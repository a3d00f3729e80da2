"""One's own profile, passports and follows: `/me/`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from apps.api import answers
from apps.api.callers import Token, caller_of
from apps.api.conditional import require_match
from apps.api.schemas import Slug, Strict, Text
from apps.api.scopes import Scope
from apps.games import selectors as games
from apps.user_profile import selectors
from apps.user_profile.api.profiles import ProfileOut, body_of
from apps.user_profile.models import Follow, GameProfile
from apps.user_profile.selectors.document import document_of
from apps.user_profile.selectors.privacy import viewer_of
from apps.user_profile.services import follows, passports, profiles

router = Router()


class ProfileChange(Strict):
    """What is to be changed of a profile; what is left out stays, an empty text takes away."""

    display_name: str | None = None
    bio: str | None = None
    country: str | None = None


class PassportOut(Schema):
    """Who a player is in a game."""

    game: str
    ign: str
    current_rank: Text
    region: Text
    role: Text
    platform: Text
    is_lft: bool
    visibility: str
    is_pinned: bool

    @staticmethod
    def resolve_game(passport: GameProfile) -> str:
        """Return the slug of the game."""
        return passport.game.slug


class PassportValues(Strict):
    """What a passport says; `visibility` is `public`, `signed_in` or `private`."""

    ign: str | None = None
    current_rank: str | None = None
    region: str | None = None
    role: str | None = None
    platform: str | None = None
    is_lft: bool | None = None
    visibility: str | None = None


class PassportChange(PassportValues):
    """What is to be changed of a passport; what is left out stays."""

    is_pinned: bool | None = None


class PassportIn(PassportValues):
    """A new passport; `game` is the slug of its game."""

    game: Slug
    ign: str


class FollowState(Schema):
    """How you stand to a player: `following`, or `requested` until he answers."""

    state: str


@router.get("/", response=ProfileOut, auth=Token(Scope.READ), operation_id="get_me")
def me(request: HttpRequest) -> HttpResponse:
    """Show your own profile."""
    return answers.sent(own_body(request))


@router.patch("/", response=ProfileOut, auth=Token(Scope.PROFILE_WRITE), operation_id="change_me")
@transaction.atomic
def change_me(request: HttpRequest, data: ProfileChange) -> HttpResponse:
    """Change your profile. With `If-Match`, only if it is still what you have read (else 412)."""
    profiles.lock(own_id(request))
    require_match(request, own_body(request))
    profiles.update(user_id=own_id(request), **data.model_dump(exclude_none=True))
    return answers.sent(own_body(request))


@router.get(
    "/passports/", response=list[PassportOut], auth=Token(Scope.READ), operation_id="list_my_passports"
)
def my_passports(request: HttpRequest) -> Any:
    """List your passports, by game."""
    return selectors.passports_of(own_id(request))


@router.post(
    "/passports/",
    response={201: PassportOut},
    auth=Token(Scope.PROFILE_WRITE),
    operation_id="add_my_passport",
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


@router.patch(
    "/passports/{slug:game}/",
    response=PassportOut,
    auth=Token(Scope.PROFILE_WRITE),
    operation_id="change_my_passport",
)
def change_passport(request: HttpRequest, game: str, data: PassportChange) -> Any:
    """Change the passport of a game."""
    given = data.model_dump(exclude_none=True)
    return passports.update(user_id=own_id(request), game_id=own_game_id(request, game), **given)


@router.delete(
    "/passports/{slug:game}/",
    response={204: None},
    auth=Token(Scope.PROFILE_WRITE),
    operation_id="delete_my_passport",
)
def delete_passport(request: HttpRequest, game: str) -> Any:
    """Give up the passport of a game."""
    passports.delete(user_id=own_id(request), game_id=own_game_id(request, game))
    return Status(204, None)


@router.put(
    "/following/@{username}/", response=FollowState, auth=Token(Scope.FOLLOWS_WRITE), operation_id="follow"
)
def follow(request: HttpRequest, username: str) -> Any:
    """Follow a player, or ask a private one; a second time changes nothing."""
    row = follows.follow(follower_id=own_id(request), followed_id=id_of(username))
    return {"state": "following" if isinstance(row, Follow) else "requested"}


@router.delete(
    "/following/@{username}/", response={204: None}, auth=Token(Scope.FOLLOWS_WRITE), operation_id="unfollow"
)
def unfollow(request: HttpRequest, username: str) -> Any:
    """Follow a player no longer; it is well if you did not."""
    follows.unfollow(follower_id=own_id(request), followed_id=id_of(username))
    return Status(204, None)


def own_id(request: HttpRequest) -> int:
    """Return the id of the player who asks."""
    user_id: int = caller_of(request).user.pk
    return user_id


def own_body(request: HttpRequest) -> bytes:
    """Return one's own profile as it is sent."""
    document = document_of(viewer_of(caller_of(request).user), own_id(request))
    assert document is not None, "everybody sees himself"
    return body_of(request, document)


def own_game_id(request: HttpRequest, slug: str) -> int:
    """Return the id of a game of which the player has a passport. Raises Http404."""
    passport = next(
        (each for each in selectors.passports_of(own_id(request)) if each.game.slug == slug), None
    )
    if passport is None:
        raise Http404(slug)
    return passport.game_id


def id_of(username: str) -> int:
    """Return the id of a player. Raises Http404."""
    profile = selectors.profile_by_username(username)
    if profile is None:
        raise Http404(username)
    return profile.user_id
