"""Accounts, by what they are for. One that is missing is opened when it is first needed."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from apps.economy.models import OF_PLAYERS, Account, Book


@dataclass(frozen=True, slots=True)
class Address:
    """Which account: the house's, or a player's."""

    book: Book
    user_id: int | None = None
    tournament_id: int | None = None


def address_of(account: Account) -> Address:
    """Return the address of an account."""
    return Address(Book(account.book), account.user_id, account.tournament_id)


MINT = Address(Book.MINT)
SHOP = Address(Book.SHOP)
FEES = Address(Book.FEES)


def wallet(user_id: int) -> Address:
    """Return the address of a player's wallet."""
    return Address(Book.WALLET, user_id)


def debt(user_id: int) -> Address:
    """Return the address of what a player owes."""
    return Address(Book.DEBT, user_id)


def escrow(tournament_id: int) -> Address:
    """Return the address of what a tournament's prizes are paid from."""
    return Address(Book.ESCROW, tournament_id=tournament_id)


def find(addresses: Collection[Address]) -> dict[Address, Account]:
    """Return the accounts at these addresses, opening those that are missing."""
    found = look_up(addresses)
    if missing := [address for address in addresses if address not in found]:
        # Whoever opens the same account at the same moment waits here, and finds it.
        Account.objects.bulk_create(
            (
                Account(
                    book=address.book,
                    user_id=address.user_id,
                    tournament_id=address.tournament_id,
                    balance=0 if address.book == Book.WALLET else None,
                )
                for address in missing
            ),
            ignore_conflicts=True,
        )
        found = look_up(addresses)
    return found


def look_up(addresses: Iterable[Address]) -> dict[Address, Account]:
    """Return the accounts at these addresses that are there."""
    owners: defaultdict[Book, set[int | None]] = defaultdict(set)
    for address in addresses:
        owners[address.book].add(address.user_id if address.book in OF_PLAYERS else address.tournament_id)
    wanted = Q()
    for book, ids in owners.items():
        if book in OF_PLAYERS:
            wanted |= Q(book=book, user_id__in=ids)
        else:
            wanted |= Q(book=book, tournament_id__in=ids) if book == Book.ESCROW else Q(book=book)
    accounts = Account.objects.filter(wanted) if wanted else Account.objects.none()
    return {address_of(account): account for account in accounts}
