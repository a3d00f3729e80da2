"""The books against a model of them in plain Python: whatever happens, both say the same."""

from collections import defaultdict
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.economy import selectors
from apps.economy.models import Posting, Transaction
from apps.economy.services import ledger, proof, wallets
from apps.events.verify import verify
from apps.user_profile.models import UserProfile
from apps.user_profile.testing import create_user

PLAYERS = 3
amounts = st.integers(-1, 6) | st.just(10**18)
players = st.integers(0, PLAYERS - 1)
keys = st.sampled_from("abcd")
steps = st.one_of(
    st.tuples(st.just("deposit"), players, amounts, keys),
    st.tuples(st.just("withdraw"), players, amounts, keys),
    st.tuples(st.just("transfer"), players, players, amounts, keys),
    st.tuples(st.just("reverse"), st.integers(0, 5)),
)


class Refused(Exception):
    """The model refuses; the argument is the code."""


class Model:
    """Wallets, debts and keys as dictionaries."""

    def __init__(self) -> None:
        self.balance: defaultdict[int, int] = defaultdict(int)
        self.owed: defaultdict[int, int] = defaultdict(int)
        self.keys: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        self.booked: list[dict[int, int]] = []
        self.reversed: set[int] = set()

    def deposit(self, user: int, amount: int, key: str) -> None:
        self.move(("deposit", key), ("deposit", user, amount), amount, {user: 1})

    def withdraw(self, user: int, amount: int, key: str) -> None:
        self.move(("withdraw", key), ("withdraw", user, amount), amount, {user: -1})

    def transfer(self, giver: int, taker: int, amount: int, key: str) -> None:
        if giver == taker:
            raise Refused("to_oneself")
        self.move(("transfer", giver, key), (taker, amount), amount, {giver: -1, taker: 1})

    def move(self, key: Any, what: Any, amount: int, signs: dict[int, int]) -> None:
        if not 1 <= amount <= ledger.AMOUNT_MAX:
            raise Refused("wrong_amount")
        if key in self.keys:
            if self.keys[key] != what:
                raise Refused("key_reused")
            return
        legs = {user: sign * amount for user, sign in signs.items()}
        if any(self.balance[user] + leg < 0 for user, leg in legs.items()):
            raise Refused("insufficient_funds")
        self.keys[key] = what
        for user, leg in legs.items():
            self.balance[user] += leg
        self.booked.append(legs)

    def reverse(self, number: int) -> None:
        if number >= len(self.booked):
            return
        if number in self.reversed:
            raise Refused("already_reversed")
        self.reversed.add(number)
        for user, leg in self.booked[number].items():
            self.balance[user] -= leg
            if self.balance[user] < 0:
                self.owed[user] -= self.balance[user]
                self.balance[user] = 0


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(steps, max_size=14))
def test_the_books_say_what_the_model_says(history: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        play(history)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def play(history: list[tuple[Any, ...]]) -> None:
    """Do each step in both, and compare all there is."""
    model = Model()
    ids = [create_user().pk for _ in range(PLAYERS)]
    booked: list[Transaction] = []
    for what, *arguments in history:
        expected = refusal(lambda what=what, arguments=arguments: getattr(model, what)(*arguments))
        assert refusal(lambda what=what, arguments=arguments: do(what, arguments, ids, booked)) == expected
        for number, user_id in enumerate(ids):
            assert selectors.balance_of(user_id) == model.balance[number]
            assert selectors.owed_by(user_id) == model.owed[number]
    copies = dict(UserProfile.objects.filter(user_id__in=ids).values_list("user_id", "deltacoin_balance"))
    assert copies == {user_id: model.balance[number] for number, user_id in enumerate(ids)}
    assert Posting.objects.filter(amount=0).count() == 0
    proof.prove()
    assert not [finding for finding in verify() if finding.drift]


def do(what: str, arguments: list[Any], ids: list[int], booked: list[Transaction]) -> None:
    """Do one step with the real services."""
    if what == "reverse":
        if arguments[0] < len(booked):
            ledger.reverse(booked[arguments[0]].pk, description="Taken back")
        return
    if what == "transfer":
        giver, taker, amount, key = arguments
        done = wallets.transfer(from_id=ids[giver], to_id=ids[taker], amount=amount, key=key)
    else:
        user, amount, key = arguments
        done = getattr(wallets, what)(user_id=ids[user], amount=amount, key=key)
    if done not in booked:
        booked.append(done)


def refusal(step: Any) -> str:
    """Return the code with which a step is refused, empty when it is done."""
    try:
        with transaction.atomic():
            step()
    except Refused as refused:
        return str(refused)
    except ValidationError as error:
        return str(error.code)
    return ""
