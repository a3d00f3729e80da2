"""The log of a tournament: what those who run it did, to whom, when and why."""

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models

from apps.tournaments.models.entries import TournamentEntry
from apps.tournaments.models.matches import Match
from apps.tournaments.models.tournament import Tournament, moment


class Done(models.TextChoices):
    """What was done."""

    ANNOUNCED = "ANNOUNCED"
    CONFIGURED = "CONFIGURED"
    STARTED = "STARTED"
    COMPLETED = "COMPLETED"
    PHASE_ADDED = "PHASE_ADDED"
    PHASE_SEEDED = "PHASE_SEEDED"
    PHASE_STARTED = "PHASE_STARTED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    READMITTED = "READMITTED"
    WITHDRAWN = "WITHDRAWN"
    CHECKED_IN = "CHECKED_IN"
    DISPUTE_DECIDED = "DISPUTE_DECIDED"
    DISQUALIFIED = "DISQUALIFIED"
    RESULT_ENTERED = "RESULT_ENTERED"
    FORFEITED = "FORFEITED"
    CORRECTED = "CORRECTED"
    CORRECTION_UNDONE = "CORRECTION_UNDONE"


class TournamentAction(models.Model):
    """Something that an organiser did. Written by `services.audit`, in the transaction that does it.

    The database refuses to change or delete a line.
    """

    tournament = models.ForeignKey(
        Tournament, on_delete=models.PROTECT, related_name="actions", db_index=False
    )
    kind = models.CharField(max_length=20, choices=Done)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    entry = models.ForeignKey(
        TournamentEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    match = models.ForeignKey(
        Match, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=500, blank=True, validators=[ProhibitNullCharactersValidator()])
    detail = models.JSONField(default=dict, blank=True)
    done_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        ordering = ["-done_at", "-id"]
        indexes = [models.Index(fields=["tournament", "-done_at", "-id"], name="tournamentaction_latest")]

    def __str__(self) -> str:
        return f"{self.kind} in tournament {self.tournament_id}"
