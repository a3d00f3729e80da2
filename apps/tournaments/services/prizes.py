"""Prizes: announced before anybody enters, and fixed from then on."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.tournaments.models import Prize, Status, Tournament
from apps.tournaments.services import pool
from apps.tournaments.services.locks import lock_tournament

PLACES_MAX = 1024
AMOUNT_MAX = 10**12


class PrizesFrozen(ValidationError):
    """Somebody has entered for these prizes: they stay as they were announced."""

    def __init__(self) -> None:
        super().__init__(
            "Prizes are announced before the first registration, and stay as they are from then on.",
            code="prizes_frozen",
        )


class ImpossiblePrizes(ValidationError):
    """A prize is a whole number of coins for a place from 1."""

    def __init__(self) -> None:
        super().__init__(
            "A prize is a whole number of DeltaCoins, at least 1, for a place from 1 to %(most)d.",
            code="impossible_prizes",
            params={"most": PLACES_MAX},
        )


@transaction.atomic
def announce(*, tournament_id: int, amounts: Mapping[int, int]) -> Tournament:
    """Announce what the places get, in DeltaCoins; what was announced before holds no longer.

    Raises ImpossiblePrizes, PrizesFrozen, WrongStatus.
    """
    if any(
        not possible(place, PLACES_MAX) or not possible(amount, AMOUNT_MAX)
        for place, amount in amounts.items()
    ):
        raise ImpossiblePrizes
    tournament = lock_tournament(tournament_id)
    tournament.must_be(Status.UPCOMING)
    if tournament.entries.exists():
        raise PrizesFrozen
    prizes = Prize.objects.filter(tournament=tournament)
    if dict(prizes.values_list("place", "amount")) != dict(amounts):
        prizes.delete()
        Prize.objects.bulk_create(
            Prize(tournament=tournament, place=place, amount=amount)
            for place, amount in sorted(amounts.items())
        )
        pool.announce(tournament, sum(amounts.values()))
    return tournament


def possible(number: object, most: int) -> bool:
    """Tell whether this is a whole number from 1."""
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= most
