"""The wallet, the shop and leaderboards by API."""

from typing import Any

import pytest
from django.test import Client

from apps.api.testing import assert_problem, client_of
from apps.economy.models import ItemType, ShopItem
from apps.economy.services import wallets
from apps.user_profile.models import User
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
WALLET, TRANSFERS, PURCHASES = "/api/v1/me/wallet/", "/api/v1/me/wallet/transfers/", "/api/v1/me/purchases/"


@pytest.fixture
def ada() -> User:
    """Return a player with 100 coins."""
    user = create_user("Ada")
    wallets.deposit(user_id=user.pk, amount=100, key="first")
    create_user("Bela")
    ShopItem.objects.create(slug="star", name="Star", item_type=ItemType.BADGE, price=40)
    return user


def post(client: Client, path: str, data: Any, key: str | None = "k") -> Any:
    """Send a write with a key."""
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(path, data, content_type="application/json", headers=headers)


def test_a_transfer_is_made_once_and_stands_in_both_statements(ada: User) -> None:
    mine = client_of(ada)
    answers = [post(mine, TRANSFERS, {"to": "bela", "amount": 30}) for _ in range(2)]
    assert [(answer.status_code, answer.json()["balance"]) for answer in answers] == [(201, 70)] * 2
    assert mine.get(WALLET).json() == {"balance": 70, "owed": 0}
    [sent, got] = mine.get(f"{WALLET}transactions/").json()["items"]
    columns = ("kind", "amount", "balance_after", "other")
    assert [sent[column] for column in columns] == ["TRANSFER", -30, 70, "Bela"]
    assert (got["kind"], got["other"]) == ("DEPOSIT", None)
    theirs = client_of(User.objects.get(username="Bela"))
    [line] = theirs.get(f"{WALLET}transactions/").json()["items"]
    assert (line["amount"], line["other"]) == (30, "Ada")
    assert_problem(post(mine, TRANSFERS, {"to": "bela", "amount": 31}), 422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"to": "bela", "amount": 101}, "insufficient_funds"),
        ({"to": "bela", "amount": 0}, "wrong_amount"),
        ({"to": "bela", "amount": -5}, "wrong_amount"),
        ({"to": "bela", "amount": 10**30}, "wrong_amount"),
        ({"to": "nobody", "amount": 5}, "no_such_player"),
        ({"to": "be\x00la", "amount": 5}, "no_such_player"),
        ({"to": "ada", "amount": 5}, "to_oneself"),
    ],
)
def test_what_cannot_be_sent(ada: User, data: dict[str, Any], code: str) -> None:
    mine = client_of(ada)
    problem = assert_problem(post(mine, TRANSFERS, data), 422, "invalid-values")
    assert [error["code"] for error in problem["errors"]] == [code]
    assert mine.get(WALLET).json()["balance"] == 100


def test_a_write_needs_a_key_and_the_scope(ada: User) -> None:
    for path, data in ((TRANSFERS, {"to": "bela", "amount": 1}), (PURCHASES, {"item": "star", "price": 40})):
        assert_problem(post(client_of(ada), path, data, key=None), 400, "invalid-idempotency-key")
        assert_problem(
            post(client_of(ada, ["read", "wallet:read"]), path, data, key=path), 403, "insufficient-scope"
        )
    assert_problem(client_of(ada, ["read"]).get(WALLET), 403, "insufficient-scope")


def test_buying(ada: User) -> None:
    mine = client_of(ada)
    on_sale = Client().get("/api/v1/shop/items/").json()
    assert ("star", 40) in [(item["slug"], item["price"]) for item in on_sale]
    bought = post(mine, PURCHASES, {"item": "star", "price": 40})
    assert (bought.status_code, bought.json()["balance"], bought.json()["item"]["slug"]) == (201, 60, "star")
    [owned] = mine.get("/api/v1/me/inventory/").json()
    assert (owned["item"]["slug"], owned["is_shown"]) == ("star", False)
    for data, code in (
        ({"item": "star", "price": 1}, "price_changed"),
        ({"item": "no", "price": 1}, "not_for_sale"),
    ):
        problem = assert_problem(post(mine, PURCHASES, data, key=code), 422, "invalid-values")
        assert [error["code"] for error in problem["errors"]] == [code]
