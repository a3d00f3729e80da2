"""What the economy announces: to whom what happened, in whole DeltaCoins."""

from apps.events import domain_event


@domain_event(version=1)
def wallet_balance_changed(user_id: int, new_balance: int, transaction_id: int) -> None:
    """A wallet holds another amount; receivers store `new_balance` in the same transaction.

    Announced by the ledger when a transaction is booked.
    """


@domain_event(version=1)
def transaction_completed(
    user_id: int,
    type: str,
    amount: int,
    description: str,
    transaction_id: int | None = None,
    reverses_id: int | None = None,
) -> None:
    """A player got coins (`amount` above zero) or gave some; a reversal has the type of what it reverses,
    but that of a purchase is a REFUND.

    Types are DEPOSIT, WITHDRAWAL, PRIZE, PURCHASE, REFUND, TRANSFER, ENTRY_FEE and REWARD. Announced by the
    ledger when a transaction is booked.
    """


@domain_event(version=1)
def item_purchased(user_id: int, item_id: int, item_type: str, purchase_id: int | None = None) -> None:
    """A player bought something; types are BADGE, AVATAR_FRAME and BANNER.

    Announced by the shop.
    """


@domain_event(version=1)
def item_refunded(user_id: int, item_id: int, item_type: str, purchase_id: int) -> None:
    """A purchase was taken back, and its coins returned.

    Announced by the shop.
    """
