"""Rewards of achievements: paid while the achievement is held, once, and taken back when it is revoked."""

from collections.abc import Sequence

from django.db import transaction

from apps.economy.models import Kind, Transaction
from apps.economy.rewards import REWARDS
from apps.economy.services import ledger, winnings
from apps.economy.services.accounts import MINT
from apps.economy.services.winnings import Win
from apps.events import Event, occurring_at
from apps.user_profile.selectors.achievements import is_held
from apps.user_profile.services import profiles


@transaction.atomic(savepoint=False)
def settle(events: Sequence[Event]) -> None:
    """Pay rewards, or take them back, as the achievements of these events are held now.

    So it does not matter how often and how late an event is heard. All players are locked at once, in their
    order: locked one after the other, in that of the events, they would be waited for crosswise.
    """
    rewarded = [event for event in events if event.args["achievement_code"] in REWARDS]
    profiles.lock_many({event.args["user_id"] for event in rewarded})
    for event in rewarded:
        with event.causing(), occurring_at(event.occurred_at):
            settle_one(event.args["user_id"], event.args["achievement_code"])


def settle_one(user_id: int, code: str) -> None:
    """Compare what is paid for an achievement with whether it is held, under the player's lock."""
    prefix = f"reward:{user_id}:{code}:"
    paid = Transaction.objects.filter(key__startswith=prefix, kind=Kind.REWARD)
    standing = paid.filter(reversed_by=None).first()
    held = is_held(user_id, code)
    if held and standing is None:
        pay(f"{prefix}{paid.count()}", user_id, code)
    elif standing is not None and not held:
        ledger.reverse(standing.pk, description=f"Reward of {code}, revoked")


def pay(key: str, user_id: int, code: str) -> None:
    """Pay a reward out of the mint."""
    description = f"Reward for {code.replace('_', ' ').title()}"
    winnings.pay([Win(key, user_id, REWARDS[code], MINT, description, kind=Kind.REWARD)])
