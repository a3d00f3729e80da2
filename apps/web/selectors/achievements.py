"""The page of a player's achievements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.gamification import selectors as gamification
from apps.user_profile import selectors as profiles
from apps.user_profile.achievements import ACHIEVEMENTS
from apps.user_profile.selectors import achievements
from apps.user_profile.selectors.privacy import Part, Seen, Viewer
from apps.user_profile.services.follow_counts import FOLLOWERS
from apps.user_profile.services.stats import COUNTERS
from apps.web.selectors import Row


@dataclass(frozen=True)
class AchievementsPage:
    """What a player has, and for himself what is still to get."""

    player: profiles.PlayerCard
    seen: Seen
    held: Sequence[achievements.Standing]
    to_get: Sequence[achievements.Standing]
    count: int = len(ACHIEVEMENTS)


def achievements_page(username: str, viewer: Viewer) -> AchievementsPage | None:
    """Compose the page; None when there is no such player, or when the viewer may not see it."""
    visit = profiles.visit(viewer, username)
    if visit is None or not visit.seen.shows(Part.ACHIEVEMENTS):
        return None
    player, seen, held = profiles.card(visit.profile), visit.seen, visit.held
    to_get = achievements.still_to_get(seen, held, figures_of(visit.profile)) if seen.is_own else []
    return AchievementsPage(player, seen, achievements.held_by(seen, held), to_get)


def figures_of(profile: Row) -> Mapping[str, int]:
    """Return the figures of a player by which achievements are measured."""
    return {
        **{counter: getattr(profile.user.stats, counter) for counter in COUNTERS},
        "lifetime_earnings": profile.lifetime_earnings,
        FOLLOWERS: profile.user.follow_counts.follower_count,
        "level": gamification.level(profile.user_id).level,
    }
