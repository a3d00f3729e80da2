"""What the page of the feed shows beside posts: wins of those whom a player hears; and what it watches."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2s

from django.utils import timezone

from apps.community.selectors import candidates as feeds
from apps.tournaments import selectors as tournaments
from apps.tournaments.selectors import MatchCard
from apps.user_profile import selectors as players
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by

# Older than this a win is no news.
WINS_DAYS = 7


@dataclass(frozen=True, slots=True)
class WinLine:
    """Somebody won a match."""

    player: players.PlayerCard
    match: MatchCard
    played_at: datetime


def wins(viewer_id: int, heard: Iterable[int]) -> list[WinLine]:
    """Return the latest wins of others whom a player hears, of those who show them. Three queries."""
    since = timezone.now() - timedelta(days=WINS_DAYS)
    found = tournaments.wins_of(set(heard) - {viewer_id}, since)
    seen = seen_by(Viewer(viewer_id), {win.user_id for win in found})
    shown = [win for win in found if Part.MATCH_HISTORY in seen[win.user_id].parts]
    cards = players.cards({win.user_id for win in shown}) if shown else {}
    return [WinLine(cards[win.user_id], win.match, win.played_at) for win in shown if win.user_id in cards]


def pulse(viewer_id: int, lines: Iterable[WinLine]) -> str:
    """Return a word that changes whenever the first page of the feed would. One query."""
    won = [(line.player.user_id, line.match.id) for line in lines]
    return blake2s(repr((feeds.newest(viewer_id), won)).encode(), digest_size=8).hexdigest()
