"""Teams."""

from datetime import datetime

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from apps.events import context
from apps.events.announced import AnnouncedModel, Change
from apps.teams.signals import team_created, team_renamed
from apps.user_profile.services import names

TAG_CHARS_MAX = 5
DESCRIPTION_CHARS_MAX = 2000


def moment() -> datetime:
    """Return when what happens now happened: inside `occurring_at` the time it gives, else the clock's."""
    return context.current().occurred_at or timezone.now()


class Visibility(models.TextChoices):
    """Who finds a team."""

    PUBLIC = "PUBLIC", "Everyone"
    UNLISTED = "UNLISTED", "Whoever has the address"
    PRIVATE = "PRIVATE", "Members only"


class Team(AnnouncedModel):
    """A team; the game is null where it plays several, the creator where nobody knows.

    The game stays: seats repeat it, and the database refuses one that is not the team's.
    """

    ANNOUNCED_FIELDS = ("name",)
    ANNOUNCED_BY = "apps.teams.services.roster.rename"

    name = models.CharField(max_length=80, validators=[names.validate_display_name])
    slug = models.SlugField(max_length=80, unique=True)
    tag = models.CharField(max_length=TAG_CHARS_MAX, validators=[names.validate_readable])
    game = models.ForeignKey("games.Game", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    description = models.CharField(
        max_length=DESCRIPTION_CHARS_MAX, blank=True, validators=[ProhibitNullCharactersValidator()]
    )
    region = models.CharField(max_length=20, blank=True, validators=[ProhibitNullCharactersValidator()])
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PUBLIC)
    takes_requests = models.BooleanField("takes requests to join", default=True)
    # When name or tag were changed last by the team itself; see `management.RENAME_AFTER`.
    renamed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Grows with everything that changes what the roster shows; kept by receivers, read by `get_team_roster`.
    roster_version = models.PositiveBigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="team_has_a_name"),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="team_visibility_known"
            ),
            models.UniqueConstraint("game", Upper("tag"), name="team_tag_once_a_game"),
            # What the seats' foreign key of two columns points at.
            models.UniqueConstraint(fields=["id", "game"], name="team_and_game"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_private(self) -> bool:
        """Whether only its members find it."""
        return self.visibility == Visibility.PRIVATE

    def announce_created(self) -> None:
        """Say that the team came to be."""
        team_created.send(Team, team_id=self.pk, user_id=self.creator_id)

    def announce_changed(self, changes: dict[str, Change]) -> None:
        """Say that the name changed."""
        change = changes["name"]
        team_renamed.send(Team, team_id=self.pk, old_name=change.old, new_name=change.new)
