"""What a tournament pays."""

from django.db import models
from django.db.models import Q

from apps.tournaments.models.tournament import Tournament


class Prize(models.Model):
    """What one place of a tournament gets, in whole DeltaCoins. A place that is shared shares its prize."""

    tournament = models.ForeignKey(
        Tournament, on_delete=models.PROTECT, related_name="prizes", db_index=False
    )
    place = models.PositiveIntegerField()
    amount = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["tournament", "place"], name="prize_once"),
            models.CheckConstraint(condition=Q(place__gte=1, amount__gte=1), name="prize_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} DC for place {self.place} of tournament {self.tournament_id}"
