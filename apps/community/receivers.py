"""What the community does in the same transaction about what happens."""

from typing import Any

from django.dispatch import receiver

from apps.community.services import comments, likes, moderation, posts
from apps.events.signals import user_erased


@receiver(user_erased)
def forget(sender: Any, user_id: int, **_: Any) -> None:
    """Keep nothing of what somebody who is forgotten wrote and liked."""
    moderation.forget(user_id)
    likes.forget(user_id)
    comments.forget(user_id)
    posts.forget(user_id)
