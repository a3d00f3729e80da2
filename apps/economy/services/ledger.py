"""The ledger: the only place that books. Double entry in whole DeltaCoins, once per key.

Locks are taken in the order profiles, accounts, each by id: the profile keeps a copy of the balance, and is
written in the same transaction. Accounts of the house are not locked; they keep no balance.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from apps.economy.models import Account, Book, Kind, Posting, Transaction, moment
from apps.economy.services import accounts
from apps.economy.services.accounts import Address
from apps.economy.signals import transaction_completed, wallet_balance_changed
from apps.events import context
from apps.user_profile.services import profiles

AMOUNT_MAX = 10**15
BALANCE_MAX = 10**18
# Of a key that a caller gives; ours say whose it is, too.
CALLERS_KEY_CHARS_MAX = 100

# Held until the end of the transaction: whoever comes with the same key meanwhile is told so at once.
CLAIM_KEYS = "SELECT key, pg_try_advisory_xact_lock(hashtextextended(key, 7)) FROM unnest(%s::text[]) AS key"
SET_BALANCES = """
UPDATE economy_account AS account SET balance = changed.balance
  FROM unnest(%s::bigint[], %s::bigint[]) AS changed (id, balance) WHERE account.id = changed.id
"""


class WrongAmount(ValidationError):
    """An amount is a whole number of coins from 1 to AMOUNT_MAX."""

    def __init__(self) -> None:
        super().__init__(
            "Give a whole number of DeltaCoins from 1 to %(most)s.",
            code="wrong_amount",
            params={"most": f"{AMOUNT_MAX:,}"},
        )


class NoSuchPlayer(ValidationError):
    """There is no player of that id or name."""

    def __init__(self) -> None:
        super().__init__("There is no such player.", code="no_such_player")


class WrongKey(ValidationError):
    """An idempotency key is a text of 1 to CALLERS_KEY_CHARS_MAX characters."""

    def __init__(self) -> None:
        super().__init__(
            "Give an idempotency key of 1 to %(most)d characters.",
            code="wrong_key",
            params={"most": CALLERS_KEY_CHARS_MAX},
        )


class InsufficientFunds(ValidationError):
    """The wallet does not hold as much: spend less, or wait for a payment."""

    def __init__(self, missing: int) -> None:
        super().__init__(
            "Your wallet is %(missing)s DC short of that.",
            code="insufficient_funds",
            params={"missing": f"{missing:,}"},
        )


class WalletFull(ValidationError):
    """A wallet holds at most BALANCE_MAX coins."""

    def __init__(self) -> None:
        super().__init__("The wallet cannot hold as much.", code="wallet_full")


class KeyReused(ValidationError):
    """The key belongs to another request: take a new key for a new request."""

    def __init__(self) -> None:
        super().__init__("This idempotency key was used for another request.", code="key_reused")


class StillRunning(ValidationError):
    """The same request is being booked at this moment: ask again for its answer."""

    def __init__(self) -> None:
        super().__init__("The same request is being handled at this moment. Try again.", code="still_running")


class AlreadyReversed(ValidationError):
    """A transaction is reversed once, and a reversal never: book a new transaction instead."""

    def __init__(self) -> None:
        super().__init__("This was taken back already, or is itself a taking back.", code="already_reversed")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, under which key: the same key with the same `what` is answered, not booked again."""

    key: str
    what: tuple[Any, ...]

    @property
    def fingerprint(self) -> str:
        """A digest of what is asked for."""
        return hashlib.sha256(json.dumps(self.what).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be booked: what each account gets, which sums to zero."""

    request: Request
    kind: Kind
    legs: Mapping[Address, int]
    description: str
    reverses: Transaction | None = None


def checked_amount(amount: Any) -> int:
    """Return the amount.

    Raises WrongAmount unless it is a whole number of coins that can be booked.
    """
    if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= AMOUNT_MAX:
        raise WrongAmount
    return amount


def callers_key(owner: str, key: str) -> str:
    """Return a caller's key as ours: two callers may choose the same one.

    Raises WrongKey.
    """
    if not 1 <= len(key) <= CALLERS_KEY_CHARS_MAX or "\0" in key:
        raise WrongKey
    return f"{owner}:{key}"


def answer(request: Request) -> Transaction | None:
    """Return what was booked under the request's key; None when it is ours to book now.

    Raises KeyReused for another request's key, StillRunning while somebody else is booking under it.
    """
    return answers([request]).get(request.key)


def answers(requests: Sequence[Request]) -> dict[str, Transaction]:
    """Return what was booked under these requests' keys, by key; the others are ours to book now.

    Raises KeyReused, StillRunning, as `answer` does.
    """
    keys = sorted(request.key for request in requests)
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_KEYS, [keys])
        ours = {key for key, taken in cursor.fetchall() if taken}
    known = {each.key: each for each in Transaction.objects.filter(key__in=keys)}
    for request in requests:
        if request.key in known and known[request.key].fingerprint != request.fingerprint:
            raise KeyReused
    if set(keys) - ours - known.keys():
        raise StillRunning
    return known


@transaction.atomic(savepoint=False)
def post(order: Order) -> Transaction:
    """Book what `answer` left to us.

    Raises NoSuchPlayer, InsufficientFunds, WalletFull.
    """
    [booked] = post_many([order])
    return booked


@transaction.atomic(savepoint=False)
def post_many(orders: Sequence[Order]) -> list[Transaction]:
    """Book several orders, one after the other, in a fixed number of statements; all of them or none.

    Raises NoSuchPlayer, InsufficientFunds, WalletFull.
    """
    found = locked({address for order in orders for address, amount in order.legs.items() if amount})
    booked = Transaction.objects.bulk_create(
        Transaction(
            kind=order.kind,
            key=order.request.key,
            fingerprint=order.request.fingerprint,
            description=order.description,
            reverses=order.reverses,
            actor_id=context.current().actor_id,
            occurred_at=moment(),
        )
        for order in orders
    )
    postings = []
    for order, row in zip(orders, booked, strict=True):
        for address in sorted(found.keys() & order.legs.keys(), key=lambda address: found[address].pk):
            if amount := order.legs[address]:
                account = found[address]
                account.balance = balance_after(account, amount)
                postings.append(
                    Posting(transaction=row, account=account, amount=amount, balance_after=account.balance)
                )
    Posting.objects.bulk_create(postings)
    wallets = {one.account_id: one.balance_after for one in postings if one.account.book == Book.WALLET}
    with connection.cursor() as cursor:
        cursor.execute(SET_BALANCES, [list(wallets), list(wallets.values())])
    announce(postings)
    return booked


def locked(addresses: Collection[Address]) -> dict[Address, Account]:
    """Return the accounts by id; those of players are locked, after the players' profiles.

    Raises NoSuchPlayer.
    """
    user_ids = {address.user_id for address in addresses if address.user_id is not None}
    if user_ids - profiles.lock_many(user_ids):
        raise NoSuchPlayer
    found = accounts.find(addresses)
    return dict(sorted(found.items(), key=lambda pair: pair[1].pk))


def balance_after(account: Account, amount: int) -> int | None:
    """Return what a wallet holds after a posting; None for another account."""
    if account.balance is None:
        return None
    balance = account.balance + amount
    if balance < 0:
        raise InsufficientFunds(-balance)
    if balance > BALANCE_MAX:
        raise WalletFull
    return balance


@transaction.atomic(savepoint=False)
def announce(postings: Sequence[Posting]) -> None:
    """Say what every wallet holds now, and of every transaction and player what he got or gave."""
    moved: dict[tuple[int, int], int] = {}
    of: dict[int, Transaction] = {}
    for posting in postings:
        of[posting.transaction_id] = posting.transaction
        if user_id := posting.account.user_id:
            place = posting.transaction_id, user_id
            moved[place] = moved.get(place, 0) + posting.amount
    wallet_balance_changed.send_many(
        Transaction,
        [
            {
                "user_id": posting.account.user_id,
                "new_balance": posting.balance_after,
                "transaction_id": posting.transaction_id,
            }
            for posting in postings
            if posting.account.book == Book.WALLET
        ],
    )
    transaction_completed.send_many(
        Transaction,
        [
            {
                "user_id": user_id,
                "type": str(of[transaction_id].kind),
                "amount": amount,
                "description": of[transaction_id].description,
                "transaction_id": transaction_id,
                "reverses_id": of[transaction_id].reverses_id,
            }
            for (transaction_id, user_id), amount in moved.items()
        ],
    )


@transaction.atomic
def reverse(transaction_id: int, *, description: str, kind: Kind | None = None) -> Transaction:
    """Take a transaction back by its opposite, of the same kind if none is given.

    A player who has spent what he has to give back gives what he holds and owes the rest.
    Raises AlreadyReversed.
    """
    booked = Transaction.objects.select_related("reversed_by").get(pk=transaction_id)
    request = Request(f"reversal:{booked.pk}", ("reversal", booked.pk))
    if booked.reverses_id is not None or answer(request):
        raise AlreadyReversed
    legs: dict[Address, int] = {}
    for posting in booked.postings.select_related("account"):
        address = accounts.address_of(posting.account)
        # What settled a debt comes back to the wallet's side: the player gives back all that he got.
        if address.user_id:
            address = accounts.wallet(address.user_id)
        legs[address] = legs.get(address, 0) - posting.amount
    held = locked(legs)
    for address in [address for address in legs if address.book == Book.WALLET]:
        short = max(0, -legs[address] - (held[address].balance or 0))
        if short:
            assert address.user_id
            legs[address] += short
            legs[accounts.debt(address.user_id)] = -short
    return post(Order(request, kind or Kind(booked.kind), legs, description, reverses=booked))
