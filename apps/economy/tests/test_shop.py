"""The shop: bought once, into the inventory once, and given back once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.economy import selectors
from apps.economy.models import ItemType, Purchase, ShopItem
from apps.economy.services import proof, shop, wallets
from apps.events.testing import emitted
from apps.user_profile.models import InventoryItem, UserProfile
from apps.user_profile.services import inventory
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> int:
    """Return a player with 100 coins."""
    user_id = create_user("ada").pk
    wallets.deposit(user_id=user_id, amount=100, key="first")
    return user_id


def item(slug: str = "star", item_type: str = ItemType.BADGE, **options: Any) -> ShopItem:
    """Put something on sale."""
    return ShopItem.objects.create(slug=slug, name=slug.title(), item_type=item_type, price=40, **options)


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect a refusal by its code, with nothing bought and nothing said."""
    there = Purchase.objects.count()
    with emitted() as events, pytest.raises(ValidationError) as refusal, transaction.atomic():
        yield
    assert refusal.value.code == code
    assert events == []
    assert Purchase.objects.count() == there


def owned(user_id: int) -> dict[str, list[int]]:
    """Return what the profile says that a player owns."""
    return UserProfile.objects.get(user_id=user_id).inventory_items


def test_what_is_bought_is_paid_and_owned_once(ada: int) -> None:
    star = item()
    with emitted() as events:
        bought = shop.buy(user_id=ada, item_id=star.pk, price=40, key="click")
        assert shop.buy(user_id=ada, item_id=star.pk, price=40, key="click") == bought
    said = {"user_id": ada, "item_id": star.pk, "item_type": "BADGE", "purchase_id": bought.pk}
    assert [event.payload for event in events if event.event_type == "item_purchased"] == [said]
    assert selectors.balance_of(ada) == 60
    assert owned(ada) == {"badges": [star.pk]}
    proof.prove()


def test_what_is_refused(ada: int) -> None:
    star, gone = item(limit_per_player=1), item("gone", is_active=False)
    dear = item("dear", limit_per_player=9)
    with refused("price_changed"):
        shop.buy(user_id=ada, item_id=star.pk, price=39, key="a")
    for nothing in (gone.pk, 10**30, -1):
        with refused("not_for_sale"):
            shop.buy(user_id=ada, item_id=nothing, price=40, key="b")
    shop.buy(user_id=ada, item_id=star.pk, price=40, key="c")
    with refused("limit_reached"):
        shop.buy(user_id=ada, item_id=star.pk, price=40, key="d")
    with refused("key_reused"):
        shop.buy(user_id=ada, item_id=dear.pk, price=40, key="c")
    shop.buy(user_id=ada, item_id=dear.pk, price=40, key="e")
    with refused("insufficient_funds"):
        shop.buy(user_id=ada, item_id=dear.pk, price=40, key="f")
    assert selectors.balance_of(ada) == 20


def test_a_refund_returns_coins_and_item_once(ada: int) -> None:
    star = item()
    bought = shop.buy(user_id=ada, item_id=star.pk, price=40, key="a")
    back = shop.refund(purchase_id=bought.pk)
    assert back.refund is not None
    assert (back.refund.kind, back.refund.reverses_id) == ("REFUND", bought.payment_id)
    assert (selectors.balance_of(ada), owned(ada)) == (100, {})
    with refused("already_reversed"):
        shop.refund(purchase_id=bought.pk)
    # He may have it again.
    shop.buy(user_id=ada, item_id=star.pk, price=40, key="b")
    assert owned(ada) == {"badges": [star.pk]}
    proof.prove()


def test_five_badges_are_pinned_and_one_frame_is_worn(ada: int) -> None:
    wallets.deposit(user_id=ada, amount=1000, key="rich")
    frame = item("frame", ItemType.AVATAR_FRAME, limit_per_player=2)
    badges = [item(f"badge-{number}") for number in range(6)]
    for each in [*badges, frame]:
        shop.buy(user_id=ada, item_id=each.pk, price=40, key=each.slug)
    shop.buy(user_id=ada, item_id=frame.pk, price=40, key="another frame")
    rows = list(InventoryItem.objects.filter(user_id=ada).order_by("pk"))
    for row in rows[:5]:
        inventory.show(user_id=ada, inventory_id=row.pk)
    with refused("too_many_pinned"):
        inventory.show(user_id=ada, inventory_id=rows[5].pk)
    inventory.hide(user_id=ada, inventory_id=rows[0].pk)
    inventory.show(user_id=ada, inventory_id=rows[5].pk)
    for row in rows[6:]:
        inventory.show(user_id=ada, inventory_id=row.pk)
    shown = InventoryItem.objects.filter(shown_at__isnull=False)
    assert set(shown.values_list("pk", flat=True)) == {row.pk for row in [*rows[1:6], rows[7]]}
    with refused("not_yours"):
        inventory.show(user_id=create_user().pk, inventory_id=rows[0].pk)
    with refused("not_yours"):
        inventory.hide(user_id=create_user().pk, inventory_id=rows[0].pk)
