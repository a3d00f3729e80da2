"""The phases of a tournament: a format each, with its settings and its draw."""

from django.db import models
from django.db.models import F, Q

from apps.tournaments.formats.settings import Format
from apps.tournaments.models.entries import TournamentEntry
from apps.tournaments.models.tournament import Tournament


class PhaseStatus(models.TextChoices):
    """Where a phase is in its life."""

    PENDING = "PENDING"
    LIVE = "LIVE"
    COMPLETED = "COMPLETED"


class Seeding(models.TextChoices):
    """How the entrants of a phase are put in order before it is drawn."""

    HAND = "HAND", "By hand"
    RANK = "RANK", "By rank"
    SNAKE = "SNAKE", "Snake"
    RANDOM = "RANDOM", "Random"


class Phase(models.Model):
    """A part of a tournament that is played in one format: groups, then a bracket.

    Its matches follow from the seeds of its entries, its settings and the results (`formats.engine`).
    `advancing` is how many go on to the next phase, of each group where there are groups.
    """

    tournament = models.ForeignKey(
        Tournament, on_delete=models.PROTECT, related_name="phases", db_index=False
    )
    number = models.PositiveSmallIntegerField(help_text="Phases are played in this order, from 1.")
    name = models.CharField(max_length=60, blank=True)
    format = models.CharField(max_length=20, choices=Format)
    settings = models.JSONField(default=dict, blank=True)
    seeding = models.CharField(max_length=6, choices=Seeding, default=Seeding.HAND)
    draw_seed = models.BigIntegerField(default=0, help_text="The same one draws the same lots.")
    advancing = models.PositiveIntegerField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=PhaseStatus, default=PhaseStatus.PENDING)

    class Meta:
        ordering = ["tournament", "number"]
        constraints = [
            models.UniqueConstraint(fields=["tournament", "number"], name="phase_number_once"),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="phase_format_known"),
            models.CheckConstraint(condition=Q(status__in=PhaseStatus.values), name="phase_status_known"),
            models.CheckConstraint(condition=Q(seeding__in=Seeding.values), name="phase_seeding_known"),
            models.CheckConstraint(
                condition=Q(advancing=None) | Q(advancing__gte=1), name="phase_somebody_advances"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_format_display()


class PhaseEntry(models.Model):
    """An entrant in a phase: its seed there, and where it finished once the phase is completed."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="entries", db_index=False)
    entry = models.ForeignKey(TournamentEntry, on_delete=models.CASCADE, related_name="phases")
    seed = models.PositiveIntegerField()
    place_from = models.PositiveIntegerField(null=True, blank=True)
    place_to = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["phase", "seed"]
        verbose_name_plural = "phase entries"
        constraints = [
            models.UniqueConstraint(fields=["phase", "entry"], name="phaseentry_once"),
            models.UniqueConstraint(
                fields=["phase", "seed"], name="phaseentry_seed_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(seed__gte=1), name="phaseentry_seeds_from_1"),
            models.CheckConstraint(
                condition=Q(place_from=None, place_to=None)
                | Q(place_from__gte=1, place_to__gte=F("place_from")),
                name="phaseentry_places_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"seed {self.seed} of phase {self.phase_id}"
