"""Deleting an account: asked for, taken back by signing in, and carried out when the time is over.

What is carried out takes away who it was, not what happened: matches, places and sums stay true, under a name
that says nothing. Copies in the log go by `apps.events.erasure`, which tells every other app to drop its own.
"""

import secrets
from datetime import timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.events import erasure
from apps.user_profile.models import (
    AccountDeletion,
    Block,
    Follow,
    FollowRequest,
    GameProfile,
    Mute,
    User,
    UsernameClaim,
)
from apps.user_profile.models.username import tombstone
from apps.user_profile.services import passport_holds, profiles

GRACE = timedelta(days=14)
AT_ONCE_MAX = 50
"""Accounts carried out in one transaction; the job comes back for the rest."""
NAME = "Deleted player"
SIGN_IN_APPS = ("account", "socialaccount", "mfa")
"""What others' libraries keep to sign somebody in: addresses, connected accounts, second factors."""


@transaction.atomic
def request(*, user_id: int) -> AccountDeletion:
    """Let an account be deleted when the grace is over; asked again, the first time counts."""
    profiles.lock(user_id)
    wish, _ = AccountDeletion.objects.get_or_create(
        user_id=user_id, defaults={"due_at": timezone.now() + GRACE}
    )
    return wish


@transaction.atomic
def cancel(*, user_id: int) -> bool:
    """Keep the account; tell whether it was to be deleted."""
    profiles.lock(user_id)
    deleted, _ = AccountDeletion.objects.filter(user_id=user_id, done_at=None).delete()
    return deleted > 0


def carry_out_due() -> int:
    """Delete the accounts whose grace is over; return how many there were."""
    due = AccountDeletion.objects.filter(done_at=None, due_at__lte=timezone.now()).order_by("due_at")
    user_ids = list(due.values_list("user_id", flat=True)[:AT_ONCE_MAX])
    return sum(carry_out(user_id=user_id) for user_id in sorted(user_ids))


@transaction.atomic
def carry_out(*, user_id: int) -> bool:
    """Take away who somebody was; tell whether that was still wanted."""
    profiles.lock(user_id)
    wish = AccountDeletion.objects.select_for_update().filter(user_id=user_id, done_at=None).first()
    if wish is None:
        return False
    user: User = User.objects.select_for_update().get(pk=user_id)
    profiles.update(user_id=user_id, display_name=NAME, bio="", country="", avatar="")
    close(user)
    bury_usernames(user)
    part_with_everybody(user_id)
    passport_holds.release_all(user_id)
    for passport in GameProfile.objects.filter(user_id=user_id):
        passport.delete()
    wish.done_at = timezone.now()
    wish.save()
    erasure.erase(user_id, by="account deletion")
    return True


def close(user: User) -> None:
    """Take away every way in, and what an account knows of its person."""
    user.username = f"deleted-{secrets.token_hex(8)}"
    user.email = user.first_name = user.last_name = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.save()
    for label in SIGN_IN_APPS:
        for model in apps.get_app_config(label).get_models() if apps.is_installed(f"allauth.{label}") else ():
            for field in model._meta.fields:
                if field.related_model is User:
                    model._base_manager.filter(**{field.name: user}).delete()


def bury_usernames(user: User) -> None:
    """Leave of every name that it may not be taken, and not what it was."""
    for claim in UsernameClaim.objects.filter(user=user).former():
        claim.username = tombstone(claim.username)
        claim.save()


def part_with_everybody(user_id: int) -> None:
    """End what was between somebody and others, in both directions."""
    Follow.objects.filter(Q(follower_id=user_id) | Q(followed_id=user_id)).delete()
    FollowRequest.objects.filter(Q(follower_id=user_id) | Q(followed_id=user_id)).delete()
    Block.objects.filter(Q(user_id=user_id) | Q(blocked_id=user_id)).delete()
    Mute.objects.filter(Q(user_id=user_id) | Q(muted_id=user_id)).delete()
