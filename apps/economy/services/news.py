"""What players are told of their coins."""

from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from apps.economy.models import Kind
from apps.events import Event
from apps.notifications.kinds import Category, declare
from apps.notifications.services import notifications

COINS = declare("coins_received", Category.ECONOMY, gettext_lazy("You got DeltaCoins"), by_email=True)
# What comes to a player while he does something else; a reward is told with its achievement.
TEXTS = {
    Kind.PRIZE: gettext_noop("You won {amount} DeltaCoins: {description}"),
    Kind.TRANSFER: gettext_noop("You were sent {amount} DeltaCoins: {description}"),
    Kind.REFUND: gettext_noop("You got {amount} DeltaCoins back: {description}"),
}


def tell_received(
    event: Event, user_id: int, kind: str, amount: int, description: str, transaction_id: int | None
) -> None:
    """Tell a player which coins came to him; of those that went, he knows."""
    if amount <= 0 or kind not in TEXTS:
        return
    notifications.notify(
        event,
        [user_id],
        kind=COINS,
        text=TEXTS[Kind(kind)],
        values={"amount": amount, "description": description},
        url=reverse("web:wallet"),
        about=f"transaction:{transaction_id}",
    )


def end_received(user_id: int, transaction_id: int) -> None:
    """Take back what a transaction told that was reversed."""
    notifications.retract(kind=COINS, recipient_ids=[user_id], about=f"transaction:{transaction_id}")
