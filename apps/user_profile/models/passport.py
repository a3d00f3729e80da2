"""Passports: who a player is in a game."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models, transaction
from django.db.models import prefetch_related_objects

from apps.events.announced import AnnouncedModel, AnnouncedQuerySet, Change
from apps.user_profile.models.follow import moment
from apps.user_profile.models.passport_history import PassportAlias, PassportCooldown, PassportHold
from apps.user_profile.services import names
from apps.user_profile.signals import game_passport_added, game_passport_deleted, game_passport_updated

IGN_CHARS_MAX = 64
KEY_CHARS_MAX = 128
PROVIDER_ID_CHARS_MAX = 128
LOCK_DAYS = 30
COOLDOWN_DAYS = 90
# What is kept beside the name and follows from it; nobody is told.
KEPT_BY_SAVE = frozenset({"identity_key", "identity_since", "identity_locked_until", "provider_id"})


class IdentityTaken(ValidationError):
    """Another player has the identity: whoever it belongs to asks staff."""

    def __init__(self) -> None:
        text = "Another player has this identity already. If it is yours, ask support."
        super().__init__({"ign": ValidationError(text, code="taken")})


class IdentityLocked(ValidationError):
    """The identity was changed lately: it can be changed again when the lock ends."""

    def __init__(self, until: datetime) -> None:
        text = "You changed this identity lately. You can change it again from %(until)s."
        params = {"until": f"{until:%d %b %Y}"}
        super().__init__({"ign": ValidationError(text, code="locked", params=params)})


class PassportInUse(ValidationError):
    """The player is registered in a tournament of the game: identity and passport stay until it is over."""

    def __init__(self) -> None:
        super().__init__(
            "You are registered in a tournament of this game. The identity stays until that is over.",
            code="in_use",
        )


class CoolingDown(ValidationError):
    """The player gave up a passport of the game lately: a new one can be added when the time is over."""

    def __init__(self, until: datetime) -> None:
        text = "You deleted a passport of this game. You can add a new one from %(until)s."
        super().__init__(text, code="cooldown", params={"until": f"{until:%d %b %Y}"})


def validate_provider_id(text: str) -> None:
    """Refuse what no provider gives as an id."""
    if not re.fullmatch(rf"[!-~]{{1,{PROVIDER_ID_CHARS_MAX}}}", text):
        raise ValidationError(
            "An id of a game's provider has 1 to %(limit)d characters, of ASCII and without blanks.",
            code="provider_id",
            params={"limit": PROVIDER_ID_CHARS_MAX},
        )


class Visibility(models.TextChoices):
    """Who sees a passport, as far as privacy shows passports at all."""

    PUBLIC = "public", "Everyone"
    SIGNED_IN = "signed_in", "Signed-in players"
    PRIVATE = "private", "Only me"


class GameProfileQuerySet(AnnouncedQuerySet["GameProfile"]):
    """Passports."""

    def bulk_create(self, objs: Iterable["GameProfile"], *args: Any, **options: Any) -> "list[GameProfile]":
        """Insert passports whose identities fit their games."""
        passports = list(objs)
        prefetch_related_objects(passports, "game")
        for passport in passports:
            passport.check_fields()
        return super().bulk_create(passports, *args, **options)

    def in_order(self) -> "GameProfileQuerySet":
        """Sort as the player wants them shown: what is pinned first."""
        return self.order_by("-is_pinned", "position", "game__name")


class GameProfile(AnnouncedModel):
    """A passport: the name (`ign`) and rank of a player in one game.

    However a name is written, `identity_key` is the same, and one player's alone in a game. Where the game
    identifies players by a number, the number is the name, and stays when the player calls himself otherwise.
    """

    ANNOUNCED_FIELDS = (
        "current_rank", "identity_key", "identity_since", "identity_locked_until", "ign", "is_lft",
        "is_pinned", "platform", "position", "provider_id", "region", "role", "visibility",
    )  # fmt: skip
    ANNOUNCED_BY = "apps.user_profile.services.passports"
    _confirmed_now = False

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="game_profiles")
    game = models.ForeignKey("games.Game", on_delete=models.PROTECT, related_name="+")
    ign = models.CharField("in-game name", max_length=IGN_CHARS_MAX, validators=[names.validate_readable])
    identity_key = models.CharField(max_length=KEY_CHARS_MAX, editable=False)
    # Null until the game has confirmed the name. Shown to nobody, but for the player's own download.
    provider_id = models.CharField(  # noqa: DJ001 - unique, so that what is missing cannot be an empty text
        max_length=PROVIDER_ID_CHARS_MAX,
        null=True,
        blank=True,
        editable=False,
        validators=[validate_provider_id],
    )
    identity_since = models.DateTimeField(default=moment, editable=False)
    identity_locked_until = models.DateTimeField(null=True, blank=True, editable=False)
    current_rank = models.CharField(max_length=50, blank=True, validators=[names.validate_readable])
    region = models.CharField(max_length=20, blank=True, validators=[names.validate_readable])
    role = models.CharField(max_length=30, blank=True, validators=[names.validate_readable])
    platform = models.CharField(max_length=20, blank=True, validators=[names.validate_readable])
    is_lft = models.BooleanField("looking for a team", default=False)
    visibility = models.CharField(max_length=9, choices=Visibility, default=Visibility.PUBLIC)
    is_pinned = models.BooleanField("pinned", default=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    objects: ClassVar[GameProfileQuerySet] = GameProfileQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "game"],
                name="gameprofile_one_per_game",
                violation_error_message="You have a passport of this game already. Change that one.",
            ),
            models.UniqueConstraint(
                fields=["game", "identity_key"],
                name="gameprofile_one_identity",
                violation_error_message="Another player has this identity already.",
                # Names that players exchange pass through each other within one transaction.
                deferrable=models.Deferrable.IMMEDIATE,
            ),
            models.UniqueConstraint(fields=["game", "provider_id"], name="gameprofile_one_provider_id"),
            models.CheckConstraint(
                condition=~models.Q(provider_id=""), name="gameprofile_no_empty_provider_id"
            ),
            models.CheckConstraint(condition=~models.Q(ign=""), name="gameprofile_has_an_ign"),
            models.CheckConstraint(condition=~models.Q(identity_key=""), name="gameprofile_has_a_key"),
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values), name="gameprofile_visibility_known"
            ),
        ]

    def __str__(self) -> str:
        return self.ign

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Drop blanks around the name, then check every field; first the length, which costs nothing."""
        self.ign = self.ign.strip()
        if len(self.ign) > IGN_CHARS_MAX and "ign" not in (exclude or ()):
            raise ValidationError({"ign": f"A name in a game has at most {IGN_CHARS_MAX} characters."})
        super().clean_fields(exclude={*(exclude or ()), "identity_key"})

    def clean(self) -> None:
        """Refuse an identity that cannot be one of the game, is another's, or may not be changed now."""
        try:
            game = self.game
        except ObjectDoesNotExist:
            raise ValidationError({"game": "There is no such game. Choose one of the list."}) from None
        self.take_identity(game)
        if self._state.adding:
            self._check_cooldown()
        else:
            self._check_change()
        if not self._confirmed_now and self.is_taken():
            raise IdentityTaken

    def take_identity(self, game: Any) -> None:
        """Write the identity as the game does; refuse what cannot be one of it."""
        self.ign = game.normalise_identity(self.ign)
        if len(self.ign) > IGN_CHARS_MAX or not game.accepts_identity(self.ign):
            raise ValidationError(
                {"ign": f"{game.name} needs a {game.identity_label}: {game.identity_hint or 'plain text'}."}
            )
        self.identity_key = game.identity_key(self.ign)
        if not 0 < len(self.identity_key) <= KEY_CHARS_MAX:
            raise ValidationError({"ign": "Write the name with plain letters."})

    def is_taken(self) -> bool:
        """Tell whether another player has this identity."""
        same = GameProfile.objects.filter(game_id=self.game_id, identity_key=self.identity_key)
        return same.exclude(user_id=self.user_id).exists()

    def _check_cooldown(self) -> None:
        until = PassportCooldown.until_of(self.user_id, self.game_id)
        if until is not None and until > moment():
            raise CoolingDown(until)

    def _check_change(self) -> None:
        """Date a change of the name; refuse one of the identity while it is locked.

        An identity that the player changes may be another account's: the game has to confirm it again.
        """
        stored = GameProfile.objects.values("ign", "identity_key", "identity_locked_until").get(pk=self.pk)
        if stored["ign"] == self.ign:
            return
        self.identity_since = moment()
        if self._confirmed_now or stored["identity_key"] == self.identity_key:
            return
        if PassportHold.exists_for(self.user_id, self.game_id):
            raise PassportInUse
        if stored["identity_locked_until"] and stored["identity_locked_until"] > moment():
            raise IdentityLocked(stored["identity_locked_until"])
        self.identity_locked_until = moment() + timedelta(days=LOCK_DAYS)
        self.provider_id = None

    def confirm(self, *, provider_id: str, ign: str) -> None:
        """Take the name that the game tells: it is so already, whatever is locked or held here.

        Raises IntegrityError when another passport has it.
        """
        self.provider_id, self.ign, self._confirmed_now = provider_id, ign, True
        try:
            self.save()
        finally:
            self._confirmed_now = False

    def check_fields(self) -> None:
        """Refuse, on every path, what a form would refuse."""
        self.clean_fields(exclude={"user", "game"})
        self.clean()

    def save(self, *args: Any, **options: Any) -> None:
        """Save the passport.

        Raises ValidationError when the identity does not fit the game, is another's, or is locked.
        """
        with transaction.atomic():
            self.check_fields()
            only = options.get("update_fields")
            if only is not None and "ign" in only:
                options["update_fields"] = {*only, *KEPT_BY_SAVE}
            super().save(*args, **options)

    def announce_created(self) -> None:
        """Say that the passport was added."""
        game_passport_added.send(GameProfile, user_id=self.user_id, game_id=self.game_id, ign=self.ign)

    def announce_changed(self, changes: dict[str, Change]) -> None:
        """Say what changed, and keep the name of before."""
        if "ign" in changes:
            since = changes["identity_since"].old if "identity_since" in changes else self.identity_since
            PassportAlias.objects.create(
                user_id=self.user_id,
                game_id=self.game_id,
                ign=changes["ign"].old,
                since=since,
                until=self.identity_since,
            )
        if changed := sorted(changes.keys() - KEPT_BY_SAVE):
            game_passport_updated.send(
                GameProfile, user_id=self.user_id, game_id=self.game_id, changed_fields=changed
            )

    def announce_deleted(self) -> None:
        """Say that the passport is gone; another of the game has to wait.

        Raises PassportInUse while the player is registered in a tournament of the game.
        """
        if PassportHold.exists_for(self.user_id, self.game_id):
            raise PassportInUse
        PassportCooldown.begin(self.user_id, self.game_id, moment() + timedelta(days=COOLDOWN_DAYS))
        game_passport_deleted.send(GameProfile, user_id=self.user_id, game_id=self.game_id)
