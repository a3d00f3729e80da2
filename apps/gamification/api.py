"""Leaderboards, for programs."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from apps.api.callers import caller_of
from apps.games import selectors as games
from apps.gamification import selectors
from apps.gamification.selectors import Board
from apps.user_profile import selectors as players
from apps.user_profile.selectors.privacy import viewer_of

router = Router(tags=["gamification"])


class BoardIn(Schema):
    """Which leaderboard: of a game, of a country, of those whom you follow, or any of these together."""

    game: str | None = Field(None, max_length=80, description="The slug of a game.")
    country: str | None = Field(None, pattern="^[A-Z]{2}$", description="Two letters, as in ISO 3166.")
    following: bool = Field(False, description="Only those whom you follow.")


class RankOut(Schema):
    """A line of a leaderboard; equal points share a rank."""

    rank: int
    username: str
    display_name: str
    level: int
    points: int


@router.get("/leaderboards/", response=list[RankOut], operation_id="get_leaderboard")
def leaderboard(request: HttpRequest, wanted: Query[BoardIn]) -> Any:
    """List the players with the most experience who show it to you; nobody for a game that there is not."""
    user = caller_of(request).user
    game = games.game_by_slug(wanted.game) if wanted.game else None
    if (wanted.game and game is None) or (wanted.following and user.pk is None):
        return []
    board = Board(
        game_id=game.pk if game else None,
        country=wanted.country or "",
        followed_by=user.pk if wanted.following else None,
    )
    ranks = selectors.leaderboard(board, viewer_of(user))
    cards = players.cards(each.user_id for each in ranks)
    return [
        {
            "rank": each.rank,
            "username": cards[each.user_id].username,
            "display_name": cards[each.user_id].display_name,
            "level": each.level,
            "points": each.points,
        }
        for each in ranks
    ]
