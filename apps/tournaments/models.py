"""Tournaments: who entered, who played whom, and how it ended.

Rows hold the id and the name of that day: a team that is renamed is shown under its name of now, with the one
it played under beside it.

A foreign key has no index of its own where another index begins with it, or where nobody asks by it.
"""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.events import context
from apps.tournaments.formats.results import Stage

NAME_CHARS_MAX = 120


def moment() -> datetime:
    """Return when what happens now happened: inside `occurring_at` the time it gives, else the clock's."""
    return context.current().occurred_at or timezone.now()


class Status(models.TextChoices):
    """Where a tournament is in its life."""

    UPCOMING = "UPCOMING"
    LIVE = "LIVE"
    COMPLETED = "COMPLETED"


# What may follow what; nothing else does.
TRANSITIONS: dict[str, frozenset[str]] = {
    Status.UPCOMING: frozenset({Status.LIVE}),
    Status.LIVE: frozenset({Status.COMPLETED}),
    Status.COMPLETED: frozenset(),
}


class WrongStatus(ValidationError):
    """The tournament is not where it has to be for this: it begins with `tournaments.start`, once."""

    def __init__(self, tournament: "Tournament", wanted: str) -> None:
        super().__init__(
            "%(name)s is %(status)s, it cannot become or be treated as %(wanted)s.",
            code="wrong_status",
            params={
                "name": tournament.name,
                "status": tournament.get_status_display().lower(),
                "wanted": Status(wanted).label.lower(),
            },
        )


class Tournament(models.Model):
    """An event with entrants, matches and final places, in one game."""

    name = models.CharField(max_length=NAME_CHARS_MAX)
    slug = models.SlugField(max_length=NAME_CHARS_MAX, unique=True)
    game = models.ForeignKey("games.Game", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=NAME_CHARS_MAX, blank=True, help_text="The yearly title of the game.")
    city = models.CharField(max_length=NAME_CHARS_MAX, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.UPCOMING)
    # The name by which imported results know it again.
    external_id = models.CharField(max_length=100, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="tournament_has_a_name"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="tournament_status_known"),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="tournament_ends_last",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def become(self, status: str) -> None:
        """Move on to another status; the caller saves.

        Raises WrongStatus.
        """
        if status not in TRANSITIONS[self.status]:
            raise WrongStatus(self, status)
        self.status = status

    def must_be(self, status: str) -> None:
        """Raise WrongStatus unless the tournament is where it has to be."""
        if self.status != status:
            raise WrongStatus(self, status)


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


class Match(models.Model):
    """A match that was played: a series of games. Level when `winner` is null."""

    tournament = models.ForeignKey(
        Tournament, on_delete=models.PROTECT, related_name="matches", db_index=False
    )
    team_a = models.ForeignKey("teams.Team", on_delete=models.PROTECT, related_name="+", db_index=False)
    team_b = models.ForeignKey("teams.Team", on_delete=models.PROTECT, related_name="+", db_index=False)
    winner = models.ForeignKey(
        "teams.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # The names they played under; empty is the team's name of now.
    name_a = models.CharField(max_length=NAME_CHARS_MAX, blank=True)
    name_b = models.CharField(max_length=NAME_CHARS_MAX, blank=True)
    score_a = models.PositiveIntegerField(default=0)
    score_b = models.PositiveIntegerField(default=0)
    best_of = models.PositiveSmallIntegerField(null=True, blank=True)
    played_at = models.DateTimeField(default=moment)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.OTHER)
    group = models.CharField(max_length=20, blank=True)
    round = models.PositiveIntegerField(default=0, help_text="A bracket's round or a league's week, from 1.")
    number = models.PositiveIntegerField(default=0)
    external_id = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "matches"
        constraints = [
            models.UniqueConstraint(fields=["tournament", "external_id"], name="match_imported_once"),
            models.CheckConstraint(condition=~Q(team_a=F("team_b")), name="match_has_two_sides"),
            models.CheckConstraint(
                condition=Q(winner=None) | Q(winner=F("team_a")) | Q(winner=F("team_b")),
                name="match_won_by_a_side",
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="match_stage_known"),
        ]
        indexes = [
            models.Index(fields=["-played_at", "-id"], name="match_latest"),
            models.Index(fields=["team_a", "-played_at"], name="match_of_team_a"),
            models.Index(fields=["team_b", "-played_at"], name="match_of_team_b"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.name_a or self.team_a_id} {self.score_a}:{self.score_b} {self.name_b or self.team_b_id}"
        )


class MatchMap(models.Model):
    """One game of a match: a map in a mode. `winner` is null where it ended level or nobody knows."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="maps", db_index=False)
    number = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=40, blank=True)
    map = models.CharField(max_length=80, blank=True)
    score_a = models.PositiveIntegerField(default=0)
    score_b = models.PositiveIntegerField(default=0)
    winner = models.ForeignKey(
        "teams.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["match", "number"], name="matchmap_number_once")]

    def __str__(self) -> str:
        return f"map {self.number} of match {self.match_id}"


class MatchParticipant(models.Model):
    """A player's numbers in a match, for the team he played for."""

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="participants", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="match_participations"
    )
    team = models.ForeignKey("teams.Team", on_delete=models.PROTECT, related_name="+", db_index=False)
    kills = models.PositiveIntegerField(default=0)
    deaths = models.PositiveIntegerField(default=0)
    assists = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["match", "user"], name="matchparticipant_once")]

    def __str__(self) -> str:
        return f"user {self.user_id} in match {self.match_id}"


class SourceName(models.Model):
    """A name by which published results call a player or a team, and who that is here.

    What imports know somebody again by: names here change, and a username may have been taken already.
    """

    class Kind(models.TextChoices):
        PLAYER = "PLAYER"
        TEAM = "TEAM"

    kind = models.CharField(max_length=6, choices=Kind)
    name = models.CharField(max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey("teams.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="sourcename_once"),
            models.CheckConstraint(
                condition=Q(kind="PLAYER", user__isnull=False, team=None)
                | Q(kind="TEAM", user=None, team__isnull=False),
                name="sourcename_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind.lower()} {self.name}"
