"""Profiles: the only place that changes a player's name, picture and texts."""

from collections.abc import Iterable

from django.core.files import File
from django.db import connection, transaction

from apps.user_profile.models import UserProfile
from apps.user_profile.services import avatars

# FOR SHARE: any number may hold, a rename waits. The ORM knows FOR UPDATE only.
HOLD = "SELECT FROM user_profile_userprofile WHERE user_id = ANY(%s) ORDER BY user_id FOR SHARE"
LOCK = """
SELECT user_id FROM user_profile_userprofile WHERE user_id = ANY(%s) ORDER BY user_id FOR NO KEY UPDATE
"""


def rename(*, user_id: int, display_name: str) -> UserProfile:
    """Give a player another display name.

    Raises ValidationError when it cannot be one.
    """
    return update(user_id=user_id, display_name=display_name)


@transaction.atomic
def update(
    *,
    user_id: int,
    display_name: str | None = None,
    bio: str | None = None,
    country: str | None = None,
    avatar: "File[bytes] | str | None" = None,
) -> UserProfile:
    """Change what is given; None leaves as it is, an empty text or picture takes away.

    Raises ValidationError, by field.
    """
    profile = UserProfile.objects.select_for_update().get(user_id=user_id)
    given = {"display_name": display_name, "bio": bio, "country": country, "avatar": avatar}
    for name, value in given.items():
        if value is not None:
            setattr(profile, name, value)
    profile.full_clean(exclude={"user", "public_id"})
    profile.save()
    return profile


def hold(user_ids: Iterable[int]) -> None:
    """Keep the names and pictures of these players as they are until the caller's transaction ends.

    Whoever decides by which players are in a group what a rename must reach, calls this before he changes the
    group. Profiles come before teams in the order of locks.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [list(user_ids)])


def lock_many(user_ids: Iterable[int]) -> set[int]:
    """Lock these players' profiles, by id, until the caller's transaction ends; return whose there are."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(user_ids)])
        return {user_id for (user_id,) in cursor.fetchall()}


@transaction.atomic
def lock(user_id: int) -> UserProfile:
    """Return the profile, locked: what is done under it to one player happens one after the other."""
    return UserProfile.objects.select_for_update().get(user_id=user_id)


def sweep_avatars() -> int:
    """Delete the files of pictures that no profile names; return how many there were."""
    named = UserProfile.objects.exclude(avatar="").values_list("avatar", flat=True)
    return avatars.sweep(named)
