"""Who has, or had, a username: nobody ever gets a name that was somebody else's."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact, In
from django.utils import timezone

from apps.user_profile.services.names import USERNAME_CHARS_MAX

TAKEN = "This username is taken. Choose another."


def tombstone(username: str) -> str:
    """Return what stays of the name of somebody who is gone: enough to refuse it, too little to read it."""
    digest = hashlib.sha256(username.lower().encode()).hexdigest()
    return f"~{digest}"[:USERNAME_CHARS_MAX]


class UsernameClaimQuerySet(models.QuerySet["UsernameClaim"]):
    """Claims."""

    def named(self, username: str) -> Self:
        """Keep the claim to a username, in any case, of a player who is there."""
        return self.none() if "\0" in username else self.filter(Exact(Lower("username"), username.lower()))

    def to(self, username: str) -> Self:
        """Keep the claim to a username, in any case, and whether or not its player is still there."""
        if "\0" in username:
            return self.none()
        return self.filter(Exact(Lower("username"), username.lower()) | Q(username=tombstone(username)))

    def former(self) -> Self:
        """Keep the names that were left for others."""
        return self.filter(left_at__isnull=False)

    def claim(self, names: Mapping[int, str]) -> None:
        """Claim a username for each of these players.

        Raises ValidationError when one is, or was, somebody else's. Of two at once the second one waits for
        the first.
        """
        claims = [UsernameClaim(user_id=user_id, username=name) for user_id, name in names.items()]
        self.bulk_create(claims, ignore_conflicts=True)
        wanted = {name.lower(): user_id for user_id, name in names.items()}
        dead = {tombstone(name): None for name in wanted}
        found = self.annotate(lowered=Lower("username")).filter(In(Lower("username"), [*wanted, *dead]))
        for lowered, user_id in found.values_list("lowered", "user_id"):
            if wanted.get(lowered) != user_id:
                raise ValidationError({"username": TAKEN})


class UsernameClaim(models.Model):
    """A username of a player: the present one, or one that he left, which still leads to him."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="username_claims"
    )
    username = models.CharField(max_length=USERNAME_CHARS_MAX)
    claimed_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UsernameClaimQuerySet] = UsernameClaimQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="usernameclaim_any_case")]

    def __str__(self) -> str:
        return self.username

    @classmethod
    def move(cls, user_id: int, *, old: str, new: str, at: datetime) -> None:
        """Let a player leave a name for another, which may be one that he had before, in other capitals."""
        own = cls.objects.filter(user_id=user_id)
        own.named(old).update(left_at=at)
        cls.objects.claim({user_id: new})
        own.named(new).update(username=new, left_at=None)
