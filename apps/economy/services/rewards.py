"""Rewards of achievements: paid while the achievement is held, once, and taken back when it is revoked."""

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
def settle(event: Event) -> None:
    """Pay a reward, or take it back, as the achievement of this event is held now.

    So it does not matter how often and how late the event is heard.
    """
    user_id, code = event.args["user_id"], event.args["achievement_code"]
    if code not in REWARDS:
        return
    profiles.lock_many([user_id])
    prefix = f"reward:{user_id}:{code}:"
    paid = Transaction.objects.filter(key__startswith=prefix, kind=Kind.REWARD)
    standing = paid.filter(reversed_by=None).first()
    held = is_held(user_id, code)
    with occurring_at(event.occurred_at):
        if held and standing is None:
            pay(f"{prefix}{paid.count()}", user_id, code)
        elif standing is not None and not held:
            ledger.reverse(standing.pk, description=f"Reward of {code}, revoked")


def pay(key: str, user_id: int, code: str) -> None:
    """Pay a reward out of the mint."""
    description = f"Reward for {code.replace('_', ' ').title()}"
    winnings.pay([Win(key, user_id, REWARDS[code], MINT, description, kind=Kind.REWARD)])
