"""Reads of posts: whole, for those whom they are for, by pages of a key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.safestring import SafeString

from apps.community import texts
from apps.community.models import (
    COMMENT_CHARS_MAX,
    POST_CHARS_MAX,
    TAG_CHARS_MAX,
    Comment,
    Like,
    Post,
    PostImage,
    Revision,
    Visibility,
)
from apps.community.selectors import standing
from apps.community.selectors.policy import reads
from apps.user_profile.selectors.players import PlayerCard, card, profile_by_username
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by

__all__ = ["COMMENT_CHARS_MAX", "POST_CHARS_MAX", "TAG_CHARS_MAX"]

PER_PAGE = 20
COMMENTS_PER_PAGE = 50
ID_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as a viewer reads it. `why` says why it is in his feed, in words of the feed."""

    id: int
    author: PlayerCard
    content: str
    mentions: tuple[str, ...]
    visibility: str
    created_at: datetime
    edited_at: datetime | None
    images: Sequence[PostImage]
    like_count: int
    comment_count: int
    is_liked: bool
    is_own: bool
    why: str = ""

    @property
    def html(self) -> SafeString:
        """Return the text as it is safe to show."""
        return texts.html_of(self.content, self.mentions)

    @property
    def preview(self) -> str:
        """Return its beginning in one line."""
        return texts.preview(self.content)


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment as a viewer reads it."""

    id: int
    author: PlayerCard
    content: str
    mentions: tuple[str, ...]
    created_at: datetime
    may_delete: bool

    @property
    def html(self) -> SafeString:
        """Return the text as it is safe to show."""
        return texts.html_of(self.content, self.mentions)


@dataclass(frozen=True, slots=True)
class Page[Item]:
    """A part of a list, and the key of the next one, None when this is the last."""

    items: Sequence[Item]
    next: int | None


@dataclass(frozen=True, slots=True)
class EarlierText:
    """What a post said before it was edited."""

    written_at: datetime
    html: SafeString


@dataclass(frozen=True, slots=True)
class PostsOfPlayer:
    """A player and a page of his posts."""

    player: PlayerCard
    page: Page[PostView]


def views(viewer: Viewer, posts: "QuerySet[Post]") -> list[PostView]:
    """Return those of these posts that the viewer may read, in their order. Three queries."""
    rows = list(whole(viewer, posts))
    seen = seen_by(viewer, {post.author_id for post in rows})
    return [_view(viewer, post) for post in rows if reads(seen[post.author_id], post.visibility)]


def whole(viewer: Viewer, posts: "QuerySet[Post]") -> "QuerySet[Post]":
    """Return posts with all that a view of them needs, without those that moderators have hidden."""
    liked = Like.objects.filter(post_id=OuterRef("pk"), user_id=viewer.user_id or 0)
    found: QuerySet[Post] = posts.exclude(standing.hidden_posts()).select_related(
        "author__userprofile__user", "counts"
    )
    return found.prefetch_related("images").annotate(is_liked=Exists(liked))


def _view(viewer: Viewer, post: Post) -> PostView:
    return PostView(
        id=post.pk,
        author=card(post.author.userprofile),
        content=post.content,
        mentions=tuple(post.mentions),
        visibility=post.visibility,
        created_at=post.created_at,
        edited_at=post.edited_at,
        images=sorted(post.images.all(), key=lambda image: image.place),
        like_count=post.counts.like_count,
        comment_count=post.counts.comment_count,
        is_liked=getattr(post, "is_liked", False),
        is_own=post.author_id == viewer.user_id,
    )


def in_order(viewer: Viewer, why: dict[int, str]) -> list[PostView]:
    """Return these posts in the order of the keys, each with its reason, but those hidden meanwhile."""
    found = {view.id: view for view in views(viewer, Post.objects.filter(pk__in=why))}
    return [replace(found[post_id], why=reason) for post_id, reason in why.items() if post_id in found]


def post(viewer: Viewer, post_id: int) -> PostView | None:
    """Return a post if the viewer may read it. Three queries."""
    return next(iter(views(viewer, Post.objects.filter(pk=post_id))), None) if post_id <= ID_MAX else None


def posts_of(viewer: Viewer, username: str, before: int | None = None) -> PostsOfPlayer | None:
    """Return a page of a player's posts, the latest first; None when he shows the viewer nothing."""
    found = _rows_of(viewer, username)
    return PostsOfPlayer(found[0], _page(viewer, found[1], before)) if found else None


