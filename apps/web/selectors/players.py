"""The page of a player."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from apps.gamification import selectors as gamification
from apps.gamification.selectors import Level
from apps.teams import selectors as teams
from apps.tournaments import selectors as tournaments
from apps.tournaments.selectors.names import as_seen
from apps.user_profile import selectors as profiles
from apps.user_profile.selectors import achievements
from apps.user_profile.selectors.privacy import Part, Seen, Viewer
from apps.web.selectors import Row
from apps.web.selectors.activity import ActivityItem, activity_items
from apps.web.selectors.history import HistoryRow, seen_by_player
from apps.web.selectors.shop import Showpieces, showpieces_of
from apps.web.selectors.trend import Trend, trend_of
from apps.web.words.countries import country_name

MATCHES_SHOWN = 20
# Matches in a row are told in one line, so more are read than are shown.
ACTIVITY_READ, ACTIVITY_SHOWN = 60, 12


@dataclass(frozen=True)
class PlayerPage:
    """All that the page of a player shows one viewer; what he may not see is None, or an empty text."""

    player: profiles.PlayerCard
    seen: Seen
    is_open: bool
    public_id: str
    bio: str
    country: str
    passports: Sequence[Row]
    stats: Row | None
    tournaments_played: int | None
    follower_count: int | None
    following_count: int | None
    shows_followers: bool
    shows_following: bool
    history: list[HistoryRow] | None
    trend: Trend | None
    memberships: Sequence[Row] | None
    activity: list[ActivityItem] | None
    achievements: Sequence[achievements.Standing] | None
    level: Level | None
    showpieces: Showpieces

    @property
    def current_team(self) -> Row | None:
        """The team of the newest seat that is still taken."""
        return next((seat.team for seat in self.memberships or () if seat.left_at is None), None)

    @property
    def is_private(self) -> bool:
        """Whether the page is not for search engines."""
        return self.seen.is_private or not self.is_open


def player_page(username: str, viewer: Viewer) -> PlayerPage | None:
    """Compose the page of a player, in any spelling of his username, as a viewer may see it.

    None when there is no such player, or none for this viewer.
    """
    visit = profiles.visit(viewer, username)
    if visit is None or not visit.seen.shows(Part.CARD):
        return None
    return _page(visit.profile, visit.seen, visit.held)


def _history(lines: Sequence[tournaments.PlayerMatch], viewer: Viewer) -> list[HistoryRow]:
    matches = as_seen([line.match for line in lines], viewer)
    return [seen_by_player(replace(line, match=match)) for line, match in zip(lines, matches, strict=True)]


def _page(profile: Row, seen: Seen, held: Mapping[str, datetime]) -> PlayerPage:
    user_id, user = profile.user_id, profile.user
    is_open = seen.shows(Part.PROFILE)
    passports = profiles.passports_shown(seen)
    seats = teams.memberships_of(user_id) if seen.shows(Part.TEAMS) else None
    history = tournaments.matches_of(user_id, MATCHES_SHOWN) if seen.shows(Part.MATCH_HISTORY) else None
    rows = None if history is None else _history(history, seen.viewer)
    shows_activity = seen.shows(Part.ACTIVITY_FEED)
    did = profiles.activity_of(seen, ACTIVITY_READ)
    return PlayerPage(
        player=profiles.card(profile),
        seen=seen,
        is_open=is_open,
        public_id=profile.public_id if is_open else "",
        bio=profile.bio if is_open else "",
        country=country_name(profile.country) if seen.shows(Part.COUNTRY) else "",
        passports=passports,
        stats=user.stats if seen.shows(Part.STATS) else None,
        tournaments_played=user.stats.tournaments_played if seen.shows(Part.TOURNAMENTS) else None,
        follower_count=user.follow_counts.follower_count if seen.shows(Part.FOLLOWERS_COUNT) else None,
        following_count=user.follow_counts.following_count if seen.shows(Part.FOLLOWING_COUNT) else None,
        shows_followers=seen.shows(Part.FOLLOWERS_LIST),
        shows_following=seen.shows(Part.FOLLOWING_LIST),
        history=rows,
        # Each point is a match, so both the figures and the matches have to be shown.
        trend=trend_of(rows) if rows and seen.shows(Part.STATS) else None,
        memberships=seats,
        level=gamification.level(user_id) if seen.shows(Part.LEVEL_XP) else None,
        showpieces=showpieces_of(user_id) if seen.shows(Part.INVENTORY) else Showpieces(),
        activity=activity_items(seen.viewer, did, seats or (), passports)[:ACTIVITY_SHOWN]
        if shows_activity
        else None,
        achievements=achievements.held_by(seen, held) if seen.shows(Part.ACHIEVEMENTS) else None,
    )
