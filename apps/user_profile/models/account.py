"""The account: what somebody signs in with. Everything others see is the profile."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as AuthUserManager
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone

from apps.events.announced import AnnouncedModel, AnnouncedQuerySet, Change
from apps.user_profile.services import names
from apps.user_profile.signals import username_changed


class UserQuerySet(AnnouncedQuerySet["User"]):
    """Accounts."""

    def named(self, username: str) -> Self:
        """Keep the account of this username, in any case; none where it cannot be a username."""
        # An address bar can hold anything, also what PostgreSQL refuses to read as text.
        if "\0" in username:
            return self.none()
        return self.filter(Exact(Lower("username"), username.lower()))

    def bulk_create(self, objs: Iterable["User"], *args: Any, **options: Any) -> "list[User]":
        """Insert accounts, each with its profile."""
        users = list(objs)
        for user in users:
            user.check_username()
        return super().bulk_create(users, *args, **options)


class UserManager(AuthUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes accounts, and finds them by username in any case."""

    use_in_migrations = False

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the account that signs in with this name."""
        found: User = self.named(username or "").get()
        return found


class User(AnnouncedModel, AbstractUser):
    """An account. Profile, privacy settings, counts and statistics are born with it, in its transaction."""

    ANNOUNCED_FIELDS = ("username",)
    ANNOUNCED_BY = "User.save()"

    # What a new account's profile is called at birth, if not as the username, and where it is from.
    birth_name: str = ""
    birth_country: str = ""

    username = models.CharField(
        max_length=names.USERNAME_CHARS_MAX,
        unique=True,
        validators=[names.validate_username, names.validate_not_reserved],
        error_messages={"unique": "This username is taken. Choose another."},
    )

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_any_case",
                violation_error_message="This username is taken. Choose another.",
            ),
            models.CheckConstraint(
                condition=Q(username__regex=names.USERNAME_PATTERN), name="user_username_shape"
            ),
        ]
        # For the search, which looks for names that are somewhat like what was typed.
        indexes = [GinIndex(fields=["username"], opclasses=["gin_trgm_ops"], name="user_username_like")]

    def check_username(self) -> None:
        """Refuse a name that cannot be an address, or that is the house's own and he is not staff."""
        names.validate_username(self.username)
        if not self.is_staff:
            names.validate_not_reserved(self.username)

    def clean(self) -> None:
        """Refuse a username that is, or was, somebody else's."""
        super().clean()
        from apps.user_profile.models.username import TAKEN, UsernameClaim

        if UsernameClaim.objects.to(self.username).exclude(user_id=self.pk).exists():
            raise ValidationError({"username": TAKEN})

    def save(self, *args: Any, **options: Any) -> None:
        """Save the account.

        Raises ValidationError when the username cannot be one.
        """
        only = options.get("update_fields")
        if only is None or "username" in only:
            self.check_username()
        super().save(*args, **options)

    def announce_created(self) -> None:
        """Give the account all that belongs to it."""
        self.announce_all_created([self])

    @classmethod
    def announce_all_created(cls, rows: Sequence[Self]) -> None:
        """Give many accounts all that belongs to them."""
        from apps.user_profile.models.follow import FollowCounts
        from apps.user_profile.models.privacy import PrivacySettings
        from apps.user_profile.models.profile import UserProfile
        from apps.user_profile.models.stats import UserProfileStats
        from apps.user_profile.models.username import UsernameClaim

        UsernameClaim.objects.claim({row.pk: row.username for row in rows})
        profiles = UserProfile.objects.bulk_create(
            [
                UserProfile(user=row, display_name=row.birth_name or row.username, country=row.birth_country)
                for row in rows
            ]
        )
        PrivacySettings.objects.bulk_create([PrivacySettings(user_profile=profile) for profile in profiles])
        FollowCounts.objects.bulk_create([FollowCounts(user=row) for row in rows])
        UserProfileStats.objects.bulk_create([UserProfileStats(user=row) for row in rows])

    def announce_changed(self, changes: dict[str, Change]) -> None:
        """Leave the old username for the new one, and say so."""
        from apps.user_profile.models.username import UsernameClaim

        change = changes["username"]
        UsernameClaim.move(self.pk, old=change.old, new=change.new, at=timezone.now())
        username_changed.send(User, user_id=self.pk, old_username=change.old, new_username=change.new)
