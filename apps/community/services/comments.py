"""Comments: say something to a post, and take it back."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.community import texts
from apps.community.models import COMMENT_CHARS_MAX, Comment
from apps.community.selectors import policy
from apps.community.services import moderation, posts
from apps.community.signals import post_commented
from apps.events import erasure
from apps.user_profile.services import profiles

PER_HOUR_MAX = 120


@transaction.atomic
def add(*, post_id: int, author_id: int, content: str) -> Comment:
    """Comment on a post.

    Raises NoSuchPost when it is not for this player, ValidationError by field for a text that cannot be.
    """
    try:
        content = texts.clean(content, COMMENT_CHARS_MAX)
        mentions = posts.known_names(content)
    except ValidationError as error:
        raise ValidationError({"content": error.messages}) from error
    profiles.lock(author_id)
    moderation.must_write(author_id)
    post = posts.locked(post_id)
    if not policy.may_read(author_id, post):
        raise posts.NoSuchPost
    hour = timezone.now() - timedelta(hours=1)
    latest = Comment.objects.filter(author_id=author_id).order_by("-id")[PER_HOUR_MAX - 1 : PER_HOUR_MAX]
    if any(comment.created_at > hour for comment in latest):
        raise ValidationError({"content": f"{PER_HOUR_MAX} comments an hour are enough. Come back later."})
    return Comment.objects.create(post=post, author_id=author_id, content=content, mentions=mentions)


@transaction.atomic
def delete(*, comment_id: int, user_id: int) -> None:
    """Delete a comment, one's own or one under one's own post. Raises NoSuchPost."""
    comment = (
        Comment.objects.select_for_update(of=("self",)).select_related("post").filter(pk=comment_id).first()
    )
    if comment is None or user_id not in (comment.author_id, comment.post.author_id):
        raise posts.NoSuchPost
    remove(comment)


@transaction.atomic
def remove(comment: Comment) -> None:
    """Delete a comment, and its text from the log."""
    by = f"deletion of comment {comment.pk}"
    erasure.redact(post_commented, comment.author_id, by=by, comment_id=comment.pk)
    comment.delete()


@transaction.atomic
def forget(author_id: int) -> None:
    """Delete all comments of somebody who is forgotten."""
    for comment in Comment.objects.select_for_update().filter(author_id=author_id).order_by("pk"):
        remove(comment)
