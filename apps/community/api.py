"""Posts, comments, likes and the feed, for programs."""

from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode
from ninja import Query, Router, Schema, Status

from apps.api.callers import Token, caller_of
from apps.api.pages import Page, Paging, page_of
from apps.api.problems import INVALID_CURSOR, Problem
from apps.api.schemas import Strict
from apps.api.scopes import Scope
from apps.community.models import Comment, Post, Visibility
from apps.community.selectors import posts
from apps.community.selectors.feed import NotYourCursor
from apps.community.selectors.feed import feed as feed_of
from apps.community.selectors.posts import CommentView, PostView
from apps.community.services import comments as comment_service
from apps.community.services import likes as like_service
from apps.community.services import posts as post_service
from apps.user_profile.selectors.players import PlayerCard
from apps.user_profile.selectors.privacy import viewer_of

router = Router(tags=["posts"])


class AuthorOut(Schema):
    """Who wrote it."""

    username: str
    display_name: str
    avatar_url: str | None


class ImageOut(Schema):
    """A picture of a post; `alt` says what it shows."""

    url: str
    alt: str
    width: int
    height: int


class PostOut(Schema):
    """A post: its Markdown, and the HTML that is safe to show. `why` says why it is in your feed."""

    id: str
    author: AuthorOut
    content: str
    html: str
    visibility: str
    images: list[ImageOut]
    like_count: int
    comment_count: int
    is_liked: bool
    created_at: datetime
    edited_at: datetime | None
    why: str | None


class CommentOut(Schema):
    """A comment: its Markdown, and the HTML that is safe to show."""

    id: str
    author: AuthorOut
    content: str
    html: str
    created_at: datetime


class TextIn(Strict):
    """What is written, in Markdown."""

    content: str


class PostIn(TextIn):
    """A new post; `visibility` is chosen once."""

    visibility: Literal["public", "followers", "team"] = "public"


class FeedQuery(Schema):
    """Which part of the feed, in which order."""

    cursor: str = ""
    order: Literal["best", "latest"] = "best"


@router.get("/feed/", response=Page[PostOut], auth=Token(Scope.READ), operation_id="get_feed")
def feed(request: HttpRequest, response: HttpResponse, asked: Query[FeedQuery]) -> Any:
    """List what you would want to read, each with its reason; `order=latest` is by time alone."""
    try:
        page = feed_of(own_id(request), asked.cursor, latest=asked.order == "latest")
    except NotYourCursor as error:
        raise Problem(INVALID_CURSOR) from error
    if page.next:
        query = urlencode({"order": asked.order, "cursor": page.next})
        response.headers["Link"] = f'<{request.build_absolute_uri(request.path)}?{query}>; rel="next"'
    return {"items": [_post(request, each) for each in page.items], "next": page.next}


@router.get("/posts/", response=Page[PostOut], operation_id="list_posts")
def all_posts(
    request: HttpRequest, response: HttpResponse, paging: Query[Paging], tag: str | None = None
) -> Any:
    """List the public posts, all or those with a tag, the latest first; of hidden players none."""
    rows = Post.objects.filter(visibility=Visibility.PUBLIC)
    if tag is not None:
        rows = rows.filter(tags__tag=tag.lower())
    return page_of(request, response, rows, paging, by=["-id"], show=lambda found: _posts(request, found))


@router.get("/profiles/@{username}/posts/", response=Page[PostOut], operation_id="list_posts_of_player")
def posts_of_player(
    request: HttpRequest, response: HttpResponse, username: str, paging: Query[Paging]
) -> Any:
    """List a player's posts, as far as they are for you, the latest first."""
    rows = posts.rows_of(viewer_of(caller_of(request).user), username)
    if rows is None:
        raise Http404(username)
    return page_of(request, response, rows, paging, by=["-id"], show=lambda found: _posts(request, found))


@router.post("/posts/", response={201: PostOut}, auth=Token(Scope.POSTS_WRITE), operation_id="create_post")
def create(request: HttpRequest, response: HttpResponse, data: PostIn) -> Any:
    """Post something, without pictures: those go by the page."""
    post = post_service.publish(author_id=own_id(request), content=data.content, visibility=data.visibility)
    response.headers["Location"] = f"{request.path}{post.pk}/"
    return Status(201, _found(request, post.pk))


@router.get("/posts/{int:post_id}/", response=PostOut, operation_id="get_post")
def post(request: HttpRequest, post_id: int) -> Any:
    """Show a post."""
    return _found(request, post_id)


@router.patch(
    "/posts/{int:post_id}/", response=PostOut, auth=Token(Scope.POSTS_WRITE), operation_id="edit_post"
)
def edit(request: HttpRequest, post_id: int, data: TextIn) -> Any:
    """Change the text of your post; what it said before stays to be read."""
    _found(request, post_id)
    try:
        post_service.edit(post_id=post_id, editor_id=own_id(request), content=data.content)
    except post_service.NoSuchPost as error:
        raise Http404(post_id) from error
    return _found(request, post_id)


