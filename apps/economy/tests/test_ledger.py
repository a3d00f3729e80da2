"""The ledger: what is booked, what is refused, and what PostgreSQL itself refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from apps.economy import selectors
from apps.economy.models import Account, Book, Kind, Posting, Transaction
from apps.economy.services import accounts, ledger, proof, wallets
from apps.economy.services.ledger import AMOUNT_MAX, BALANCE_MAX, Order, Request
from apps.economy.signals import transaction_completed, wallet_balance_changed
from apps.events.testing import emitted
from apps.events.verify import verify
from apps.user_profile.models import UserActivity, UserProfile
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> int:
    """Return a player with 100 coins."""
    user_id = create_user("ada").pk
    wallets.deposit(user_id=user_id, amount=100, key="first")
    return user_id


@pytest.fixture
def bela() -> int:
    """Return a player without a wallet."""
    return create_user("bela").pk


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect a refusal by its code, with nothing booked and nothing said."""
    there = Posting.objects.count()
    with emitted() as events, pytest.raises(ValidationError) as refusal, transaction.atomic():
        yield
    assert refusal.value.code == code
    assert events == []
    assert Posting.objects.count() == there


def prize(user_id: int, amount: int) -> Transaction:
    """Pay a prize out of nothing."""
    request = Request(f"prize of {user_id}: {amount}", (user_id, amount))
    legs = {accounts.MINT: -amount, accounts.wallet(user_id): amount}
    return ledger.post(Order(request, Kind.PRIZE, legs, "Prize"))


def profile(user_id: int) -> tuple[int, int]:
    """Return the profile's copies: balance and lifetime earnings."""
    found = UserProfile.objects.get(user_id=user_id)
    return found.deltacoin_balance, found.lifetime_earnings


def test_a_transfer_says_and_books_it(ada: int, bela: int) -> None:
    with emitted() as events:
        booked = wallets.transfer(from_id=ada, to_id=bela, amount=30, key="rent")
    changed = {"transaction_id": booked.pk}
    assert events == [
        ("wallet_balance_changed", {"user_id": ada, "new_balance": 70, **changed}),
        ("wallet_balance_changed", {"user_id": bela, "new_balance": 30, **changed}),
        ("transaction_completed", said(ada, -30, booked)),
        ("transaction_completed", said(bela, 30, booked)),
    ]
    postings = booked.postings.order_by("amount").values_list("account__user_id", "amount", "balance_after")
    assert list(postings) == [(ada, -30, 70), (bela, 30, 30)]
    assert (selectors.balance_of(ada), selectors.balance_of(bela)) == (70, 30)
    assert (profile(ada), profile(bela)) == ((70, 0), (30, 0))
    proof.prove()


def said(user_id: int, amount: int, booked: Transaction) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "type": "TRANSFER",
        "amount": amount,
        "description": "Transfer",
        "transaction_id": booked.pk,
        "reverses_id": None,
    }


def test_spending_everything_works_and_one_coin_more_does_not(ada: int, bela: int) -> None:
    with refused("insufficient_funds"):
        wallets.transfer(from_id=ada, to_id=bela, amount=101, key="all and more")
    wallets.transfer(from_id=ada, to_id=bela, amount=100, key="all")
    with refused("insufficient_funds"):
        wallets.withdraw(user_id=ada, amount=1, key="the last coin again")
    assert (profile(ada), profile(bela)) == ((0, 0), (100, 0))


@pytest.mark.parametrize("amount", [0, -5, 1.0, Decimal("1.5"), "7", True, None, AMOUNT_MAX + 1])
def test_amounts_that_are_none(ada: int, bela: int, amount: Any) -> None:
    for move in (
        lambda: wallets.deposit(user_id=ada, amount=amount, key="x"),
        lambda: wallets.withdraw(user_id=ada, amount=amount, key="x"),
        lambda: wallets.transfer(from_id=ada, to_id=bela, amount=amount, key="x"),
    ):
        with refused("wrong_amount"):
            move()


@pytest.mark.parametrize("key", ["", "x" * 101, "a\0b"])
def test_keys_that_are_none(ada: int, key: str) -> None:
    with refused("wrong_key"):
        wallets.deposit(user_id=ada, amount=1, key=key)


def test_players_who_are_none(ada: int) -> None:
    with refused("to_oneself"):
        wallets.transfer(from_id=ada, to_id=ada, amount=1, key="x")
    for nobody in (0, -1, 10**30):
        with refused("no_such_player"):
            wallets.transfer(from_id=ada, to_id=nobody, amount=1, key="x")


def test_a_wallet_that_is_full(ada: int) -> None:
    Account.objects.filter(user_id=ada, book=Book.WALLET).update(balance=BALANCE_MAX - 1)
    with refused("wallet_full"):
        wallets.deposit(user_id=ada, amount=2, key="x")


