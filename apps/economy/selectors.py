"""Reads of wallets. A wallet is shown to its owner alone: whoever calls here asks for himself."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from apps.economy.models import BY_HAND, Account, Book, ItemType, Kind, Posting, ShopItem, Transaction

KINDS = Kind.choices
BADGE, AVATAR_FRAME, BANNER = ItemType.values


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines of a statement are wanted; days are in UTC, both ends included."""

    kind: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement. `other_id` is the other player of a transfer."""

    transaction_id: int
    kind: str
    label: str
    description: str
    amount: int
    balance_after: int
    occurred_at: datetime
    other_id: int | None


def balance_of(user_id: int) -> int:
    """Return what a player's wallet holds; nothing was ever booked for many."""
    return (
        Account.objects.filter(user_id=user_id, book=Book.WALLET).values_list("balance", flat=True).first()
        or 0
    )


def owed_by(user_id: int) -> int:
    """Return what a player owes: prizes that were corrected after he had spent them."""
    return debts_of([user_id]).get(user_id, 0)


def debts_of(user_ids: Collection[int]) -> dict[int, int]:
    """Return what each of these players owes; nobody who owes nothing."""
    owed = Posting.objects.filter(account__user_id__in=user_ids, account__book=Book.DEBT).order_by()
    sums = owed.values("account__user_id").annotate(sum=Sum("amount"))
    return {user_id: -amount for user_id, amount in sums.values_list("account__user_id", "sum") if amount}


def postings_of(user_id: int, filters: Filters = Filters()) -> QuerySet[Posting]:
    """Return the postings of a player's wallet, the latest first. Nothing is read yet: slice it."""
    postings = Posting.objects.filter(account__user_id=user_id, account__book=Book.WALLET)
    if filters.kind:
        postings = postings.filter(transaction__kind=filters.kind)
    if filters.since:
        postings = postings.filter(transaction__occurred_at__date__gte=filters.since)
    if filters.until:
        postings = postings.filter(transaction__occurred_at__date__lte=filters.until)
    return postings.select_related("transaction").order_by("-id")


def lines(postings: Iterable[Posting]) -> list[Line]:
    """Return postings as lines of a statement."""
    postings = list(postings)
    transfers = [one.transaction_id for one in postings if one.transaction.kind == Kind.TRANSFER]
    others = Posting.objects.filter(transaction__in=transfers, account__book=Book.WALLET)
    pairs = others.values_list("transaction_id", "account_id", "account__user_id") if transfers else []
    return [
        Line(
            transaction_id=one.transaction_id,
            kind=one.transaction.kind,
            label=one.transaction.get_kind_display(),
            description=one.transaction.description,
            amount=one.amount,
            balance_after=one.balance_after or 0,
            occurred_at=one.transaction.occurred_at,
            other_id=next(
                (
                    user
                    for transaction, account, user in pairs
                    if transaction == one.transaction_id and account != one.account_id
                ),
                None,
            ),
        )
        for one in postings
    ]


def items_for_sale() -> list[ShopItem]:
    """Return what can be bought, by type and price."""
    return list(ShopItem.objects.filter(is_active=True).order_by("item_type", "price", "pk"))


def items_among(item_ids: Iterable[int]) -> list[ShopItem]:
    """Return these items by type and price, also those that are not sold any more."""
    return list(ShopItem.objects.filter(pk__in=item_ids).order_by("item_type", "price", "pk"))


def by_hand(*, staff_id: int | None = None, user_id: int | None = None) -> QuerySet[Transaction]:
    """Return what operators booked: all, of one of them, or to one player's wallet; `player_id` is whose."""
    found = Transaction.objects.filter(kind__in=BY_HAND)
    if staff_id is not None:
        found = found.filter(actor_id=staff_id)
    owner = Posting.objects.filter(transaction=OuterRef("pk"), account__user__isnull=False)
    found = found.annotate(player_id=Subquery(owner.values("account__user_id")[:1]))
    return found if user_id is None else found.filter(player_id=user_id)