@router.delete(
    "/posts/{int:post_id}/",
    response={204: None},
    auth=Token(Scope.POSTS_WRITE),
    operation_id="delete_post",
)
def delete(request: HttpRequest, post_id: int) -> Any:
    """Delete your post, with its comments and likes."""
    _found(request, post_id)
    try:
        post_service.delete(post_id=post_id, user_id=own_id(request))
    except post_service.NoSuchPost as error:
        raise Http404(post_id) from error
    return Status(204, None)


@router.put(
    "/posts/{int:post_id}/like/",
    response={204: None},
    auth=Token(Scope.POSTS_WRITE),
    operation_id="like_post",
)
def like(request: HttpRequest, post_id: int) -> Any:
    """Like a post; a second time changes nothing."""
    _found(request, post_id)
    try:
        like_service.like(post_id=post_id, user_id=own_id(request))
    except post_service.NoSuchPost as error:
        raise Http404(post_id) from error
    return Status(204, None)


@router.delete(
    "/posts/{int:post_id}/like/",
    response={204: None},
    auth=Token(Scope.POSTS_WRITE),
    operation_id="unlike_post",
)
def unlike(request: HttpRequest, post_id: int) -> Any:
    """Like a post no longer; it is well if you did not."""
    like_service.unlike(post_id=min(post_id, posts.ID_MAX), user_id=own_id(request))
    return Status(204, None)


@router.get("/posts/{int:post_id}/comments/", response=Page[CommentOut], operation_id="list_comments")
def comments(request: HttpRequest, response: HttpResponse, post_id: int, paging: Query[Paging]) -> Any:
    """List the comments on a post, the oldest first; of hidden players none."""
    viewer = viewer_of(caller_of(request).user)
    found = posts.post(viewer, post_id)
    if found is None:
        raise Http404(post_id)
    rows = posts.comments_on(post_id)

    def show(part: list[Comment]) -> list[dict[str, Any]]:
        return [_comment(request, each) for each in posts.comment_views(viewer, found, part)]

    return page_of(request, response, rows, paging, by=["id"], show=show)


@router.post(
    "/posts/{int:post_id}/comments/",
    response={201: CommentOut},
    auth=Token(Scope.POSTS_WRITE),
    operation_id="create_comment",
)
def comment(request: HttpRequest, post_id: int, data: TextIn) -> Any:
    """Comment on a post."""
    viewer = viewer_of(caller_of(request).user)
    found = posts.post(viewer, post_id)
    if found is None:
        raise Http404(post_id)
    try:
        made = comment_service.add(post_id=post_id, author_id=own_id(request), content=data.content)
    except post_service.NoSuchPost as error:
        raise Http404(post_id) from error
    return Status(201, _comment(request, posts.comment_views(viewer, found, [made])[0]))


@router.delete(
    "/posts/{int:post_id}/comments/{int:comment_id}/",
    response={204: None},
    auth=Token(Scope.POSTS_WRITE),
    operation_id="delete_comment",
)
def delete_comment(request: HttpRequest, post_id: int, comment_id: int) -> Any:
    """Delete your comment, or one under your post."""
    try:
        comment_service.delete(comment_id=min(comment_id, posts.ID_MAX), user_id=own_id(request))
    except post_service.NoSuchPost as error:
        raise Http404(comment_id) from error
    return Status(204, None)


def own_id(request: HttpRequest) -> int:
    """Return the id of the player who asks."""
    user_id: int = caller_of(request).user.pk
    return user_id


def _found(request: HttpRequest, post_id: int) -> dict[str, Any]:
    found = posts.post(viewer_of(caller_of(request).user), post_id)
    if found is None:
        raise Http404(post_id)
    return _post(request, found)


def _posts(request: HttpRequest, found: list[Post]) -> list[dict[str, Any]]:
    viewer = viewer_of(caller_of(request).user)
    shown = posts.in_order(viewer, dict.fromkeys((each.pk for each in found), ""))
    return [_post(request, each) for each in shown]


def _post(request: HttpRequest, post: PostView) -> dict[str, Any]:
    images = [
        {
            "url": request.build_absolute_uri(each.image.url),
            "alt": each.alt,
            "width": each.width_px,
            "height": each.height_px,
        }
        for each in post.images
    ]
    return {
        "id": str(post.id),
        "author": _author(request, post.author),
        "content": post.content,
        "html": post.html,
        "visibility": post.visibility,
        "images": images,
        "like_count": post.like_count,
        "comment_count": post.comment_count,
        "is_liked": post.is_liked,
        "created_at": post.created_at,
        "edited_at": post.edited_at,
        "why": post.why or None,
    }


def _comment(request: HttpRequest, comment: CommentView) -> dict[str, Any]:
    return {
        "id": str(comment.id),
        "author": _author(request, comment.author),
        "content": comment.content,
        "html": comment.html,
        "created_at": comment.created_at,
    }


def _author(request: HttpRequest, author: PlayerCard) -> dict[str, Any]:
    url = author.avatar_url
    return {
        "username": author.username,
        "display_name": author.display_name,
        "avatar_url": request.build_absolute_uri(url) if url else None,
    }