def test_the_same_request_is_answered_and_booked_once(ada: int, bela: int) -> None:
    first = wallets.transfer(from_id=ada, to_id=bela, amount=60, key="once")
    with emitted() as events:
        assert wallets.transfer(from_id=ada, to_id=bela, amount=60, key="once") == first
    assert events == []
    assert profile(ada) == (40, 0)
    # Also the other way round the same key is somebody else's.
    assert wallets.transfer(from_id=bela, to_id=ada, amount=60, key="once") != first


def test_a_key_belongs_to_its_request(ada: int, bela: int) -> None:
    wallets.transfer(from_id=ada, to_id=bela, amount=60, key="once")
    with refused("key_reused"):
        wallets.transfer(from_id=ada, to_id=bela, amount=61, key="once")


def test_a_reversal_is_the_opposite_and_comes_once(ada: int, bela: int) -> None:
    booked = wallets.transfer(from_id=ada, to_id=bela, amount=60, key="rent")
    back = ledger.reverse(booked.pk, description="Taken back")
    assert (profile(ada), profile(bela)) == ((100, 0), (0, 0))
    assert (back.reverses, back.kind) == (booked, "TRANSFER")
    for again in (booked, back):
        with refused("already_reversed"):
            ledger.reverse(again.pk, description="Again")


def test_earnings_are_prizes_less_what_is_taken_back(ada: int) -> None:
    prize(ada, 40)
    wrong = prize(ada, 500)
    assert profile(ada) == (640, 540)
    ledger.reverse(wrong.pk, description="Wrong winner")
    assert profile(ada) == (140, 40)
    own = UserActivity.objects.standing().filter(user_id=ada, event_data__has_key="amount").order_by("id")
    assert list(own.values_list("event_type", "event_data__amount", "is_public")) == [
        ("COINS_EARNED", 100, False),
        ("PRIZE_EARNED", 40, True),
        ("PRIZE_TAKEN_BACK", 500, False),
    ]


def test_a_prize_that_was_spent_is_owed(ada: int, bela: int) -> None:
    wrong = prize(ada, 500)
    wallets.transfer(from_id=ada, to_id=bela, amount=570, key="gone")
    with emitted(wallet_balance_changed, transaction_completed) as events:
        ledger.reverse(wrong.pk, description="Wrong winner")
    assert [event.payload.get("amount") for event in events] == [None, -500]
    assert profile(ada) == (0, 0)
    assert (selectors.owed_by(ada), selectors.owed_by(bela)) == (470, 0)
    assert all(finding.drift == 0 for finding in verify())


def test_the_books_cannot_be_rewritten(ada: int) -> None:
    for rows, change in ((Posting.objects, {"amount": 7}), (Transaction.objects, {"description": "x"})):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(**change)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.all()._raw_delete("default")


@pytest.mark.parametrize("amounts", [[], [5], [5, -4]])
def test_what_does_not_sum_to_zero_is_not_kept(ada: int, amounts: list[int]) -> None:
    found = accounts.find([accounts.MINT, accounts.SHOP])
    with transaction.atomic():
        odd = Transaction.objects.create(kind=Kind.DEPOSIT, key="odd", fingerprint="", description="")
        Posting.objects.bulk_create(
            Posting(transaction=odd, account=account, amount=amount)
            for account, amount in zip(found.values(), amounts, strict=False)
        )
        with pytest.raises(IntegrityError, match="do not sum to zero"), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_a_balance_below_zero_is_not_kept(ada: int) -> None:
    with pytest.raises(IntegrityError, match="account_wallet_not_below_zero"), transaction.atomic():
        Account.objects.filter(user_id=ada, book=Book.WALLET).update(balance=-1)


def test_the_proof_finds_a_wrong_balance(ada: int) -> None:
    proof.prove()
    UserProfile.objects.filter(user_id=ada).update(deltacoin_balance=7)
    with pytest.raises(proof.BooksWrong, match=r"user_profile\.deltacoin_balance differs in 1 of 1"):
        proof.prove()


def test_an_adjustment_says_who_and_why(ada: int) -> None:
    staff = create_user("chief").pk
    out = wallets.adjust(user_id=ada, amount=-30, reason=" Paid  twice ", staff_id=staff, key="form")
    assert (out.kind, out.description, out.actor_id) == ("WITHDRAWAL", "Paid twice", staff)
    assert wallets.adjust(user_id=ada, amount=-30, reason="Paid twice", staff_id=staff, key="form") == out
    assert profile(ada) == (70, 0)
    for amount, reason, code in (
        (5, " \0", "no_reason"),
        (0, "why", "wrong_amount"),
        (1.5, "why", "wrong_amount"),
    ):
        with refused(code):
            wallets.adjust(user_id=ada, amount=amount, reason=reason, staff_id=staff, key="other")  # type: ignore[arg-type]


def test_a_balance_is_one_indexed_query(ada: int, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert selectors.balance_of(ada) == 100
    rows = Account.objects.filter(user_id=ada, book=Book.WALLET).values_list("balance")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "account_once" in rows.explain()
