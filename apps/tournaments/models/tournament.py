"""A tournament and its life."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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


class Entrants(models.TextChoices):
    """Who may enter."""

    ANY = "ANY", _("Teams and players")
    TEAMS = "TEAMS", _("Teams only")
    PLAYERS = "PLAYERS", _("Players only")


class CheckIn(models.TextChoices):
    """How far the check-in of a tournament is; empty before it opens, and where there is none."""

    OPEN = "OPEN"
    REMINDED = "REMINDED"
    CLOSED = "CLOSED"


CAPACITY_MAX = 2048
"""No format draws more: a bracket of more is no page that anybody reads."""
REPORT_MINUTES = 30
REPORT_MINUTES_MAX = 7 * 24 * 60
PLACES = [MinValueValidator(1), MaxValueValidator(CAPACITY_MAX)]


class Entrance(models.Model):
    """Who may enter a tournament, and how: a part of its row. Null and empty are no limit."""

    entrants = models.CharField(_("who may enter"), max_length=7, choices=Entrants, default=Entrants.ANY)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True, validators=PLACES)
    approval = models.BooleanField(_("the organiser approves each registration"), default=False)
    squad_min = models.PositiveSmallIntegerField(
        _("players of a team, at least"), null=True, blank=True, validators=PLACES
    )
    squad_max = models.PositiveSmallIntegerField(
        _("players of a team, at most"), null=True, blank=True, validators=PLACES
    )
    regions = models.JSONField(_("regions"), default=list, blank=True)
    rank_min = models.CharField(_("lowest rank"), max_length=50, blank=True)
    rank_max = models.CharField(_("highest rank"), max_length=50, blank=True)
    closes_at = models.DateTimeField(_("registration closes"), null=True, blank=True)
    check_in_opens_at = models.DateTimeField(_("check-in opens"), null=True, blank=True)
    check_in_closes_at = models.DateTimeField(_("check-in closes"), null=True, blank=True)
    report_minutes = models.PositiveSmallIntegerField(
        _("minutes after which a report that nobody contradicts holds"),
        default=REPORT_MINUTES,
        validators=[MinValueValidator(1), MaxValueValidator(REPORT_MINUTES_MAX)],
    )

    class Meta:
        abstract = True

    def takes_now(self) -> bool:
        """Tell whether the time for registering has not run out."""
        return self.closes_at is None or moment() < self.closes_at


class Tournament(Entrance):
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
    check_in = models.CharField(max_length=8, choices=CheckIn, blank=True, editable=False)
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
            models.CheckConstraint(
                condition=Q(entrants__in=Entrants.values), name="tournament_entrants_known"
            ),
            models.CheckConstraint(
                condition=Q(check_in_opens_at=None, check_in_closes_at=None)
                | Q(
                    check_in_opens_at__isnull=False,
                    check_in_closes_at__isnull=False,
                    check_in_closes_at__gt=F("check_in_opens_at"),
                ),
                name="tournament_check_in_in_order",
                violation_error_message=_("Check-in needs a time to open, and a later one to close."),
            ),
            models.CheckConstraint(
                condition=Q(check_in="") | Q(check_in__in=CheckIn.values, check_in_closes_at__isnull=False),
                name="tournament_check_in_known",
            ),
            models.CheckConstraint(
                condition=Q(squad_min=None) | Q(squad_max=None) | Q(squad_max__gte=F("squad_min")),
                name="tournament_squad_in_order",
                violation_error_message=_("A team needs at most as many players as it may have."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse limits that the game does not know, and a lowest rank above the highest."""
        try:
            ladder = self.game.ranks
        except ObjectDoesNotExist:
            return  # its own field says so
        for name in ("rank_min", "rank_max"):
            if getattr(self, name) and getattr(self, name) not in ladder:
                raise ValidationError({name: _("The game has no such rank. Choose one of its ladder.")})
        if self.rank_min and self.rank_max and ladder.index(self.rank_min) > ladder.index(self.rank_max):
            raise ValidationError({"rank_max": _("The highest rank is below the lowest one.")})
        regions = self.regions if isinstance(self.regions, list) else [None]
        if any(region not in self.game.regions for region in regions):
            raise ValidationError({"regions": _("The game has no such region. Choose of its regions.")})

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
