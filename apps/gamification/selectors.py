"""Reads of levels and leaderboards. Who may see them is asked of privacy, at every answer."""

from dataclasses import dataclass

from django.db.models import QuerySet

from apps.api import statements
from apps.gamification.levels import begins_at, level_of
from apps.gamification.models import GameXP, PlayerLevel
from apps.user_profile.selectors.follows import followed_ids
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by

RANKS_MAX = 50
# So many more are read than are shown: privacy leaves out some of whom the query cannot know.
SPARE = 25
POINTS = "SELECT xp_total FROM gamification_playerlevel WHERE user_id = %(user_id)s::bigint"


@dataclass(frozen=True, slots=True)
class Level:
    """A player's level, and how far he is in it, in points."""

    level: int
    points: int
    begins_at: int
    ends_at: int

    @property
    def span(self) -> int:
        """How many points the level takes."""
        return self.ends_at - self.begins_at

    @property
    def done(self) -> int:
        """How many of them are there."""
        return self.points - self.begins_at


@dataclass(frozen=True, slots=True)
class Rank:
    """A line of a leaderboard, from 1; equal points share a rank."""

    rank: int
    user_id: int
    points: int
    level: int


@dataclass(frozen=True, slots=True)
class Board:
    """Which leaderboard: of a game, a country, those whom somebody follows, or any of these together."""

    game_id: int | None = None
    country: str = ""
    followed_by: int | None = None


def level(user_id: int) -> Level:
    """Return a player's level; who has no points yet is at the first. One query."""
    found = statements.row(POINTS, {"user_id": user_id})
    points = found[0] if found else 0
    reached = level_of(points)
    return Level(reached, points, begins_at(reached), begins_at(reached + 1))


def candidates(board: Board) -> QuerySet[PlayerLevel] | QuerySet[GameXP]:
    """Return the rows of a leaderboard in order, without those who are on none; nothing is read yet."""
    rows: QuerySet[PlayerLevel] | QuerySet[GameXP] = PlayerLevel.objects.filter(xp_total__gt=0)
    if board.game_id is not None:
        rows = GameXP.objects.filter(game_id=board.game_id, xp_total__gt=0)
    rows = rows.filter(user__is_active=True, user__userprofile__privacy_settings__show_level_xp=True)
    if board.country:
        rows = rows.filter(
            user__userprofile__country=board.country,
            user__userprofile__privacy_settings__show_country=True,
        )
    if board.followed_by is not None:
        rows = rows.filter(user_id__in=followed_ids(board.followed_by))
    else:
        rows = rows.filter(user__userprofile__privacy_settings__is_private_account=False)
    return rows.order_by("-xp_total", "user_id")


def leaderboard(board: Board, viewer: Viewer) -> list[Rank]:
    """Return the best players whom a viewer may see. Two queries: the ranking, and the policy."""
    rows = list(candidates(board).values_list("user_id", "xp_total")[: RANKS_MAX + SPARE])
    seen = seen_by(viewer, [user_id for user_id, _ in rows])
    needed = {Part.CARD, Part.LEVEL_XP} | ({Part.COUNTRY} if board.country else set())
    ranks: list[Rank] = []
    for user_id, points in rows:
        if len(ranks) < RANKS_MAX and all(seen[user_id].shows(part) for part in needed):
            level_with = ranks[-1].rank if ranks and ranks[-1].points == points else len(ranks) + 1
            ranks.append(Rank(level_with, user_id, points, level_of(points)))
    return ranks
