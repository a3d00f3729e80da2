"""Winnings: what comes to a player by merit. What he owes is settled first."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.economy.models import DESCRIPTION_CHARS_MAX, Kind, Transaction
from apps.economy.selectors import debts_of
from apps.economy.services import accounts, ledger
from apps.economy.services.accounts import Address
from apps.economy.services.ledger import Order, Request
from apps.user_profile.services import profiles


@dataclass(frozen=True, slots=True)
class Win:
    """Something won, out of which account; paid once per key."""

    key: str
    user_id: int
    amount: int
    source: Address
    description: str
    kind: Kind = Kind.PRIZE

    @property
    def request(self) -> Request:
        """What the ledger is asked for."""
        return Request(self.key, (self.kind, self.user_id, self.amount))


def unpaid(wins: Sequence[Win]) -> list[Win]:
    """Return what was not paid before.

    Raises KeyReused, StillRunning.
    """
    known = ledger.answers([win.request for win in wins])
    return [win for win in wins if win.key not in known]


@transaction.atomic
def pay(wins: Sequence[Win]) -> dict[str, Transaction]:
    """Pay what was not paid before; return the payments by key.

    Raises KeyReused for a key under which something else was paid.
    """
    requests = {win.key: win.request for win in wins}
    known = ledger.answers(list(requests.values()))
    fresh = [win for win in wins if win.key not in known]
    user_ids = {win.user_id for win in fresh}
    profiles.lock_many(user_ids)
    debts = debts_of(user_ids)
    orders = []
    for win in fresh:
        owed = debts.get(win.user_id, 0)
        settled = min(win.amount, owed)
        debts[win.user_id] = owed - settled
        legs = {
            win.source: -win.amount,
            accounts.debt(win.user_id): settled,
            accounts.wallet(win.user_id): win.amount - settled,
        }
        orders.append(Order(requests[win.key], win.kind, legs, win.description[:DESCRIPTION_CHARS_MAX]))
    return known | {booked.key: booked for booked in ledger.post_many(orders)}
