"""Accounts, by what they are for. One that is missing is opened when it is first needed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from apps.economy.models import Account, Book


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
    """Return the accounts at these addresses, those of players locked, opening those that are missing."""
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
    """Return the accounts at these addresses that are there; all of a player's are locked, by id."""
    addresses = list(addresses)
    found: list[Account] = []
    if players := {address.user_id for address in addresses if address.user_id is not None}:
        theirs = Account.objects.filter(user_id__in=players).order_by("pk")
        found += theirs.select_for_update(no_key=True)
    if books := {address.book for address in addresses if address.user_id is None}:
        tournaments = {address.tournament_id for address in addresses if address.book == Book.ESCROW}
        of_the_house = Q(user=None, book__in=books - {Book.ESCROW})
        found += Account.objects.filter(of_the_house | Q(user=None, tournament_id__in=tournaments))
    return {address_of(account): account for account in found}
