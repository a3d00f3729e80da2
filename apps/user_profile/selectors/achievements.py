"""A player's achievements, as one viewer may see them, and for himself how far he is from the others.

An achievement tells of what it follows from: who wins ten tournaments played in ten. So it is shown to others
only while they may see that part of the player, too; every exit asks `shows`, or for `parts_told`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.user_profile.achievements import ACHIEVEMENTS, Achievement
from apps.user_profile.models import UserAchievement
from apps.user_profile.selectors.privacy import Part, Seen

# What of a player each figure is about.
FIGURES = {
    "tournaments_played": Part.TOURNAMENTS,
    "tournaments_won": Part.TOURNAMENTS,
    "runner_ups": Part.TOURNAMENTS,
    "third_places": Part.TOURNAMENTS,
    "podiums": Part.TOURNAMENTS,
    "lifetime_earnings": Part.TOURNAMENTS,
    "matches_won": Part.STATS,
    "coins_spent": Part.INVENTORY_VALUE,
    "level": Part.LEVEL_XP,
    "teams_joined": Part.TEAMS,
    "followers": Part.FOLLOWERS_COUNT,
}
ABOUT = {one.code: FIGURES[one.measure] for one in ACHIEVEMENTS}


def parts_told(code: str) -> frozenset[Part]:
    """Return the parts of a player that somebody learns of who is shown that he has an achievement.

    Of one that there is no more nobody knows what it told: it is for its player alone, like his wallet.
    """
    return frozenset({Part.ACHIEVEMENTS, ABOUT.get(code, Part.WALLET)})


def shows(seen: Seen, code: str) -> bool:
    """Tell whether a viewer may know that the player has an achievement."""
    return all(seen.shows(part) for part in sorted(parts_told(code)))


def codes_shown(seen: Seen) -> list[str]:
    """Return the achievements of which a viewer may know whether the player has them."""
    return [one.code for one in ACHIEVEMENTS if shows(seen, one.code)]


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
    found = [
        Standing(one, held[one.code]) for one in ACHIEVEMENTS if one.code in held and shows(seen, one.code)
    ]
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
