"""The page of a player."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.teams import selectors as teams
from apps.tournaments import selectors as tournaments
from apps.user_profile import selectors as profiles
from apps.web.selectors import Row
from apps.web.selectors.activity import ActivityItem, activity_items
from apps.web.selectors.history import HistoryRow, seen_by_player

MATCHES_SHOWN = 20
ACTIVITY_SHOWN = 12


@dataclass(frozen=True)
class PlayerPage:
    """All that the page of a player shows."""

    player: profiles.PlayerCard
    public_id: str
    bio: str
    passports: Sequence[Row]
    stats: Row
    history: list[HistoryRow]
    memberships: Sequence[Row]
    activity: list[ActivityItem]

    @property
    def current_team(self) -> Row | None:
        """The team of the newest seat that is still taken."""
        return next((seat.team for seat in self.memberships if seat.left_at is None), None)


def player_page(username: str) -> PlayerPage | None:
    """Compose the page of a player, in any spelling of his username, or None when there is no such one."""
    profile = profiles.profile_by_username(username)
    if profile is None:
        return None
    user_id = profile.user_id
    passports = profiles.passports_of(user_id)
    seats = teams.memberships_of(user_id)
    return PlayerPage(
        player=profiles.card(profile),
        public_id=profile.public_id,
        bio=profile.bio,
        passports=passports,
        stats=profile.user.stats,
        history=[seen_by_player(line) for line in tournaments.matches_of(user_id, MATCHES_SHOWN)],
        memberships=seats,
        activity=activity_items(profiles.activity_of(user_id, ACTIVITY_SHOWN), seats, passports),
    )
