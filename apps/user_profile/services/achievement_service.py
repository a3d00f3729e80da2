"""Achievements: unlocked when a figure reaches its goal, revoked when a correction takes that back.

What is stored follows from the events alone, however they come in batches: an achievement dates from the
first time that its goal was reached, and is held unless the last event that passed the goal went below it.
So hearing the log again restores it exactly.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.events import Event
from apps.user_profile.achievements import BY_CODE, BY_MEASURE
from apps.user_profile.models import User, UserAchievement
from apps.user_profile.signals import achievement_revoked, achievement_unlocked

CORRECTED = "A result that it rested on was corrected."
REASON_CHARS_MAX = 200

type Steps = Iterable[tuple[Event, int, Mapping[str, int]]]
"""Events in their order, each with the player whose figures it moves, and by how much."""


class UnknownAchievement(ValidationError):
    """No achievement has this code: `apps.user_profile.achievements` lists them."""


class NotHeld(ValidationError):
    """The player does not have the achievement, so it cannot be revoked."""


class NoReason(ValidationError):
    """A revocation says why, in at most 200 characters."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """An event took a figure to a goal, or back below it."""

    event: Event
    up: bool


type Crossings = dict[tuple[int, str], list[Crossing]]


class AchievementService:
    """What other apps and operators may do with achievements."""

    @staticmethod
    @transaction.atomic
    def unlock(user_id: int, achievement_code: str) -> bool:
        """Give a player an achievement; return whether he got it now. One that a person revoked stays so.

        Raises UnknownAchievement.
        """
        known(achievement_code)
        row, created = locked().get_or_create(
            user_id=user_id, code=achievement_code, defaults={"unlocked_at": timezone.now()}
        )
        if not created:
            if row.revoked_at is None or row.is_decided:
                return False
            row.revoked_at, row.reason = None, ""
            row.save()
        announce(row)
        return True

    @staticmethod
    @transaction.atomic
    def revoke(user_id: int, achievement_code: str, reason: str) -> UserAchievement:
        """Take an achievement from a player, for good: no event gives it back.

        Raises UnknownAchievement, NotHeld, NoReason.
        """
        known(achievement_code)
        reason = reason.strip()
        if not reason or len(reason) > REASON_CHARS_MAX or "\0" in reason:
            raise NoReason("Say why, in 1 to 200 characters.", code="no_reason")
        row: UserAchievement | None = (
            locked().filter(user_id=user_id, code=achievement_code, revoked_at=None).first()
        )
        if row is None:
            raise NotHeld(f"The player does not have {achievement_code}.", code="not_held")
        row.revoked_at, row.reason, row.is_decided = timezone.now(), reason, True
        row.save()
        announce(row)
        return row


def known(code: str) -> None:
    """Raise UnknownAchievement unless there is one with this code."""
    if code not in BY_CODE:
        raise UnknownAchievement(
            f"There is no achievement {code!r}. There are: {', '.join(BY_CODE)}.", code="unknown"
        )


def locked() -> Any:
    """Return the rows, locked when they are read."""
    return UserAchievement.objects.select_for_update(no_key=True)


def follow(figures: Mapping[int, Mapping[str, int]], steps: Steps) -> None:
    """Unlock and revoke what these events mean, given their players' figures before them.

    An event of a player who is not among the figures means nothing: the account is gone.
    """
    found = crossings(figures, steps)
    if not found:
        return
    rows = stored(found)
    before = {key for key, row in rows.items() if row.revoked_at is None}
    settled = {key: settle(rows.get(key), *key, crossed) for key, crossed in sorted(found.items())}
    UserAchievement.objects.bulk_create(
        [row for row in settled.values() if row],
        update_conflicts=True,
        unique_fields=["user", "code"],
        update_fields=["revoked_at", "reason"],
    )
    for key, row in settled.items():
        last = found[key][-1]
        if row and last.up != (key in before) and not last.event.replay:
            with last.event.causing():
                announce(row)


def reach_levels(events: Iterable[Event]) -> None:
    """Unlock what these new levels reach. Each is announced once, one after the other."""
    for event in events:
        user_id, level = event.args["user_id"], event.args["level"]
        before = {user_id: {"level": level - 1}} if known_player(user_id) else {}
        follow(before, [(event, user_id, {"level": 1})])


def known_player(user_id: int) -> bool:
    """Tell whether there is an account for this player."""
    return bool(User.objects.filter(pk=user_id).exists())


def crossings(figures: Mapping[int, Mapping[str, int]], steps: Steps) -> Crossings:
    """Walk through the events and note where a figure passes a goal."""
    running = {user_id: Counter(values) for user_id, values in figures.items()}
    found: Crossings = defaultdict(list)
    for event, user_id, deltas in steps:
        for measure, delta in deltas.items() if user_id in running else ():
            before = running[user_id][measure]
            after = running[user_id][measure] = before + delta
            for one in BY_MEASURE.get(measure, ()):
                if (before >= one.goal) != (after >= one.goal):
                    found[user_id, one.code].append(Crossing(event, up=after >= one.goal))
    return found


def stored(found: Crossings) -> dict[tuple[int, str], UserAchievement]:
    """Return the rows there are of these players and achievements, locked in order."""
    user_ids, codes = {user_id for user_id, _ in found}, {code for _, code in found}
    rows = locked().filter(user_id__in=user_ids, code__in=codes).order_by("user_id", "code")
    return {(row.user_id, row.code): row for row in rows}


def settle(
    row: UserAchievement | None, user_id: int, code: str, crossed: list[Crossing]
) -> UserAchievement | None:
    """Return the row as these events leave it; None where they mean nothing."""
    last = crossed[-1]
    if row is None:
        first = next((one for one in crossed if one.up), None)
        if first is None:
            return None
        row = UserAchievement(user_id=user_id, code=code, unlocked_at=first.event.occurred_at)
    if row.is_decided:
        return None
    row.revoked_at, row.reason = (None, "") if last.up else (last.event.occurred_at, CORRECTED)
    return row


@transaction.atomic(savepoint=False)
def announce(row: UserAchievement) -> None:
    """Say what the row says."""
    if row.revoked_at is None:
        achievement_unlocked.send(UserAchievement, user_id=row.user_id, achievement_code=row.code)
    else:
        achievement_revoked.send(
            UserAchievement, user_id=row.user_id, achievement_code=row.code, reason=row.reason
        )
