"""Usernames: a player takes another one now and then, and keeps all that he had."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format

from apps.user_profile.models import User, UsernameClaim
from apps.user_profile.models.username import TAKEN
from apps.user_profile.services import profiles

COOLDOWN = timedelta(days=30)
"""Between two changes: who goes through names faster hides, or hoards them, for he keeps every one."""


@transaction.atomic
def rename(*, user_id: int, username: str) -> User:
    """Give a player another username; the old ones go on leading to him, and stay his.

    Capitals may be changed at any time. Raises ValidationError, by field, when the name cannot be one, is or
    was somebody else's, or the last change is not long enough ago.
    """
    profiles.lock(user_id)
    user: User = User.objects.select_for_update().get(pk=user_id)
    if username.lower() != user.username.lower() and (free_at := may_rename_at(user_id)):
        raise ValidationError(
            {"username": f"You changed it lately. You can again on {date_format(free_at, 'j F Y')}."}
        )
    user.username = username
    user.full_clean(exclude={field.name for field in User._meta.fields if field.name != "username"})
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        # Somebody else took the name between our look and our write.
        if is_taken(username):
            raise ValidationError({"username": TAKEN}) from None
        raise
    return user


def is_taken(username: str) -> bool:
    """Tell whether somebody has this username, or had it, in any case."""
    return UsernameClaim.objects.to(username).exists() or User.objects.named(username).exists()


def check_free(username: str) -> None:
    """Refuse a username that somebody has, or had, in any case."""
    if UsernameClaim.objects.to(username).exists():
        raise ValidationError(TAKEN)


def may_rename_at(user_id: int) -> datetime | None:
    """Return from when on a player may change his username; None when he may now."""
    left = UsernameClaim.objects.filter(user_id=user_id).former().order_by("-left_at").first()
    if left is None or left.left_at is None:
        return None
    free_at = left.left_at + COOLDOWN
    return free_at if free_at > timezone.now() else None


def former_names(user_id: int) -> Sequence[str]:
    """Return the names that a player left, the latest first; each still leads to him."""
    claims = UsernameClaim.objects.filter(user_id=user_id).former().order_by("-left_at")
    return list(claims.values_list("username", flat=True))
