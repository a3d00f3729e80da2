"""The lock that what changes in a tournament takes first."""

from apps.tournaments.models import Tournament


def lock_tournament(tournament_id: int) -> Tournament:
    """Return the tournament, locked: its matches and its status change one after the other."""
    return Tournament.objects.select_for_update(no_key=True).get(pk=tournament_id)
