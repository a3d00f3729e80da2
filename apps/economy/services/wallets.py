"""Wallets: coins in, coins out, coins from one player to another. `key` makes a request happen once."""

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.economy.models import Kind, Transaction
from apps.economy.services import accounts, ledger
from apps.economy.services.accounts import MINT, Address
from apps.economy.services.ledger import Order, Request
from apps.events.context import acting

REASON_CHARS_MAX = 200


class ToOneself(ValidationError):
    """A transfer goes to somebody else."""

    def __init__(self) -> None:
        super().__init__("Choose somebody else: you cannot send coins to yourself.", code="to_oneself")


class NoReason(ValidationError):
    """An adjustment says why, in at most REASON_CHARS_MAX characters."""

    def __init__(self) -> None:
        super().__init__(
            "Say why, in 1 to %(most)d characters.", code="no_reason", params={"most": REASON_CHARS_MAX}
        )


@transaction.atomic
def deposit(*, user_id: int, amount: int, key: str, description: str = "Deposit") -> Transaction:
    """Put coins into a wallet.

    Raises WrongAmount, and what the ledger raises.
    """
    legs = {MINT: -1, accounts.wallet(user_id): 1}
    return move(Kind.DEPOSIT, legs, amount, ledger.callers_key("deposit", key), description)


@transaction.atomic
def withdraw(*, user_id: int, amount: int, key: str, description: str = "Withdrawal") -> Transaction:
    """Take coins out of a wallet.

    Raises WrongAmount, and what the ledger raises.
    """
    legs = {accounts.wallet(user_id): -1, MINT: 1}
    return move(Kind.WITHDRAWAL, legs, amount, ledger.callers_key("withdrawal", key), description)


@transaction.atomic
def transfer(*, from_id: int, to_id: int, amount: int, key: str) -> Transaction:
    """Send coins from one player to another. The key is the sender's.

    Raises ToOneself, WrongAmount, and what the ledger raises.
    """
    if from_id == to_id:
        raise ToOneself
    legs = {accounts.wallet(from_id): -1, accounts.wallet(to_id): 1}
    return move(Kind.TRANSFER, legs, amount, ledger.callers_key(f"transfer:{from_id}", key), "Transfer")


def move(kind: Kind, signs: dict[Address, int], amount: int, key: str, description: str) -> Transaction:
    """Move an amount from the account of sign -1 to that of sign 1, once per key."""
    ledger.checked_amount(amount)
    places = [(address.book, address.user_id, sign) for address, sign in signs.items()]
    request = Request(key, (kind, places, amount, description))
    if known := ledger.answer(request):
        return known
    legs = {address: sign * amount for address, sign in signs.items()}
    return ledger.post(Order(request, kind, legs, description))


@transaction.atomic
def adjust(*, user_id: int, amount: int, reason: str, staff_id: int, key: str) -> Transaction:
    """Correct a wallet by hand: `amount` coins in, or out when it is below zero. Says who did it, and why.

    Raises NoReason, WrongAmount, and what the ledger raises.
    """
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ledger.WrongAmount
    reason = " ".join(reason.replace("\0", "").split())
    if not 1 <= len(reason) <= REASON_CHARS_MAX:
        raise NoReason
    with acting(actor=staff_id):
        book = deposit if amount > 0 else withdraw
        return book(user_id=user_id, amount=abs(amount), key=key, description=reason)
