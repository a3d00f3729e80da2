"""What operators do by hand: adjust a wallet with a reason, take a purchase back; they rewrite nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from apps.economy import selectors
from apps.economy.models import ItemType, Kind, Purchase, ShopItem, Transaction
from apps.economy.services import proof, shop, wallets
from apps.user_profile.models import User
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
ADJUST = reverse("admin:economy_transaction_add")
PURCHASES = reverse("admin:economy_purchase_changelist")


@pytest.fixture
def ada() -> int:
    """Return a player with fifty coins."""
    user_id = create_user("ada").pk
    wallets.deposit(user_id=user_id, amount=50, key="first")
    return user_id


def clerk(client: Client, *permissions: str) -> User:
    """Sign in somebody of the staff who may do this and no more."""
    user = create_user("clerk")
    user.is_staff = True
    user.save()
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="economy", codename__in=permissions)
    )
    client.force_login(user)
    return user


def adjust(client: Client, user_id: int, amount: object, reason: str = "Lost by an outage.") -> Any:
    """Send the form, with the key of one showing of it."""
    words = {"user_id": user_id, "amount": amount, "description": reason, "key": "shown-once"}
    return client.post(ADJUST, words)


def bought(user_id: int) -> Purchase:
    """Return a badge that the player bought for twenty coins."""
    item = ShopItem.objects.create(slug="star", name="Star", item_type=ItemType.BADGE, price=20)
    return shop.buy(user_id=user_id, item_id=item.pk, price=20, key="star")


def test_an_adjustment_is_booked_once_with_its_author_and_reason(client: Client, ada: int) -> None:
    staff = clerk(client, "add_transaction", "view_transaction")
    assert 'name="key"' in client.get(ADJUST).content.decode()
    for _click in range(2):
        assert adjust(client, ada, -30).status_code == 302
    [booked] = Transaction.objects.filter(actor=staff)
    assert (booked.kind, booked.description) == (Kind.WITHDRAWAL, "Lost by an outage.")
    assert selectors.balance_of(ada) == 20
    assert (
        "Lost by an outage." in client.get(reverse("admin:economy_transaction_changelist")).content.decode()
    )
    proof.prove()


@pytest.mark.parametrize(
    ("amount", "reason", "said"),
    [
        (-51, "Too much.", "Your wallet is 1 DC short of that."),
        (0, "Nothing.", "Give a whole number of DeltaCoins"),
        (10**16, "A flood.", "Give a whole number of DeltaCoins"),
        ("1.5", "A half.", "Enter a whole number."),
        (5, "", "This field is required."),
    ],
)
def test_an_adjustment_that_cannot_be_is_an_error_of_the_form(
    client: Client, ada: int, amount: object, reason: str, said: str
) -> None:
    clerk(client, "add_transaction", "view_transaction")
    answer = adjust(client, ada, amount, reason)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert (selectors.balance_of(ada), Transaction.objects.count()) == (50, 1)


def test_a_wallet_of_nobody_is_an_error_of_the_form(client: Client) -> None:
    clerk(client, "add_transaction", "view_transaction")
    assert "There is no such player." in adjust(client, 999_999_999, 5).content.decode()


def test_who_may_only_look_adjusts_nothing_and_refunds_nothing(client: Client, ada: int) -> None:
    purchase = bought(ada)
    clerk(client, "view_transaction", "view_purchase")
    assert adjust(client, ada, 5).status_code == 403
    client.post(PURCHASES, {"action": "take_back", "_selected_action": [purchase.pk]})
    assert selectors.balance_of(ada) == 30


def test_a_refund_returns_the_coins_once(client: Client, ada: int) -> None:
    purchase = bought(ada)
    staff = clerk(client, "view_purchase", "add_transaction")
    for said in ("1 refunded.", "0 refunded."):
        words = {"action": "take_back", "_selected_action": [purchase.pk]}
        assert said in client.post(PURCHASES, words, follow=True).content.decode()
    [back] = Transaction.objects.filter(kind=Kind.REFUND)
    assert (back.reverses_id, back.actor_id) == (purchase.payment_id, staff.pk)
    assert selectors.balance_of(ada) == 50
    proof.prove()


@pytest.mark.parametrize("act", ["change", "delete"])
def test_what_is_booked_is_not_rewritten(admin_client: Client, ada: int, act: str) -> None:
    address = reverse(f"admin:economy_transaction_{act}", args=[Transaction.objects.get().pk])
    assert admin_client.post(address, {"description": "Another story."}).status_code == 403
    assert Transaction.objects.get().description == "Deposit"
