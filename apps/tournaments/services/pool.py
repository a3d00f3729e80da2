"""The prize pool of a tournament, said here and nowhere else; whoever keeps the money sets as much aside."""

from django.db import transaction

from apps.tournaments.models import Prize, Tournament
from apps.tournaments.signals import tournament_prizes_announced


@transaction.atomic(savepoint=False)
def announce(tournament: Tournament, pool: int) -> None:
    """Say what the places get in all, in place of what was said before."""
    tournament_prizes_announced.send(Prize, tournament_id=tournament.pk, pool=pool)


def give_up(tournament: Tournament) -> None:
    """Say that nobody will get anything, where something was announced."""
    if Prize.objects.filter(tournament=tournament).exists():
        announce(tournament, 0)
