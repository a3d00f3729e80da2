"""The profile: what others see of a player. His name, his picture and his texts are kept here alone."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models, transaction
from django.db.models import Q

from apps.events.announced import AnnouncedModel, AnnouncedQuerySet, Change
from apps.user_profile import public_ids
from apps.user_profile.models.avatar import AvatarField
from apps.user_profile.services import avatars, names
from apps.user_profile.signals import avatar_changed, display_name_changed, profile_created, profile_updated


class UserProfileQuerySet(AnnouncedQuerySet["UserProfile"]):
    """Profiles."""

    def bulk_create(self, objs: Iterable["UserProfile"], *args: Any, **options: Any) -> "list[UserProfile]":
        """Insert profiles, each with its public id."""
        profiles = list(objs)
        nameless = [profile for profile in profiles if not profile.public_id]
        for profile, public_id in zip(nameless, public_ids.draw(len(nameless)), strict=True):
            profile.public_id = public_id
        return super().bulk_create(profiles, *args, **options)


class UserProfile(AnnouncedModel):
    """A player as others see him."""

    ANNOUNCED_FIELDS = ("avatar", "bio", "country", "display_name")
    ANNOUNCED_BY = "apps.user_profile.services.profiles"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="userprofile"
    )
    public_id = models.CharField(max_length=20, unique=True, editable=False)
    display_name = models.CharField(
        max_length=names.DISPLAY_NAME_CHARS_MAX, validators=[names.validate_display_name]
    )
    avatar = AvatarField(upload_to=avatars.FOLDER, blank=True)
    bio = models.TextField(blank=True, validators=[MaxLengthValidator(names.BIO_CHARS_MAX)])
    country = models.CharField(
        max_length=2,
        blank=True,
        validators=[
            RegexValidator(r"\A[A-Z]{2}\Z", "Give the country's two letters, such as BD (ISO 3166).")
        ],
    )

    # Copies of what the economy books: `services.coins` keeps them, `events verify` compares them.
    deltacoin_balance = models.BigIntegerField(default=0, editable=False)
    lifetime_earnings = models.BigIntegerField(default=0, editable=False)

    objects: ClassVar[UserProfileQuerySet] = UserProfileQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(display_name=""), name="userprofile_has_a_name"),
        ]
        # For the search, which looks for names that are somewhat like what was typed.
        indexes = [
            GinIndex(fields=["display_name"], opclasses=["gin_trgm_ops"], name="userprofile_name_like"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def avatar_url(self) -> str | None:
        """Where the picture is, None without one."""
        return self.avatar.url if self.avatar else None

    @property
    def inventory_items(self) -> dict[str, list[int]]:
        """What the player owns, by what it is: `badges`, `avatar_frames`, `banners`."""
        found: dict[str, list[int]] = {}
        for item in self.user.inventory.order_by("pk"):
            found.setdefault(f"{item.item_type.lower()}s", []).append(item.item_id)
        return found

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Normalise the name, then check every field."""
        self.display_name = names.normalise_display_name(self.display_name)
        super().clean_fields(exclude=exclude)

    def clean(self) -> None:
        """Refuse a text that PostgreSQL cannot hold."""
        if "\0" in self.bio:
            raise ValidationError({"bio": "Remove the invisible character U+0000."})

    def save(self, *args: Any, **options: Any) -> None:
        """Save the profile; a new one gets its public id.

        Raises ValidationError for a name that nobody can read, on every path that changes it.
        """
        if "display_name" not in self.get_deferred_fields():
            self.display_name = names.normalise_display_name(self.display_name)
            names.validate_display_name(self.display_name)
        if not self.public_id:
            [self.public_id] = public_ids.draw(1)
        super().save(*args, **options)

    def announce_created(self) -> None:
        """Say that the profile came to be."""
        profile_created.send(UserProfile, user_id=self.user_id)

    @classmethod
    def announce_all_created(cls, rows: Sequence[Self]) -> None:
        """Say that many profiles came to be."""
        profile_created.send_many(UserProfile, [{"user_id": row.user_id} for row in rows])

    def announce_changed(self, changes: dict[str, Change]) -> None:
        """Say what changed, and the name and the picture once more on their own."""
        profile_updated.send(UserProfile, user_id=self.user_id, changed_fields=sorted(changes))
        if name := changes.get("display_name"):
            display_name_changed.send(UserProfile, user_id=self.user_id, old_name=name.old, new_name=name.new)
        if picture := changes.get("avatar"):
            if picture.old:
                # Storage knows no transactions: what is left when this is not reached, a job sweeps up.
                transaction.on_commit(partial(self.avatar.storage.delete, picture.old))
            avatar_changed.send(UserProfile, user_id=self.user_id, new_avatar_url=self.avatar_url)


class PublicIdKey(models.Model):
    """The secret that orders the public ids (`public_ids`). One row; with another key ids would collide."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    key = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="publicidkey_one_row")]

    def __str__(self) -> str:
        return "the key of the public ids"
