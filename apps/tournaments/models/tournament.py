"""A tournament and its life."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.events import context

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
    # Who runs it; an imported one nobody does.
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    # The name by which imported results know it again.
    external_id = models.CharField(max_length=100, null=True, blank=True, unique=True)
    # When it was completed first: a correction may open it again, but that it was over is said once.
    completed_at = models.DateTimeField(null=True, blank=True, editable=False)
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

    def is_run_by(self, user: Any) -> bool:
        """Tell whether somebody may start it and decide its matches: its organiser, and the staff."""
        if not user.is_authenticated:
            return False
        return self.organiser_id == user.pk or bool(user.has_perm("tournaments.change_tournament"))

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
