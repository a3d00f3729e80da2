"""A player's achievements, as one viewer may see them, and for himself how far he is from the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.user_profile.achievements import ACHIEVEMENTS, Achievement
from apps.user_profile.models import UserAchievement, UserProfileStats
from apps.user_profile.selectors.privacy import Part, Seen


@dataclass(frozen=True, slots=True)
class Standing:
    """How a player stands to an achievement; `unlocked_at` is None while he does not have it."""

    achievement: Achievement
    unlocked_at: datetime | None
    value: int = 0

    @property
    def reached(self) -> int:
        """How much of the goal is reached."""
        return min(self.value, self.achievement.goal)


def held_by(seen: Seen) -> Sequence[Standing]:
    """Return what the player has, the latest first; nothing where the viewer may not see it. One query."""
    if not seen.shows(Part.ACHIEVEMENTS):
        return []
    held = dates_of(seen.user_id)
    found = [Standing(one, held[one.code]) for one in ACHIEVEMENTS if one.code in held]
    return sorted(found, key=lambda one: held[one.achievement.code], reverse=True)


def still_to_get(seen: Seen, stats: UserProfileStats) -> Sequence[Standing]:
    """Return for the player himself what he does not have, the nearest first. One query."""
    if not seen.is_own:
        return []
    held = dates_of(seen.user_id)
    found = [Standing(one, None, getattr(stats, one.measure)) for one in ACHIEVEMENTS if one.code not in held]
    return sorted(found, key=lambda one: one.reached / one.achievement.goal, reverse=True)


def dates_of(user_id: int) -> dict[str, datetime]:
    """Return what a player has, each with when he got it."""
    rows = UserAchievement.objects.held().filter(user_id=user_id)
    return dict(rows.values_list("code", "unlocked_at"))
