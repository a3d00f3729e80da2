"""Who entered a tournament, and with which players."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.tournaments.models.tournament import NAME_CHARS_MAX, Tournament, moment


class Leaving(models.TextChoices):
    """Why an entrant plays no further match."""

    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    DISQUALIFIED = "DISQUALIFIED", "Disqualified"


class TournamentEntry(models.Model):
    """An entrant: a team, or a player alone. `name` is the one at registration."""

    tournament = models.ForeignKey(
        Tournament, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    team = models.ForeignKey("teams.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=NAME_CHARS_MAX)
    seed = models.PositiveIntegerField(null=True, blank=True)
    # Places are shared by a range, 5 to 6; null until the tournament is completed, or where none is known.
    placement_from = models.PositiveIntegerField(null=True, blank=True)
    placement_to = models.PositiveIntegerField(null=True, blank=True)
    # Who has left plays no further match: those that wait for him are lost by forfeit.
    left = models.CharField(max_length=12, choices=Leaving, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        verbose_name_plural = "tournament entries"
        constraints = [
            models.UniqueConstraint(fields=["tournament", "team"], name="tournamententry_team_once"),
            models.UniqueConstraint(fields=["tournament", "user"], name="tournamententry_user_once"),
            models.CheckConstraint(
                condition=Q(team=None, user__isnull=False) | Q(team__isnull=False, user=None),
                name="tournamententry_team_or_user",
            ),
            models.CheckConstraint(
                condition=Q(placement_from=None, placement_to=None)
                | Q(placement_from__gte=1, placement_to__gte=F("placement_from")),
                name="tournamententry_places_in_order",
            ),
            models.CheckConstraint(
                condition=Q(left="", left_at=None) | Q(left__in=Leaving.values, left_at__isnull=False),
                name="tournamententry_left_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TournamentParticipant(models.Model):
    """A player of an entry, with the in-game name and rank of the day of registration."""

    tournament = models.ForeignKey(
        Tournament, on_delete=models.PROTECT, related_name="participants", db_index=False
    )
    entry = models.ForeignKey(
        TournamentEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="participants"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tournament_participations"
    )
    game_ign = models.CharField(max_length=64)
    game_rank = models.CharField(max_length=50, blank=True)
    registered_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tournament", "user"], name="tournamentparticipant_once")
        ]

    def __str__(self) -> str:
        return f"{self.game_ign} in tournament {self.tournament_id}"
