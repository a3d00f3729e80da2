"""Requests that come at once: no coin is spent twice, none is lost, and nobody waits for ever."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from apps.economy import selectors
from apps.economy.models import PrizeClaim, Transaction
from apps.economy.services import ledger, proof, wallets
from apps.events.testing import deliver_all
from apps.tournaments.formats.results import Stage
from apps.tournaments.services import prizes, tournaments
from apps.tournaments.tests.conftest import Field, cup, make_field, make_player, make_team  # noqa: F401
from apps.user_profile.services import profiles
from apps.user_profile.testing import create_user
from tests.threads import other_threads

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_coin_is_spent_once() -> None:
    ada, bela, carl = (create_user().pk for _ in range(3))
    wallets.deposit(user_id=ada, amount=1, key="first")
    begin = Barrier(2)

    def spend(to_id: int) -> str:
        begin.wait(10)
        try:
            wallets.transfer(from_id=ada, to_id=to_id, amount=1, key=str(to_id))
        except ValidationError as error:
            return str(error.code)
        return "sent"

    with other_threads(2) as run:
        answers = [run(spend, to_id=user_id) for user_id in (bela, carl)]
    assert sorted(answer.result() for answer in answers) == ["insufficient_funds", "sent"]
    assert selectors.balance_of(bela) + selectors.balance_of(carl) == 1
    proof.prove()


def test_coins_that_go_round_are_neither_lost_nor_locked() -> None:
    ring = [create_user().pk for _ in range(3)]
    for user_id in ring:
        wallets.deposit(user_id=user_id, amount=10, key=str(user_id))
    begin = Barrier(3)

    def pass_on(place: int) -> None:
        begin.wait(10)
        for turn in range(10):
            wallets.transfer(
                from_id=ring[place], to_id=ring[(place + 1) % 3], amount=1, key=f"{place}-{turn}"
            )

    with other_threads(3) as run:
        done = [run(pass_on, place=place) for place in range(3)]
    assert [each.result() for each in done] == [None, None, None]
    assert [selectors.balance_of(user_id) for user_id in ring] == [10, 10, 10]
    proof.prove()


def test_the_same_request_meanwhile_is_told_so() -> None:
    ada = create_user().pk
    with transaction.atomic():
        wallets.deposit(user_id=ada, amount=5, key="double click")

        def again() -> str:
            try:
                wallets.deposit(user_id=ada, amount=5, key="double click")
            except ledger.StillRunning as error:
                return str(error.code)
            return "booked"

        with other_threads() as run:
            assert run(again).result() == "still_running"
    assert Transaction.objects.count() == 1
    assert selectors.balance_of(ada) == 5


def test_prizes_are_claimed_while_their_winners_play_on(
    cup: Any,  # noqa: F811
    make_field: Callable[..., Field],  # noqa: F811
) -> None:
    prizes.announce(tournament_id=cup.pk, amounts={1: 10})
    field = make_field("Ann", "Bea")
    field.play("Ann", "Bea", stage=Stage.GRAND_FINAL)
    deliver_all()

    def claim() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        deliver_all()

    with transaction.atomic():
        # As whoever registers them for the next tournament does.
        profiles.hold([user_id for players in field.players.values() for user_id in players])
        with other_threads() as run:
            run(tournaments.complete, tournament_id=cup.pk).result()
            run(claim).result()
            assert list(PrizeClaim.objects.values_list("amount", flat=True)) == [10]
