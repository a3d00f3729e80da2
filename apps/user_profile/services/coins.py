"""Coins on the profile: copies of what the economy books, and activities about it.

Lifetime earnings are prizes alone: what a reversal takes back counts below zero.
"""

from collections import Counter
from collections.abc import Iterable

from django.db import connection

from apps.events import Event
from apps.user_profile.models import UserProfile
from apps.user_profile.services import achievement_service, activity, profiles

PRIZE = "PRIZE"
EARNED = "lifetime_earnings"
ADD = """
UPDATE user_profile_userprofile AS profile SET lifetime_earnings = lifetime_earnings + added.amount
  FROM unnest(%s::bigint[], %s::bigint[]) AS added (user_id, amount) WHERE profile.user_id = added.user_id
"""

KEEP = "UPDATE user_profile_userprofile SET deltacoin_balance = %s WHERE user_id = %s"


def keep_balance(user_id: int, balance: int) -> None:
    """Store what the player's wallet holds; whoever books has locked the profile."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [balance, user_id])


def count(events: Iterable[Event]) -> None:
    """Add the prizes among these to their players' earnings, and unlock what is reached by it."""
    steps = [
        (event, event.args["user_id"], {EARNED: event.args["amount"]})
        for event in events
        if event.args["type"] == PRIZE
    ]
    sums: Counter[int] = Counter()
    for _, user_id, added in steps:
        sums[user_id] += added[EARNED]
    profiles.lock_many(sums)
    earned = UserProfile.objects.filter(user_id__in=sums).values_list("user_id", EARNED)
    before = {user_id: {EARNED: amount} for user_id, amount in earned}
    with connection.cursor() as cursor:
        cursor.execute(ADD, [list(sums), list(sums.values())])
    achievement_service.follow(before, steps)


def empty() -> None:
    """Set everybody's earnings to zero, to be counted again from the log."""
    UserProfile.objects.update(lifetime_earnings=0)


def log(events: Iterable[Event]) -> None:
    """Log these transactions: prizes for everybody, the rest for the player alone.

    A prize that is taken back is no longer shown (`UserActivity.TAKEN_BACK`).
    """
    activity.insert(
        [
            activity.entry(
                event,
                event.args["user_id"],
                kind(event.args["type"], event.args["amount"]),
                {
                    "amount": abs(event.args["amount"]),
                    "type": event.args["type"],
                    "transaction_id": event.args["reverses_id"] or event.args["transaction_id"],
                },
                is_public=event.args["type"] == PRIZE and event.args["amount"] > 0,
            )
            for event in events
        ]
    )


def kind(type_: str, amount: int) -> str:
    """Return what an activity about a transaction is called."""
    if type_ == PRIZE:
        return "PRIZE_EARNED" if amount > 0 else "PRIZE_TAKEN_BACK"
    return "COINS_EARNED" if amount > 0 else "COINS_SPENT"
