"""Matches: where they stand, who plays, and how they ended."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.tournaments.formats.results import Outcome, Stage
from apps.tournaments.models.entries import TournamentEntry
from apps.tournaments.models.phases import Phase
from apps.tournaments.models.tournament import NAME_CHARS_MAX, Tournament


class MatchStatus(models.TextChoices):
    """Where a match is in its life."""

    PENDING = "PENDING", "Waits for its sides"
    READY = "READY", "Ready"
    LIVE = "LIVE", "Live"
    COMPLETED = "COMPLETED", "Completed"
    # The second final that the first one made unnecessary, a pairing that was drawn anew.
    CANCELLED = "CANCELLED", "Not needed"


WITHOUT_OPPONENT = ["", Outcome.BYE, Outcome.VOID]
"""Outcomes of matches that no two entrants decided."""


class Match(models.Model):
    """A match: a series of games between two entrants.

    Level when it is completed and `winner` is null. A match of a phase stands where `stage`, `group`, `round`
    and `number` say, and `source_a`, `source_b` tell where sides that are not known yet come from:
    `W UPPER//1/3` is the winner of the match there. An imported match has no phase.
    """

    tournament = models.ForeignKey(
        Tournament, on_delete=models.PROTECT, related_name="matches", db_index=False
    )
    phase = models.ForeignKey(
        Phase, on_delete=models.PROTECT, null=True, blank=True, related_name="matches", db_index=False
    )
    entry_a = models.ForeignKey(
        TournamentEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    entry_b = models.ForeignKey(
        TournamentEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    source_a = models.CharField(max_length=60, blank=True)
    source_b = models.CharField(max_length=60, blank=True)
    winner = models.ForeignKey(
        TournamentEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    status = models.CharField(max_length=10, choices=MatchStatus, default=MatchStatus.PENDING)
    outcome = models.CharField(max_length=14, choices=Outcome, blank=True)
    # The names they played under; empty is the name of now.
    name_a = models.CharField(max_length=NAME_CHARS_MAX, blank=True)
    name_b = models.CharField(max_length=NAME_CHARS_MAX, blank=True)
    score_a = models.PositiveIntegerField(default=0)
    score_b = models.PositiveIntegerField(default=0)
    best_of = models.PositiveSmallIntegerField(null=True, blank=True)
    # When it was decided between two entrants; null before, and for a bye.
    played_at = models.DateTimeField(null=True, blank=True)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.OTHER)
    group = models.CharField(max_length=20, blank=True)
    round = models.PositiveIntegerField(default=0, help_text="A bracket's round or a league's week, from 1.")
    number = models.PositiveIntegerField(default=0)
    external_id = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001
    recorded_at = models.DateTimeField(auto_now_add=True)
    # When the report of one side holds, if the other one says nothing.
    report_due_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "matches"
        constraints = [
            models.UniqueConstraint(fields=["tournament", "external_id"], name="match_imported_once"),
            models.UniqueConstraint(
                fields=["phase", "stage", "group", "round", "number"], name="match_place_once"
            ),
            models.CheckConstraint(condition=~Q(entry_a=F("entry_b")), name="match_has_two_sides"),
            models.CheckConstraint(
                condition=Q(winner=None) | Q(winner=F("entry_a")) | Q(winner=F("entry_b")),
                name="match_won_by_a_side",
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="match_stage_known"),
            models.CheckConstraint(
                condition=Q(report_due_at=None) | Q(status__in=[MatchStatus.READY, MatchStatus.LIVE]),
                name="match_report_waits_when_open",
            ),
            models.CheckConstraint(condition=Q(status__in=MatchStatus.values), name="match_status_known"),
            models.CheckConstraint(
                condition=Q(status=MatchStatus.COMPLETED, outcome__in=Outcome.values)
                | ~Q(status=MatchStatus.COMPLETED) & Q(outcome="", winner=None, played_at=None),
                name="match_outcome_when_completed",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=WITHOUT_OPPONENT, played_at=None)
                | ~Q(outcome__in=WITHOUT_OPPONENT)
                & Q(entry_a__isnull=False, entry_b__isnull=False, played_at__isnull=False),
                name="match_decided_between_two",
            ),
        ]
        indexes = [
            models.Index(
                fields=["report_due_at"], name="match_report_due", condition=Q(report_due_at__isnull=False)
            ),
            models.Index(
                fields=["-played_at", "-id"], name="match_latest", condition=Q(played_at__isnull=False)
            ),
            models.Index(fields=["entry_a", "-played_at"], name="match_of_entry_a"),
            models.Index(fields=["entry_b", "-played_at"], name="match_of_entry_b"),
        ]

    def __str__(self) -> str:
        return f"{self.name_a or '?'} {self.score_a}:{self.score_b} {self.name_b or '?'}"


class MatchMap(models.Model):
    """One game of a match: a map in a mode. `winner` is null where it ended level or nobody knows."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="maps", db_index=False)
    number = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=40, blank=True)
    map = models.CharField(max_length=80, blank=True)
    score_a = models.PositiveIntegerField(default=0)
    score_b = models.PositiveIntegerField(default=0)
    winner = models.ForeignKey(
        TournamentEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["match", "number"], name="matchmap_number_once")]

    def __str__(self) -> str:
        return f"map {self.number} of match {self.match_id}"


class MatchParticipant(models.Model):
    """A player's numbers in a match, for the entry he played for."""

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="participants", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="match_participations"
    )
    entry = models.ForeignKey(TournamentEntry, on_delete=models.PROTECT, related_name="+", db_index=False)
    kills = models.PositiveIntegerField(default=0)
    deaths = models.PositiveIntegerField(default=0)
    assists = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["match", "user"], name="matchparticipant_once")]

    def __str__(self) -> str:
        return f"user {self.user_id} in match {self.match_id}"
