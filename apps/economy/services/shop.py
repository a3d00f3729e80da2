"""The shop: buy an item, and take a purchase back."""

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.economy.models import Kind, Purchase, ShopItem
from apps.economy.services import accounts, ledger
from apps.economy.services.accounts import SHOP
from apps.economy.services.ledger import Order, Request
from apps.economy.signals import item_purchased, item_refunded
from apps.user_profile.services import profiles


class NotForSale(ValidationError):
    """There is no such item, or it is not sold any more."""

    def __init__(self) -> None:
        super().__init__("This item is not for sale.", code="not_for_sale")


class PriceChanged(ValidationError):
    """The item costs something else by now: look at it again."""

    def __init__(self) -> None:
        super().__init__("The price has changed. Look at it again.", code="price_changed")


class LimitReached(ValidationError):
    """The player has as many of the item as one may have."""

    def __init__(self) -> None:
        super().__init__("You have this item already.", code="limit_reached")


@transaction.atomic
def buy(*, user_id: int, item_id: int, price: int, key: str) -> Purchase:
    """Buy an item for the price that the player saw. The key is the player's.

    Raises NotForSale, PriceChanged, LimitReached, InsufficientFunds, and what the ledger raises.
    """
    request = Request(ledger.callers_key(f"purchase:{user_id}", key), ("purchase", user_id, item_id, price))
    if known := ledger.answer(request):
        return known.purchase
    profiles.lock_many([user_id])
    item = ShopItem.objects.filter(pk=item_id, is_active=True).first()
    if item is None:
        raise NotForSale
    if item.price != price:
        raise PriceChanged
    if Purchase.objects.filter(user_id=user_id, item=item, refund=None).count() >= item.limit_per_player:
        raise LimitReached
    legs = {accounts.wallet(user_id): -price, SHOP: price}
    payment = ledger.post(Order(request, Kind.PURCHASE, legs, item.name))
    purchase = Purchase.objects.create(user_id=user_id, item=item, payment=payment)
    item_purchased.send(
        Purchase, user_id=user_id, item_id=item.pk, item_type=item.item_type, purchase_id=purchase.pk
    )
    return purchase


@transaction.atomic
def refund(*, purchase_id: int) -> Purchase:
    """Take a purchase back and return its coins.

    Raises AlreadyReversed.
    """
    user_id = Purchase.objects.values_list("user_id", flat=True).get(pk=purchase_id)
    profiles.lock_many([user_id])
    purchase = Purchase.objects.select_related("item").select_for_update(of=("self",)).get(pk=purchase_id)
    purchase.refund = ledger.reverse(
        purchase.payment_id, kind=Kind.REFUND, description=f"Refund of {purchase.item.name}"
    )
    purchase.save(update_fields=["refund"])
    item_refunded.send(
        Purchase,
        user_id=user_id,
        item_id=purchase.item_id,
        item_type=purchase.item.item_type,
        purchase_id=purchase.pk,
    )
    return purchase
