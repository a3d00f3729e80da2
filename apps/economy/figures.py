"""What `events verify` compares: every copy of a balance with the postings, and the books with themselves."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Sum

from apps.economy.models import OF_PLAYERS, Account, Book, Kind, Posting
from apps.events.verify import figure

type Pairs = Iterable[tuple[Any, Any]]


def balances() -> Pairs:
    """Read what every wallet says it holds."""
    return Account.objects.filter(book=Book.WALLET).values_list("user_id", "balance")


def sums() -> Pairs:
    """Add up the postings of every wallet."""
    rows = Posting.objects.filter(account__book=Book.WALLET).order_by().values("account__user_id")
    return rows.annotate(sum=Sum("amount")).values_list("account__user_id", "sum")


def prizes() -> Pairs:
    """Add up the prizes of every player, less what was taken back."""
    rows = Posting.objects.filter(account__book__in=OF_PLAYERS, transaction__kind=Kind.PRIZE)
    by_user = rows.order_by().values("account__user_id")
    return by_user.annotate(sum=Sum("amount")).values_list("account__user_id", "sum")


def spent() -> Pairs:
    """Add up what every player paid in the shop, less what came back."""
    rows = Posting.objects.filter(
        account__book__in=OF_PLAYERS, transaction__kind__in=(Kind.PURCHASE, Kind.REFUND)
    )
    by_user = rows.order_by().values("account__user_id")
    return by_user.annotate(sum=-Sum("amount")).values_list("account__user_id", "sum")


def held() -> Pairs:
    """Add up what all wallets say they hold."""
    yield "all wallets", Account.objects.aggregate(sum=Sum("balance"))["sum"] or 0


def issued() -> Pairs:
    """Add up what every other account gave: what it must be when all postings sum to zero."""
    rest = Posting.objects.exclude(account__book=Book.WALLET)
    yield "all wallets", -(rest.aggregate(sum=Sum("amount"))["sum"] or 0)


figure("economy.balances", source=sums, stored=balances)
figure("economy.sum_of_all", source=issued, stored=held)
figure("user_profile.deltacoin_balance", source=balances)
figure("user_profile.lifetime_earnings", source=prizes)
figure("user_profile.stats.coins_spent", source=spent)
