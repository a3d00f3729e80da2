"""Seats: who is in a team, from when until when."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from apps.events.announced import AnnouncedModel, AnnouncedQuerySet, Change
from apps.teams.models.team import Team, moment
from apps.teams.signals import team_role_changed, user_joined_team, user_left_team
from apps.user_profile.services import profiles


class SeatEnded(ValidationError):
    """A seat that was given up stays given up: seat the player again with `roster.join`."""

    def __init__(self) -> None:
        super().__init__("Who left a team comes back by joining again: use roster.join.", code="seat_ended")


class Role(models.TextChoices):
    """What somebody is in a team."""

    CAPTAIN = "CAPTAIN"
    PLAYER = "PLAYER"
    SUB = "SUB", "Substitute"
    COACH = "COACH"
    MANAGER = "MANAGER"
    ANALYST = "ANALYST"


def take_locks(seats: Sequence["TeamMembership"]) -> None:
    """Lock what a change of these seats must wait for: the new players' profiles, then the teams, by id.

    New seats get the game of their team.

    A rename looks for the player's teams to renew their rosters. One that runs at the same time may have
    looked before a new seat was visible; so wait for it, or let it wait.
    """
    profiles.hold([seat.user_id for seat in seats if seat._state.adding])
    teams = Team.objects.filter(pk__in={seat.team_id for seat in seats}).order_by("pk")
    games = dict(teams.select_for_update(no_key=True).values_list("pk", "game_id"))
    for seat in seats:
        if seat._state.adding:
            seat.game_id = games.get(seat.team_id)


class TeamMembershipQuerySet(AnnouncedQuerySet["TeamMembership"]):
    """Seats."""

    def bulk_create(
        self, objs: Iterable["TeamMembership"], *args: Any, **options: Any
    ) -> "list[TeamMembership]":
        """Seat many players."""
        seats = list(objs)
        with transaction.atomic():
            take_locks(seats)
            return super().bulk_create(seats, *args, **options)

    def active(self) -> Self:
        """Keep the seats that are taken now."""
        return self.filter(left_at=None)


class TeamMembership(AnnouncedModel):
    """A seat on a roster, from `joined_at` until `left_at`; a player who comes back takes a new one.

    Seats are ended, not deleted: `events verify` counts a player's teams from these rows. Name and picture
    are read from the profile, never stored here.
    """

    ANNOUNCED_FIELDS = ("left_at", "role")
    ANNOUNCED_BY = "apps.teams.services.roster"

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="team_memberships"
    )
    # The team's, so that the database refuses a second team of the same game.
    game = models.ForeignKey(
        "games.Game", on_delete=models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.PLAYER)
    joined_at = models.DateTimeField(default=moment)
    left_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TeamMembershipQuerySet] = TeamMembershipQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"],
                condition=Q(left_at=None),
                name="teammembership_one_seat",
                violation_error_message="The player is in the team already.",
            ),
            models.UniqueConstraint(
                fields=["user", "game"],
                condition=Q(left_at=None),
                name="teammembership_one_team_a_game",
                violation_error_message="The player is in another team of this game.",
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(left_at=None, role="CAPTAIN"),
                name="teammembership_one_captain",
                violation_error_message="The team has a captain already.",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="teammembership_role_known"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("joined_at")),
                name="teammembership_ends_last",
                violation_error_message="Nobody leaves before joining.",
            ),
        ]
        indexes = [models.Index(fields=["user", "left_at"], name="teammembership_of_user")]

    def __str__(self) -> str:
        return f"{self.role} of team {self.team_id}: user {self.user_id}"

    @property
    def is_active(self) -> bool:
        """Tell whether the seat is taken now."""
        return self.left_at is None

    @property
    def display_name(self) -> str:
        """The player's name as it is now."""
        return self.user.userprofile.display_name

    @property
    def avatar_url(self) -> str | None:
        """Where the player's picture is now, None without one."""
        return self.user.userprofile.avatar_url

    def save(self, *args: Any, **options: Any) -> None:
        """Save the seat; the roster of the team stands still meanwhile."""
        with transaction.atomic():
            take_locks([self])
            super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Delete the row, as it is now: whoever ended the seat meanwhile has said so already."""
        with transaction.atomic():
            take_locks([self])
            self.left_at = TeamMembership.objects.select_for_update().get(pk=self.pk).left_at
            return super().delete(*args, **options)

    def announce_created(self) -> None:
        """Say that the player joined; a seat that is history already says that he left, too."""
        user_joined_team.send(TeamMembership, user_id=self.user_id, team_id=self.team_id, role=self.role)
        if not self.is_active:
            self._announce_end()

    def announce_changed(self, changes: dict[str, Change]) -> None:
        """Say that the player left or has another role.

        Raises SeatEnded when the end of a seat is taken back.
        """
        end, role = changes.get("left_at"), changes.get("role")
        if end and end.new is None:
            raise SeatEnded
        if role:
            team_role_changed.send(
                TeamMembership,
                user_id=self.user_id,
                team_id=self.team_id,
                old_role=role.old,
                new_role=role.new,
            )
        if end and end.old is None:
            self._announce_end()

    def announce_deleted(self) -> None:
        """Say that the player left, if the seat was taken."""
        if self.is_active:
            self._announce_end()

    def _announce_end(self) -> None:
        user_left_team.send(TeamMembership, user_id=self.user_id, team_id=self.team_id)
