"""Posts: write, edit, delete."""

from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from apps.community import texts
from apps.community.models import (
    POST_CHARS_MAX,
    Comment,
    Post,
    PostCounts,
    PostTag,
    Revision,
    Visibility,
)
from apps.community.services import images, moderation
from apps.community.services.images import Upload
from apps.community.signals import new_post_created, post_commented
from apps.events import erasure
from apps.user_profile import selectors as players
from apps.user_profile.services import profiles

PER_HOUR_MAX = 30
REVISIONS_MAX = 50


class NoSuchPost(ValidationError):
    """The post is gone, or not for this player, which looks the same."""

    def __init__(self) -> None:
        """Say it so that nothing is told of what is hidden."""
        super().__init__("This post is not there any more.", code="gone")


@transaction.atomic
def publish(
    *,
    author_id: int,
    content: str,
    visibility: str = Visibility.PUBLIC,
    uploads: Sequence[Upload] = (),
) -> Post:
    """Post something, for those whom `visibility` names.

    Raises ValidationError, by field, for a text or a picture that cannot be posted, or too many posts.
    """
    if visibility not in Visibility.values:
        raise ValidationError({"visibility": f"Choose one of: {', '.join(Visibility.values)}."})
    content, tags, mentions = checked(content)
    profiles.lock(author_id)
    moderation.must_write(author_id)
    hour = timezone.now() - timedelta(hours=1)
    latest = Post.objects.filter(author_id=author_id).order_by("-id")[PER_HOUR_MAX - 1 : PER_HOUR_MAX]
    if any(post.created_at > hour for post in latest):
        raise ValidationError({"content": f"{PER_HOUR_MAX} posts an hour are enough. Come back later."})
    drawings = images.drawn(uploads)
    post = Post.objects.create(author_id=author_id, content=content, visibility=visibility, mentions=mentions)
    PostCounts.objects.create(post=post)
    PostTag.objects.bulk_create(PostTag(post=post, tag=tag) for tag in tags)
    images.attach(post, drawings)
    return post


def checked(content: str) -> tuple[str, list[str], list[str]]:
    """Return a text as it is stored, its tags, and the players it mentions. Raises ValidationError."""
    try:
        content = texts.clean(content, POST_CHARS_MAX)
        return content, texts.tags_in(content), known_names(content)
    except ValidationError as error:
        raise ValidationError({"content": error.messages}) from error


def known_names(content: str) -> list[str]:
    """Return the names in a text that are players' names, also former ones. Raises ValidationError."""
    names = texts.names_in(content)
    return [name for name in names if players.profile_by_username(name) is not None]


@transaction.atomic
def edit(*, post_id: int, editor_id: int, content: str) -> Post:
    """Change the text of one's own post; what it said before stays to be read.

    Nobody is told again. Raises NoSuchPost, or ValidationError by field.
    """
    content, tags, mentions = checked(content)
    post = locked(post_id)
    if post.author_id != editor_id:
        raise NoSuchPost
    moderation.must_write(editor_id)
    if post.content == content:
        return post
    if post.revisions.count() >= REVISIONS_MAX:
        raise ValidationError({"content": "This post was edited often enough. Write a new one."})
    Revision.objects.create(post=post, content=post.content, written_at=post.edited_at or post.created_at)
    post.content, post.mentions, post.edited_at = content, mentions, timezone.now()
    post.save()
    post.tags.exclude(tag__in=tags).delete()
    PostTag.objects.bulk_create((PostTag(post=post, tag=tag) for tag in tags), ignore_conflicts=True)
    return post


@transaction.atomic
def delete(*, post_id: int, user_id: int) -> None:
    """Delete one's own post with all that hangs on it, and its texts from the log. Raises NoSuchPost."""
    post = locked(post_id)
    if post.author_id != user_id:
        raise NoSuchPost
    remove(post)


@transaction.atomic
def remove(post: Post) -> None:
    """Delete a locked post with all that hangs on it, and its texts from the log."""
    by, post_id = f"deletion of post {post.pk}", post.pk
    erasure.redact(new_post_created, post.author_id, by=by, post_id=post_id)
    commenters = set(Comment.objects.filter(post_id=post_id).values_list("author_id", flat=True))
    for commenter_id in sorted(commenters):
        erasure.redact(post_commented, commenter_id, by=by, post_id=post_id)
    images.drop_after_commit([post_id])
    with connection.cursor() as cursor:
        # Not one by one, each with its event: `post_deleted` says it of all of them.
        cursor.execute("DELETE FROM community_like WHERE post_id = %s", [post_id])
        cursor.execute(
            "DELETE FROM community_restriction WHERE comment_id IN"
            " (SELECT id FROM community_comment WHERE post_id = %s)",
            [post_id],
        )
        cursor.execute("DELETE FROM community_comment WHERE post_id = %s", [post_id])
    post.delete()


@transaction.atomic
def forget(author_id: int) -> None:
    """Delete all posts of somebody who is forgotten."""
    for post in Post.objects.select_for_update().filter(author_id=author_id).order_by("pk"):
        remove(post)


def locked(post_id: int) -> Post:
    """Return a post, locked: what is done to one happens one after the other. Raises NoSuchPost."""
    post = Post.objects.select_for_update().filter(pk=post_id).first()
    if post is None:
        raise NoSuchPost
    return post
