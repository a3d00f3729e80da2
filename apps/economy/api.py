"""One's own wallet, the shop and what one has from it, for programs."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status

from apps.api.callers import Token, caller_of
from apps.api.pages import Page, Paging, page_of
from apps.api.problems import INVALID_KEY, Problem
from apps.api.schemas import Slug, Strict, Text
from apps.api.scopes import Scope
from apps.economy import selectors
from apps.economy.models import Posting, ShopItem
from apps.economy.services import ledger, shop, wallets
from apps.user_profile import selectors as players
from apps.user_profile.selectors.privacy import Part, viewer_of

router = Router(tags=["economy"])


class WalletOut(Schema):
    """What you hold and what you owe, in whole DeltaCoins."""

    balance: int
    owed: int


class LineOut(Schema):
    """A line of your statement; `amount` is below zero for what you gave, `other` who got it or sent it."""

    id: int
    kind: str
    description: str
    amount: int
    balance_after: int
    occurred_at: datetime
    other: str | None


class TransferIn(Strict):
    """Coins to another player, by his username."""

    to: str
    amount: int


class TransferOut(Schema):
    """What was sent."""

    id: int
    balance: int


class ItemOut(Schema):
    """An item of the shop; `item_type` is BADGE, AVATAR_FRAME, BANNER or another to come."""

    slug: str
    name: str
    description: Text
    item_type: str
    price: int


class PurchaseIn(Strict):
    """What to buy, for the price that you saw."""

    item: Slug
    price: int


class PurchaseOut(Schema):
    """What was bought."""

    id: int
    item: ItemOut
    balance: int


class OwnedOut(Schema):
    """Something that you have; `is_shown` says whether it is on your profile."""

    item: ItemOut
    is_shown: bool
    acquired_at: datetime


@router.get("/me/wallet/", response=WalletOut, auth=Token(Scope.WALLET_READ), operation_id="get_my_wallet")
def wallet(request: HttpRequest) -> Any:
    """Show what you hold."""
    user_id = own_id(request)
    return {"balance": selectors.balance_of(user_id), "owed": selectors.owed_by(user_id)}


@router.get(
    "/me/wallet/transactions/",
    response=Page[LineOut],
    auth=Token(Scope.WALLET_READ),
    operation_id="list_my_transactions",
)
def transactions(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    """List what came into your wallet and went out of it, the latest first."""
    return page_of(request, response, selectors.postings_of(own_id(request)), paging, by=["-id"], show=_lines)


@router.post(
    "/me/wallet/transfers/",
    response={201: TransferOut},
    auth=Token(Scope.WALLET_WRITE),
    operation_id="send_coins",
)
def send_coins(request: HttpRequest, data: TransferIn) -> Any:
    """Send coins to another player. An `Idempotency-Key` is required: sent twice, it is one transfer."""
    user_id = own_id(request)
    to_id = players.id_showing(viewer_of(caller_of(request).user), data.to, Part.CARD)
    if to_id is None:
        raise ValidationError({"to": ledger.NoSuchPlayer()})
    sent = wallets.transfer(from_id=user_id, to_id=to_id, amount=data.amount, key=ledger_key(request))
    return Status(201, {"id": sent.pk, "balance": selectors.balance_of(user_id)})


@router.get("/shop/items/", response=list[ItemOut], operation_id="list_shop_items")
def items(request: HttpRequest) -> Any:
    """List what can be bought, by type and price."""
    return selectors.items_for_sale()


@router.post(
    "/me/purchases/",
    response={201: PurchaseOut},
    auth=Token(Scope.WALLET_WRITE),
    operation_id="buy_item",
)
def buy(request: HttpRequest, data: PurchaseIn) -> Any:
    """Buy an item. An `Idempotency-Key` is required: sent twice, it is one purchase."""
    user_id = own_id(request)
    item = ShopItem.objects.filter(slug=data.item).first()
    if item is None:
        raise ValidationError({"item": shop.NotForSale()})
    key = ledger_key(request)
    bought = shop.buy(user_id=user_id, item_id=item.pk, price=data.price, key=key)
    return Status(201, {"id": bought.pk, "item": item, "balance": selectors.balance_of(user_id)})


@router.get(
    "/me/inventory/", response=list[OwnedOut], auth=Token(Scope.READ), operation_id="list_my_inventory"
)
def inventory(request: HttpRequest) -> Any:
    """List what you have from the shop, the oldest first."""
    rows = players.inventory_of(own_id(request))
    named = {item.pk: item for item in selectors.items_among({row.item_id for row in rows})}
    return [
        {
            "item": named[row.item_id],
            "is_shown": row.shown_at is not None,
            "acquired_at": row.acquired_at,
        }
        for row in rows
        if row.item_id in named
    ]


def own_id(request: HttpRequest) -> int:
    """Return who asks."""
    return int(caller_of(request).user.pk)


def ledger_key(request: HttpRequest) -> str:
    """Return the key of a write as one of the ledger, whatever its length. Raises Problem without one."""
    given = request.headers.get("Idempotency-Key", "")
    if not given:
        raise Problem(INVALID_KEY)
    return f"api-{sha256(given.encode()).hexdigest()}"


def _lines(postings: list[Posting]) -> list[dict[str, Any]]:
    lines = selectors.lines(postings)
    cards = players.cards(line.other_id for line in lines if line.other_id)
    return [
        {
            "id": line.transaction_id,
            "kind": line.kind,
            "description": line.description,
            "amount": line.amount,
            "balance_after": line.balance_after,
            "occurred_at": line.occurred_at,
            "other": cards[line.other_id].username if line.other_id in cards else None,
        }
        for line in lines
    ]