def rows_of(viewer: Viewer, username: str) -> "QuerySet[Post] | None":
    """Return a player's posts that the viewer may read; None when he shows the viewer nothing."""
    found = _rows_of(viewer, username)
    return found[1] if found else None


def _rows_of(viewer: Viewer, username: str) -> "tuple[PlayerCard, QuerySet[Post]] | None":
    profile = profile_by_username(username)
    if profile is None:
        return None
    seen = seen_by(viewer, [profile.user_id])[profile.user_id]
    if Part.CARD not in seen.parts or seen.is_blocked:
        return None
    shown = [each for each in Visibility.values if reads(seen, each)]
    return card(profile), Post.objects.filter(author_id=profile.user_id, visibility__in=shown)


def tagged(viewer: Viewer, tag: str, before: int | None = None) -> Page[PostView]:
    """Return a page of the public posts, all or those with a tag, the latest first; some are hidden."""
    rows = Post.objects.filter(visibility=Visibility.PUBLIC)
    if tag:
        rows = rows.filter(tags__tag=tag)
    return _page(viewer, rows, before)


def _page(viewer: Viewer, rows: "QuerySet[Post]", before: int | None) -> Page[PostView]:
    if before is not None:
        rows = rows.filter(pk__lt=min(before, ID_MAX))
    keys = list(rows.order_by("-pk").values_list("pk", flat=True)[: PER_PAGE + 1])
    shown, more = keys[:PER_PAGE], len(keys) > PER_PAGE
    return Page(in_order(viewer, dict.fromkeys(shown, "")), shown[-1] if more else None)


def comments_of(viewer: Viewer, post: PostView, after: int = 0) -> Page[CommentView]:
    """Return a page of the comments on a post that the viewer may read, the oldest first. Two queries."""
    rows = comments_on(post.id).order_by("id").filter(pk__gt=min(after, ID_MAX))
    found = list(rows[: COMMENTS_PER_PAGE + 1])
    shown, more = found[:COMMENTS_PER_PAGE], len(found) > COMMENTS_PER_PAGE
    return Page(comment_views(viewer, post, shown), shown[-1].pk if more else None)


def comments_on(post_id: int) -> "QuerySet[Comment]":
    """Return the comments on a post, without those that moderators have hidden."""
    rows = Comment.objects.filter(post_id=post_id).exclude(standing.hidden_comments())
    return rows.select_related("author__userprofile__user")


def comment_views(viewer: Viewer, post: PostView, comments: Sequence[Comment]) -> list[CommentView]:
    """Return those of these comments on a post that the viewer may read. One query."""
    seen = seen_by(viewer, {comment.author_id for comment in comments})
    return [
        CommentView(
            id=comment.pk,
            author=card(comment.author.userprofile),
            content=comment.content,
            mentions=tuple(comment.mentions),
            created_at=comment.created_at,
            may_delete=viewer.user_id is not None and (post.is_own or comment.author_id == viewer.user_id),
        )
        for comment in comments
        if Part.CARD in (one := seen[comment.author_id]).parts and not one.is_blocked and not one.is_muted
    ]


def revisions_of(post: PostView) -> list[EarlierText]:
    """Return what a post said before, the latest first."""
    rows = Revision.objects.filter(post_id=post.id).order_by("-pk")
    return [EarlierText(row.written_at, texts.html_of(row.content)) for row in rows]


def previews(viewer: Viewer, post_ids: Iterable[int]) -> dict[int, str]:
    """Return the beginnings of those of these posts that the viewer may read, as they are now."""
    wanted = list(post_ids)
    found = views(viewer, Post.objects.filter(pk__in=wanted)) if wanted else []
    return {view.id: view.preview for view in found}
