"""What players write, like and say to it."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.community.signals import (
    comment_deleted,
    new_post_created,
    post_commented,
    post_deleted,
    post_liked,
    post_unliked,
)
from apps.events import context
from apps.events.announced import AnnouncedModel, AnnouncedQuerySet

POST_CHARS_MAX = 5_000
COMMENT_CHARS_MAX = 1_000
TAG_CHARS_MAX = 30


def moment() -> Any:
    """Return when what happens now happened: inside `occurring_at` the time it gives, else the clock's."""
    return context.current().occurred_at or timezone.now()


def player(**options: Any) -> Any:
    """Return a foreign key to a player; an account is anonymised, never deleted."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


def of_post(related_name: str, **options: Any) -> Any:
    """Return a foreign key to a post, with which the row goes."""
    return models.ForeignKey("community.Post", models.CASCADE, related_name=related_name, **options)


class Visibility(models.TextChoices):
    """For whom a post is. It is chosen once: what was for few is never shown to many."""

    PUBLIC = "public"
    FOLLOWERS = "followers"
    TEAM = "team"


class Post(AnnouncedModel):
    """What a player wrote, in Markdown. Its tags and the players it names are found when it is written."""

    ANNOUNCED_BY = "apps.community.services.posts"

    author = player(db_index=False)
    content = models.TextField(max_length=POST_CHARS_MAX)
    visibility = models.CharField(max_length=9, choices=Visibility, default=Visibility.PUBLIC)
    # Usernames of players who were there when it was written; an old username still leads to its player.
    mentions = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    created_at = models.DateTimeField(default=moment, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(content=""), name="post_says_something"),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="post_is_for_somebody"
            ),
        ]
        indexes = [
            models.Index("author", F("id").desc(), name="post_of_author"),
            models.Index(F("id").desc(), condition=Q(visibility="public"), name="post_public"),
        ]

    def __str__(self) -> str:
        return f"post {self.pk} of user {self.author_id}"

    def announce_created(self) -> None:
        """Say that somebody posted."""
        new_post_created.send(
            Post, user_id=self.author_id, post_id=self.pk, content=self.content, visibility=self.visibility
        )

    def announce_deleted(self) -> None:
        """Say that a post is gone."""
        post_deleted.send(Post, user_id=self.author_id, post_id=self.pk)


class PostTag(models.Model):
    """A word that a post is tagged with, in small letters."""

    post = of_post("tags", db_index=False)
    tag = models.CharField(max_length=TAG_CHARS_MAX)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "tag"], name="posttag_once")]
        indexes = [models.Index("tag", F("post").desc(), name="posttag_latest")]

    def __str__(self) -> str:
        return f"#{self.tag}"


class PostImage(models.Model):
    """A picture of a post, drawn anew by us, and what it shows, for who does not see it."""

    post = of_post("images", db_index=False)
    place = models.PositiveSmallIntegerField()
    image = models.ImageField(upload_to="posts/", width_field="width_px", height_field="height_px")
    width_px = models.PositiveIntegerField(editable=False)
    height_px = models.PositiveIntegerField(editable=False)
    alt = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "place"], name="postimage_once")]

    def __str__(self) -> str:
        return f"picture {self.place} of post {self.post_id}"


class Revision(models.Model):
    """What a post said before it was edited."""

    post = of_post("revisions", db_index=False)
    content = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("post", F("id").desc(), name="revision_latest")]

    def __str__(self) -> str:
        return f"post {self.post_id} as of {self.written_at:%Y-%m-%d %H:%M}"


class Like(AnnouncedModel):
    """A player likes a post."""

    post = of_post("likes", db_index=False)
    user = player(db_index=False)
    created_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="like_once")]
        indexes = [models.Index("user", F("id").desc(), name="like_of_user")]

    def __str__(self) -> str:
        return f"user {self.user_id} likes post {self.post_id}"

    def announce_created(self) -> None:
        """Say that somebody likes the post."""
        post_liked.send(Like, liker_id=self.user_id, post_id=self.post_id)

    def announce_deleted(self) -> None:
        """Say that somebody likes it no longer."""
        post_unliked.send(Like, liker_id=self.user_id, post_id=self.post_id)


class CommentQuerySet(AnnouncedQuerySet["Comment"]):
    """Comments."""

    def of(self, post_id: int) -> Self:
        """Keep those on one post, the oldest first."""
        return self.filter(post_id=post_id).order_by("id")


class Comment(AnnouncedModel):
    """What a player said to a post, in Markdown."""

    ANNOUNCED_BY = "apps.community.services.comments"

    post = of_post("comments", db_index=False)
    author = player(db_index=False)
    content = models.TextField(max_length=COMMENT_CHARS_MAX)
    mentions = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    created_at = models.DateTimeField(default=moment, editable=False)

    objects: ClassVar[CommentQuerySet] = CommentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(content=""), name="comment_says_something")]
        indexes = [
            models.Index(fields=["post", "id"], name="comment_of_post"),
            models.Index("author", F("id").desc(), name="comment_of_author"),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk} of user {self.author_id}"

    def announce_created(self) -> None:
        """Say that somebody commented."""
        post_commented.send(
            Comment,
            commenter_id=self.author_id,
            post_id=self.post_id,
            content=self.content,
            comment_id=self.pk,
        )

    def announce_deleted(self) -> None:
        """Say that a comment is gone."""
        comment_deleted.send(Comment, commenter_id=self.author_id, post_id=self.post_id, comment_id=self.pk)


class PostCounts(models.Model):
    """How many like a post and how many comments it has: sums over events, seconds behind the rows."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="counts")
    like_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "post counts"

    def __str__(self) -> str:
        return f"counts of post {self.post_id}"
