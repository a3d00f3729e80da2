"""Games, for programs."""

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from apps.games import selectors
from apps.games.models import Game

router = Router(tags=["games"])


class GameOut(Schema):
    """A game, and what its players and ladders look like."""

    slug: str
    name: str
    identity_label: str
    identity_hint: str
    roster_min: int
    roster_max: int | None
    regions: list[str]
    ranks: list[str]
    roles: list[str]


@router.get("/", response=list[GameOut], operation_id="list_games")
def games(request: HttpRequest) -> list[Game]:
    """List the games that are played here, by name."""
    return list(selectors.all_games())


@router.get("/{slug:slug}/", response=GameOut, operation_id="get_game")
def game(request: HttpRequest, slug: str) -> Game:
    """Show a game."""
    found = selectors.game_by_slug(slug)
    if found is None:
        raise Http404(slug)
    return found
