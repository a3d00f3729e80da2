"""Achievements that were counted from the past, and so given in silence, told to each player at once.

What was announced when it came is remembered by a subscriber that never hears the log again; what it has not
heard yet is still in the log.
"""

from collections.abc import Iterable
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from apps.events import Event
from apps.events.models import EventLog, Subscription
from apps.user_profile.models import AchievementTold, User, UserAchievement
from apps.user_profile.signals import achievement_unlocked, achievements_backfilled

GIVEN_BY = tuple(
    f"user_profile.{name}" for name in ("count_stats", "count_earnings", "count_follows", "reach_levels")
)
PLAYERS_AT_ONCE = 500
# Of two who do this at once, each gets what the other did not.
TAKE = """
INSERT INTO user_profile_achievementtold (user_id, code)
SELECT user_id, code FROM user_profile_userachievement
 WHERE user_id = ANY(%s) AND revoked_at IS NULL
 ORDER BY user_id, code
    ON CONFLICT DO NOTHING
RETURNING user_id, code
"""


class StillCounting(ValidationError):
    """The past is being counted: what is held now may not be what is held in the end."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is hearing the log again. Wait until it is done, then run this again.")


def remember(events: Iterable[Event]) -> None:
    """Remember that these achievements were announced when they came."""
    told = {(event.args["user_id"], event.args["achievement_code"]) for event in events}
    present = set(User.objects.filter(pk__in={user_id for user_id, _ in told}).values_list("pk", flat=True))
    rows = [
        AchievementTold(user_id=user_id, code=code) for user_id, code in sorted(told) if user_id in present
    ]
    AchievementTold.objects.bulk_create(rows, ignore_conflicts=True)


def tell() -> int:
    """Tell every player what he was given in silence; return how many there were. A second time tells nobody.

    Each part is a transaction of its own: stopped, it goes on where it was. Raises StillCounting.
    """
    told, last_id = 0, 0
    while players := players_after(last_id):
        told, last_id = told + tell_some(players), players[-1]
    return told


def players_after(user_id: int) -> list[int]:
    """Return the next players with achievements that nobody remembers having told."""
    known = AchievementTold.objects.filter(user_id=OuterRef("user_id"), code=OuterRef("code"))
    silent = UserAchievement.objects.held().filter(~Exists(known), user_id__gt=user_id).order_by("user_id")
    return list(silent.values_list("user_id", flat=True).distinct()[:PLAYERS_AT_ONCE])


@transaction.atomic
def tell_some(players: list[int]) -> int:
    """Tell these players; return how many there was something to tell.

    Raises StillCounting.
    """
    again = Subscription.objects.filter(name__in=GIVEN_BY, position__lt=F("replay_until"))
    if name := again.values_list("name", flat=True).first():
        raise StillCounting(name)
    log = EventLog.objects.filter(event_type=achievement_unlocked.name, user_id__in=players)
    announced = set(log.values_list("user_id", "payload__achievement_code"))
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [players])
        taken = sorted(set(cursor.fetchall()) - announced)
    digests = [
        {"user_id": user_id, "achievement_codes": [code for _, code in given]}
        for user_id, given in groupby(taken, key=lambda each: each[0])
    ]
    achievements_backfilled.send_many(UserAchievement, digests)
    return len(digests)
