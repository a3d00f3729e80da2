"""Which tournaments hold a player's passports: a copy, kept inside the transaction that changes it."""

from apps.user_profile.models import PassportHold


def take(user_id: int, game_id: int, tournament_id: int) -> None:
    """Hold the passport of a game while a tournament is not over; a second time changes nothing."""
    PassportHold.objects.bulk_create(
        [PassportHold(user_id=user_id, game_id=game_id, tournament_id=tournament_id)], ignore_conflicts=True
    )


def release(user_id: int, tournament_id: int) -> None:
    """Hold it no longer."""
    PassportHold.objects.filter(user_id=user_id, tournament_id=tournament_id).delete()


def release_all(user_id: int) -> None:
    """Hold nothing of somebody who leaves for good."""
    PassportHold.objects.filter(user_id=user_id).delete()
