"""A player's achievements, as one viewer may see them, and for himself how far he is from the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.user_profile.achievements import ACHIEVEMENTS, Achievement
from apps.user_profile.models import UserAchievement
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


def held_by(seen: Seen, held: Mapping[str, datetime]) -> Sequence[Standing]:
    """Return of what the player holds what the viewer may see, the latest first. No query."""
    if not seen.shows(Part.ACHIEVEMENTS):
        return []
    found = [Standing(one, held[one.code]) for one in ACHIEVEMENTS if one.code in held]
    return sorted(found, key=lambda one: held[one.achievement.code], reverse=True)


def still_to_get(seen: Seen, held: Mapping[str, datetime], figures: Mapping[str, int]) -> Sequence[Standing]:
    """Return for the player himself what he does not hold, the nearest first. No query."""
    if not seen.is_own:
        return []
    found = [Standing(one, None, figures.get(one.measure, 0)) for one in ACHIEVEMENTS if one.code not in held]
    return sorted(found, key=lambda one: one.reached / one.achievement.goal, reverse=True)


def is_held(user_id: int, code: str) -> bool:
    """Tell whether a player holds an achievement. One query."""
    return UserAchievement.objects.held().filter(user_id=user_id, code=code).exists()


@dataclass(frozen=True, slots=True)
class Unlocked:
    """That a player holds an achievement, and since when."""

    user_id: int
    code: str
    at: datetime


def latest_of(user_ids: Iterable[int], limit: int) -> list[Unlocked]:
    """Return what these players unlocked last and still hold, the latest first. One query."""
    held = UserAchievement.objects.held().filter(user_id__in=list(user_ids))
    rows = held.order_by("-unlocked_at", "-id").values_list("user_id", "code", "unlocked_at")
    return [Unlocked(*row) for row in rows[:limit]]
