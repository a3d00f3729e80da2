"""The page of a player's achievements."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.user_profile import selectors as profiles
from apps.user_profile.achievements import ACHIEVEMENTS
from apps.user_profile.selectors import achievements
from apps.user_profile.selectors.privacy import Part, Seen, Viewer


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
    to_get = achievements.still_to_get(seen, held, visit.profile.user.stats)
    return AchievementsPage(player, seen, achievements.held_by(seen, held), to_get)
