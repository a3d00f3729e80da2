"""Prizes: set aside, claimed, held, paid; and what a correction makes of them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.economy import selectors
from apps.economy.jobs import pay_prizes
from apps.economy.models import PrizeClaim, Transaction
from apps.economy.services import prizes as economy
from apps.economy.services import proof, wallets
from apps.events import occurring_at
from apps.events.testing import emitted
from apps.events.verify import verify
from apps.tournaments.formats.prizes import Placed, shares, split
from apps.tournaments.formats.results import Stage
from apps.tournaments.services import corrections, prizes, registration, tournaments
from apps.tournaments.tests.conftest import Field, cup, make_field, make_player, make_team  # noqa: F401
from apps.user_profile.models import UserProfile
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def earned(*user_ids: int) -> list[int]:
    """Return what these players have won, with balance and earnings being the same."""
    found = {profile.user_id: profile for profile in UserProfile.objects.filter(user_id__in=user_ids)}
    assert all(one.deltacoin_balance == one.lifetime_earnings for one in found.values())
    return [found[user_id].lifetime_earnings for user_id in user_ids]


def prove() -> None:
    """Check the books and every copy."""
    proof.prove()
    assert not [finding for finding in verify() if finding.drift]


@pytest.fixture
def final(cup: Any, make_field: Callable[..., Field]) -> tuple[Field, Any]:  # noqa: F811
    """Return two teams of three and the final that the first has won, with 1,000 and 500 coins at stake."""
    prizes.announce(tournament_id=cup.pk, amounts={1: 1000, 2: 500})
    field = make_field("Ann", "Bea", size=3)
    return field, field.play("Ann", "Bea", (3, 1), stage=Stage.GRAND_FINAL)


def complete(field: Field, *, at: datetime = LONG_AGO) -> None:
    """End the tournament, at a time for which the hold is over."""
    with occurring_at(at):
        tournaments.complete(tournament_id=field.tournament.pk)


def test_announced_prizes_are_set_aside_and_may_change_until_somebody_enters(
    cup: Any,  # noqa: F811
    make_field: Callable[..., Field],  # noqa: F811
) -> None:
    with emitted() as events:
        for amounts in ({1: 1000}, {1: 700, 2: 100}, {1: 700, 2: 100}):
            prizes.announce(tournament_id=cup.pk, amounts=amounts)
            assert economy.in_escrow(cup.pk) == sum(amounts.values())
    announced = [
        event.payload["pool"] for event in events if event.event_type == "tournament_prizes_announced"
    ]
    assert announced == [1000, 800]
    make_field("Ann")
    for code in ("wrong_status",):
        with pytest.raises(ValidationError) as refusal:
            prizes.announce(tournament_id=cup.pk, amounts={1: 1})
        assert refusal.value.code == code
    assert economy.in_escrow(cup.pk) == 800
    proof.prove()


def test_prizes_are_frozen_with_the_first_entry(cup: Any, make_team: Any) -> None:  # noqa: F811
    prizes.announce(tournament_id=cup.pk, amounts={1: 5})
    team_id, players = make_team("Ann")
    registration.register_team(tournament_id=cup.pk, team_id=team_id, player_ids=players)
    with pytest.raises(ValidationError) as refusal:
        prizes.announce(tournament_id=cup.pk, amounts={1: 6})
    assert refusal.value.code == "prizes_frozen"


@pytest.mark.parametrize(
    "amounts", [{0: 5}, {1: 0}, {1: -5}, {1: 1.5}, {"1": 5}, {1: True}, {1: 10**13}, {5000: 1}]
)
def test_prizes_that_are_none(cup: Any, amounts: Any) -> None:  # noqa: F811
    with emitted() as events, pytest.raises(ValidationError) as refusal:
        prizes.announce(tournament_id=cup.pk, amounts=amounts)
    assert refusal.value.code == "impossible_prizes"
    assert events == []


def test_a_prize_is_paid_after_the_hold_and_once(final: tuple[Field, Any]) -> None:
    field, _ = final
    complete(field, at=LONG_AGO)
    ann, bea = field.players["Ann"], field.players["Bea"]
    assert economy.pay_due(now=LONG_AGO + economy.HOLD - timedelta(seconds=1)) == 0
    assert economy.pay_due(now=LONG_AGO + economy.HOLD) == 6
    assert (earned(*ann), earned(*bea)) == ([334, 333, 333], [167, 167, 166])
    with emitted() as events:
        pay_prizes()
    assert events == []
    paid = Transaction.objects.filter(claim__isnull=False)
    assert {each.occurred_at for each in paid} == {LONG_AGO + economy.HOLD}
    assert economy.in_escrow(field.tournament.pk) == 0
    prove()


def test_a_correction_moves_the_prize_and_undoing_it_moves_it_back(final: tuple[Field, Any]) -> None:
    field, match = final
    ann, bea = field.players["Ann"], field.players["Bea"]
    complete(field)
    pay_prizes()
    wrong = corrections.correct(match_id=match.pk, score_a=0, score_b=3, reason="Swapped.")
    # What was paid is back at once; what is due now waits for its own hold.
    assert (earned(*ann), earned(*bea)) == ([0, 0, 0], [0, 0, 0])
    assert economy.pay_due() == 0
    later = datetime.now(UTC) + 2 * economy.HOLD
    assert economy.pay_due(now=later) == 6
    assert (earned(*ann), earned(*bea)) == ([167, 167, 166], [334, 333, 333])
    corrections.undo(correction_id=wrong.pk)
    assert economy.pay_due(now=later) == 6
    assert (earned(*ann), earned(*bea)) == ([334, 333, 333], [167, 167, 166])
    assert economy.in_escrow(field.tournament.pk) == 0
    prove()


def test_a_corrected_prize_that_was_spent_is_owed_and_paid_off(final: tuple[Field, Any]) -> None:
    field, match = final
    [spender, *_] = field.players["Ann"]
    complete(field)
    pay_prizes()
    wallets.transfer(from_id=spender, to_id=create_user().pk, amount=300, key="spent")
    corrections.correct(match_id=match.pk, score_a=0, score_b=3, reason="Swapped.")
    assert (selectors.balance_of(spender), selectors.owed_by(spender)) == (0, 300)
    economy.pay_due(now=datetime.now(UTC) + 2 * economy.HOLD)
    # 167 for the second place, all of it against the debt.
    assert (selectors.balance_of(spender), selectors.owed_by(spender)) == (0, 133)
    assert UserProfile.objects.get(user_id=spender).lifetime_earnings == 167
    prove()


def test_the_pool_of_a_tournament_without_players_goes_back_at_its_end(cup: Any) -> None:  # noqa: F811
    prizes.announce(tournament_id=cup.pk, amounts={1: 1000})
    tournaments.start(tournament_id=cup.pk)
    assert economy.in_escrow(cup.pk) == 1000
    tournaments.complete(tournament_id=cup.pk)
    assert economy.in_escrow(cup.pk) == 0
    assert not PrizeClaim.objects.exists()
    prove()


def test_claims_do_not_depend_on_how_often_the_places_are_told(final: tuple[Field, Any]) -> None:
    field, _ = final
    complete(field)
    before = list(PrizeClaim.objects.order_by("pk").values())
    economy.settle(field.tournament.pk, LONG_AGO + economy.HOLD)
    assert list(PrizeClaim.objects.order_by("pk").values()) == before
    pay_prizes()
    economy.settle(field.tournament.pk, LONG_AGO + economy.HOLD)
    assert economy.pay_due() == 0
    prove()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.integers(1, 5), st.integers(1, 1000), min_size=1),
    st.lists(st.integers(1, 3), min_size=2, max_size=3),
    st.booleans(),
)
def test_the_pool_is_paid_or_returned_to_the_coin(
    make_team: Any,  # noqa: F811
    amounts: dict[int, int],
    sizes: list[int],
    is_corrected: bool,
) -> None:
    """Entries have so many players; the first two play the final, which is corrected perhaps."""
    tournament = tournaments.create(name="Any Cup", game_id=1)
    prizes.announce(tournament_id=tournament.pk, amounts=amounts)
    entries = [make_team(f"team-{tournament.pk}-{number}", size) for number, size in enumerate(sizes)]
    for team_id, players in entries:
        registration.register_team(tournament_id=tournament.pk, team_id=team_id, player_ids=players)
    field = Field(tournaments.start(tournament_id=tournament.pk), {"a": entries[0], "b": entries[1]})
    final = field.play("a", "b", stage=Stage.GRAND_FINAL)
    complete(field)
    pay_prizes()
    if is_corrected:
        corrections.correct(match_id=final.pk, score_a=0, score_b=3, reason="Swapped.")
        economy.pay_due(now=datetime.now(UTC) + 2 * economy.HOLD)
    assert economy.in_escrow(tournament.pk) == 0
    paid = PrizeClaim.objects.filter(prize__tournament=tournament, payment__isnull=False)
    assert sum(paid.values_list("amount", flat=True)) == sum(amounts.values())
    prove()


@given(st.integers(0, 10**12), st.integers(1, 40))
def test_a_split_is_even_and_whole(amount: int, parts: int) -> None:
    found = split(amount, parts)
    assert sum(found) == amount
    assert max(found) - min(found) <= 1
    assert found == sorted(found, reverse=True)


@given(
    st.dictionaries(st.integers(1, 8), st.integers(1, 1000), max_size=8),
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 4)), min_size=1, max_size=5),
)
def test_every_coin_of_a_taken_place_is_given_out(
    prizes: dict[int, int], ties: list[tuple[int, int]]
) -> None:
    """Ties are groups of entries, the best first, each with so many players."""
    entries, place = [], 1
    for number, (size, players) in enumerate(ties):
        for each in range(size):
            ids = [1000 * number + 10 * each + player for player in range(players)]
            entries.append(Placed(place, place + size - 1, ids))
        place += size
    found = shares(prizes, entries)
    for position, amount in prizes.items():
        taken = any(entry.first <= position <= entry.last and entry.players for entry in entries)
        given_out = sum(coins for (each, _), coins in found.items() if each == position)
        assert given_out == (amount if taken else 0)
    assert min(found.values(), default=1) > 0
