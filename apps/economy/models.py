"""The books: accounts, and transactions whose postings sum to zero. What is booked stays (`protection`)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.events import context

KEY_CHARS_MAX = 150
DESCRIPTION_CHARS_MAX = 200


def moment() -> datetime:
    """Return when what happens now happened: inside `occurring_at` the time it gives, else the clock's."""
    return context.current().occurred_at or timezone.now()


class Book(models.TextChoices):
    """What an account is for."""

    WALLET = "WALLET"
    # What a player owes: a prize that was corrected after he had spent it. Its balance is zero or below.
    DEBT = "DEBT"
    # What a tournament's prizes are paid from.
    ESCROW = "ESCROW"
    MINT = "MINT"
    SHOP = "SHOP"
    FEES = "FEES"


OF_PLAYERS = (Book.WALLET, Book.DEBT)


class Account(models.Model):
    """One side of the books. Only wallets keep a balance; the others' is the sum of their postings."""

    book = models.CharField(max_length=10, choices=Book)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    tournament = models.ForeignKey(
        "tournaments.Tournament",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    balance = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "book", "tournament"], name="account_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(book__in=Book.values), name="account_book_known"),
            models.CheckConstraint(
                condition=Q(book__in=OF_PLAYERS, user__isnull=False) | ~Q(book__in=OF_PLAYERS) & Q(user=None),
                name="account_of_a_player_or_the_house",
            ),
            models.CheckConstraint(
                condition=Q(book=Book.ESCROW, tournament__isnull=False)
                | ~Q(book=Book.ESCROW) & Q(tournament=None),
                name="account_escrow_of_a_tournament",
            ),
            models.CheckConstraint(
                condition=Q(book=Book.WALLET, balance__gte=0) | ~Q(book=Book.WALLET) & Q(balance=None),
                name="account_wallet_not_below_zero",
            ),
        ]

    def __str__(self) -> str:
        if self.tournament_id:
            return f"escrow of tournament {self.tournament_id}"
        return f"{self.get_book_display()} of user {self.user_id}" if self.user_id else self.book


class Kind(models.TextChoices):
    """What a transaction is."""

    DEPOSIT = "DEPOSIT"
    WITHDRAWAL = "WITHDRAWAL"
    PRIZE = "PRIZE"
    PURCHASE = "PURCHASE"
    REFUND = "REFUND"
    TRANSFER = "TRANSFER"
    ENTRY_FEE = "ENTRY_FEE", "Entry fee"
    REWARD = "REWARD"


# What an operator books: an adjustment of a wallet, or a purchase taken back.
BY_HAND = (Kind.DEPOSIT, Kind.WITHDRAWAL, Kind.REFUND)


class Transaction(models.Model):
    """Something that was booked, once per `key`; `fingerprint` is what was asked for under that key."""

    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=KEY_CHARS_MAX, unique=True)
    fingerprint = models.CharField(max_length=64)
    description = models.CharField(max_length=DESCRIPTION_CHARS_MAX)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    # Who asked for it, where somebody did.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    occurred_at = models.DateTimeField(default=moment)
    booked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="transaction_kind_known"),
            models.CheckConstraint(condition=~Q(key=""), name="transaction_has_a_key"),
        ]
        indexes = [
            models.Index(
                fields=["booked_at", "id"], condition=Q(kind__in=BY_HAND), name="transaction_by_hand"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Posting(models.Model):
    """What a transaction adds to one account. `balance_after` is a wallet's."""

    transaction = models.ForeignKey(
        Transaction, on_delete=models.PROTECT, related_name="postings", db_index=False
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    amount = models.BigIntegerField()
    balance_after = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transaction", "account"], name="posting_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="posting_moves_something"),
        ]
        indexes = [models.Index("account", F("id").desc(), name="posting_latest")]

    def __str__(self) -> str:
        return f"{self.amount:+} to account {self.account_id}"


class PrizeClaim(models.Model):
    """What a player gets of a prize, once for each (prize, participant), whatever becomes of the places.

    What nobody gets of it is the mint's, a claim without a participant: the claims on a prize are all of it.
    Paid when `payment` is set. A correction that takes the prize away leaves the claim with nothing; one that
    brings it back raises `payments`, so that it is paid under another key.
    """

    prize = models.ForeignKey("tournaments.Prize", on_delete=models.PROTECT, related_name="+", db_index=False)
    participant = models.ForeignKey(
        "tournaments.TournamentParticipant",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount = models.PositiveBigIntegerField()
    due_at = models.DateTimeField()
    payment = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, null=True, blank=True, related_name="claim"
    )
    payments = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prize", "participant"], name="prizeclaim_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(participant=None, user=None) | Q(participant__isnull=False, user__isnull=False),
                name="prizeclaim_of_a_player_or_the_mint",
            ),
            models.CheckConstraint(
                condition=Q(payment=None) | Q(amount__gt=0), name="prizeclaim_paid_for_something"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(payment=None, amount__gt=0),
                name="prizeclaim_waiting",
            )
        ]

    def __str__(self) -> str:
        whose = f"user {self.user_id}" if self.user_id else "the mint"
        return f"{self.amount} DC of prize {self.prize_id} for {whose}"


class Payee(models.Model):
    """Who a player of published payouts is here: what a replay knows him again by."""

    external_id = models.CharField(max_length=40, unique=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"payee {self.external_id}"


class ItemType(models.TextChoices):
    """What an item is."""

    BADGE = "BADGE"
    AVATAR_FRAME = "AVATAR_FRAME", "Avatar frame"
    BANNER = "BANNER"


class ShopItem(models.Model):
    """Something that can be bought."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=200, blank=True)
    item_type = models.CharField(max_length=12, choices=ItemType)
    price = models.PositiveBigIntegerField()
    is_active = models.BooleanField(default=True)
    limit_per_player = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(item_type__in=ItemType.values), name="shopitem_type_known"),
            models.CheckConstraint(
                condition=Q(price__gt=0, limit_per_player__gt=0), name="shopitem_costs_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Purchase(models.Model):
    """Something bought, for what it cost then."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(ShopItem, on_delete=models.PROTECT, related_name="purchases", db_index=False)
    payment = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="purchase")
    refund = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, null=True, blank=True, related_name="refunded_purchase"
    )

    def __str__(self) -> str:
        return f"purchase {self.pk} of item {self.item_id} by user {self.user_id}"
