"""Who entered a tournament, and with which players."""

from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.tournaments.models.tournament import NAME_CHARS_MAX, Tournament, moment

REASON_CHARS_MAX = 300


class Registration(models.TextChoices):
    """Where the registration of an entrant stands. Who is not confirmed plays no match."""

    PENDING = "PENDING", _("Waits for approval")
    WAITLISTED = "WAITLISTED", _("On the waiting list")
    CONFIRMED = "CONFIRMED", _("Registered")
    REJECTED = "REJECTED", _("Not admitted")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    NO_SHOW = "NO_SHOW", _("Did not check in")


# What may follow what; nothing else does. Who withdrew may come again, who was not admitted may not.
TURNS: dict[str, frozenset[str]] = {
    Registration.PENDING: frozenset(Registration) - {Registration.PENDING, Registration.NO_SHOW},
    Registration.WAITLISTED: frozenset(
        {Registration.CONFIRMED, Registration.REJECTED, Registration.WITHDRAWN}
    ),
    Registration.CONFIRMED: frozenset({Registration.REJECTED, Registration.WITHDRAWN, Registration.NO_SHOW}),
    Registration.NO_SHOW: frozenset({Registration.WITHDRAWN}),
    Registration.REJECTED: frozenset({Registration.WITHDRAWN}),
    Registration.WITHDRAWN: frozenset(
        {Registration.PENDING, Registration.WAITLISTED, Registration.CONFIRMED}
    ),
}
HOLDING = (Registration.PENDING, Registration.WAITLISTED, Registration.CONFIRMED)
"""Registrations that stand: their players can enter nowhere else in the tournament."""


class WrongTurn(ValidationError):
    """The registration was decided meanwhile: look at it again."""

    def __init__(self, entry: "TournamentEntry", wanted: str) -> None:
        super().__init__(
            _("The registration is at “%(now)s”, it cannot become “%(wanted)s”."),
            code="wrong_turn",
            params={"now": entry.get_status_display(), "wanted": Registration(wanted).label},
        )


class Leaving(models.TextChoices):
    """Why an entrant plays no further match."""

    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    DISQUALIFIED = "DISQUALIFIED", "Disqualified"


class EntryQuerySet(models.QuerySet["TournamentEntry"]):
    """Registrations of entrants."""

    def confirmed(self) -> Self:
        """Keep who plays, or has played."""
        return self.filter(status=Registration.CONFIRMED)

    def in_line(self) -> Self:
        """Keep who waits for a free place, the first in line first."""
        return self.filter(status=Registration.WAITLISTED).order_by("registered_at", "pk")


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
    status = models.CharField(max_length=10, choices=Registration, default=Registration.CONFIRMED)
    # Why the organiser did not admit it.
    reason = models.CharField(
        max_length=REASON_CHARS_MAX, blank=True, validators=[ProhibitNullCharactersValidator()]
    )
    seed = models.PositiveIntegerField(null=True, blank=True)
    # Places are shared by a range, 5 to 6; null until the tournament is completed, or where none is known.
    placement_from = models.PositiveIntegerField(null=True, blank=True)
    placement_to = models.PositiveIntegerField(null=True, blank=True)
    # Who has left plays no further match: those that wait for him are lost by forfeit.
    left = models.CharField(max_length=12, choices=Leaving, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField(default=moment, editable=False)
    checked_in_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[EntryQuerySet] = EntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "tournament entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Registration.values), name="tournamententry_status_known"
            ),
            models.CheckConstraint(
                condition=Q(checked_in_at=None) | Q(status=Registration.CONFIRMED),
                name="tournamententry_checked_in_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(status=Registration.CONFIRMED)
                | Q(placement_from=None) & (Q(left="") | Q(status=Registration.WITHDRAWN)),
                name="tournamententry_plays_when_confirmed",
            ),
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

    @property
    def stands(self) -> bool:
        """Whether it is registered, or waits to be."""
        return self.status in HOLDING

    def become(self, status: str) -> None:
        """Move the registration on; the caller saves.

        Raises WrongTurn.
        """
        if status not in TURNS[self.status]:
            raise WrongTurn(self, status)
        self.status = status


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
