"""Likes: one of a player for a post, however often he presses."""

from django.db import transaction

from apps.community.models import Like
from apps.community.selectors import policy
from apps.community.services import posts


@transaction.atomic
def like(*, post_id: int, user_id: int) -> Like:
    """Like a post; a second time it is the same row. Raises NoSuchPost when it is not for this player."""
    post = posts.locked(post_id)
    if not policy.may_read(user_id, post):
        raise posts.NoSuchPost
    return Like.objects.get_or_create(post_id=post_id, user_id=user_id)[0]


@transaction.atomic
def unlike(*, post_id: int, user_id: int) -> bool:
    """Like a post no longer, also one that is hidden meanwhile; return whether he did."""
    found = Like.objects.select_for_update().filter(post_id=post_id, user_id=user_id)
    return bool(found.delete()[0])


@transaction.atomic
def forget(user_id: int) -> None:
    """Take back the likes of somebody who is forgotten."""
    Like.objects.filter(user_id=user_id).delete()
