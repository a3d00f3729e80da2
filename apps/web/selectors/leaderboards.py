"""Leaderboards and levels, with the names of now."""

from dataclasses import dataclass

from apps.gamification import selectors as gamification
from apps.gamification.selectors import Board
from apps.user_profile import selectors as profiles
from apps.user_profile.selectors.privacy import Viewer


@dataclass(frozen=True)
class RankRow:
    """A line of a leaderboard."""

    rank: int
    points: int
    level: int
    player: profiles.PlayerCard


def rank_rows(board: Board, viewer: Viewer) -> list[RankRow]:
    """Return a leaderboard as a viewer may see it. Three queries."""
    ranks = gamification.leaderboard(board, viewer)
    cards = profiles.cards(each.user_id for each in ranks)
    return [RankRow(each.rank, each.points, each.level, cards[each.user_id]) for each in ranks]
