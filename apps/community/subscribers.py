"""What the community does, after the commit, about what happens in it."""

from datetime import time
from typing import Any

from apps.community.services import counts, images, telling
from apps.community.signals import (
    comment_deleted,
    moderation_decided,
    new_post_created,
    post_commented,
    post_deleted,
    post_liked,
    post_unliked,
)
from apps.events import Event, periodic, subscriber


@subscriber(
    post_liked,
    post_unliked,
    post_commented,
    comment_deleted,
    since="beginning",
    batch=True,
    reset=counts.empty,
)
def count_engagement(events: list[Event], **_: Any) -> None:
    """Add to the counts of likes and comments."""
    counts.count(events)


@subscriber(
    new_post_created,
    post_deleted,
    post_liked,
    post_unliked,
    post_commented,
    comment_deleted,
    since="now",
    replay="refuse",
)
def tell_of_posts(event: Event, post_id: int, **args: Any) -> None:
    """Tell players who likes, comments and mentions, and take it back: one subscriber, so in order."""
    match event.type:
        case new_post_created.name:
            telling.tell_mentions(event, post_id)
        case post_liked.name:
            telling.tell_liked(event, args["liker_id"], post_id)
        case post_commented.name if args["comment_id"] is not None:
            telling.tell_commented(event, args["commenter_id"], post_id, args["comment_id"])
        case post_unliked.name:
            telling.end_liked(args["liker_id"], post_id)
        case comment_deleted.name:
            telling.end_commented(args["commenter_id"], post_id)
        case post_deleted.name:
            telling.end_all(post_id)


@subscriber(moderation_decided, since="now", replay="refuse")
def tell_of_decisions(event: Event, user_id: int, action_id: int, **_: Any) -> None:
    """Tell the player, and those who reported it."""
    telling.tell_decided(event, user_id, action_id)


@periodic(at=time(hour=4, minute=40))
def sweep_images() -> None:
    """Delete the pictures that no post has any more."""
    images.sweep()
