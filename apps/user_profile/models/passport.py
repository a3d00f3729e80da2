"""Passports: who a player is in a game."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.db.models import prefetch_related_objects

from apps.events.announced import AnnouncedModel, AnnouncedQuerySet, Change
from apps.user_profile.services import names
from apps.user_profile.signals import game_passport_added, game_passport_deleted, game_passport_updated

IGN_CHARS_MAX = 64


class GameProfileQuerySet(AnnouncedQuerySet["GameProfile"]):
    """Passports."""

    def bulk_create(self, objs: Iterable["GameProfile"], *args: Any, **options: Any) -> "list[GameProfile]":
        """Insert passports whose identities fit their games."""
        passports = list(objs)
        prefetch_related_objects(passports, "game")
        for passport in passports:
            passport.check_fields()
        return super().bulk_create(passports, *args, **options)


class GameProfile(AnnouncedModel):
    """A passport: the name (`ign`) and rank of a player in one game."""

    ANNOUNCED_FIELDS = ("current_rank", "ign", "is_lft", "platform", "region", "role")
    ANNOUNCED_BY = "apps.user_profile.services.passports"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="game_profiles")
    game = models.ForeignKey("games.Game", on_delete=models.PROTECT, related_name="+")
    ign = models.CharField("in-game name", max_length=IGN_CHARS_MAX, validators=[names.validate_readable])
    current_rank = models.CharField(max_length=50, blank=True, validators=[names.validate_readable])
    region = models.CharField(max_length=20, blank=True, validators=[names.validate_readable])
    role = models.CharField(max_length=30, blank=True, validators=[names.validate_readable])
    platform = models.CharField(max_length=20, blank=True, validators=[names.validate_readable])
    is_lft = models.BooleanField("looking for a team", default=False)

    objects: ClassVar[GameProfileQuerySet] = GameProfileQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "game"],
                name="gameprofile_one_per_game",
                violation_error_message="You have a passport of this game already. Change that one.",
            ),
            models.CheckConstraint(condition=~models.Q(ign=""), name="gameprofile_has_an_ign"),
        ]

    def __str__(self) -> str:
        return self.ign

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Drop blanks around the name, then check every field."""
        self.ign = self.ign.strip()
        super().clean_fields(exclude=exclude)

    def clean(self) -> None:
        """Refuse an identity that cannot be one of the game."""
        try:
            game = self.game
        except ObjectDoesNotExist:
            raise ValidationError({"game": "There is no such game. Choose one of the list."}) from None
        if not game.accepts_identity(self.ign):
            raise ValidationError(
                {"ign": f"{game.name} needs a {game.identity_label}: {game.identity_hint}."}
            )

    def check_fields(self) -> None:
        """Refuse, on every path, what a form would refuse."""
        self.clean_fields(exclude={"user", "game"})
        self.clean()

    def save(self, *args: Any, **options: Any) -> None:
        """Save the passport.

        Raises ValidationError when the identity does not fit the game.
        """
        self.check_fields()
        super().save(*args, **options)

    def announce_created(self) -> None:
        """Say that the passport was added."""
        game_passport_added.send(GameProfile, user_id=self.user_id, game_id=self.game_id, ign=self.ign)

    def announce_changed(self, changes: dict[str, Change]) -> None:
        """Say what changed."""
        game_passport_updated.send(
            GameProfile, user_id=self.user_id, game_id=self.game_id, changed_fields=sorted(changes)
        )

    def announce_deleted(self) -> None:
        """Say that the passport is gone."""
        game_passport_deleted.send(GameProfile, user_id=self.user_id, game_id=self.game_id)
