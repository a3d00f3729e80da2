"""What players are told of posts, and what is taken back."""

from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from apps.community import texts
from apps.community.models import Comment, Like, Post
from apps.community.selectors import policy
from apps.events import Event
from apps.notifications.kinds import Category, declare
from apps.notifications.services import notifications
from apps.user_profile import selectors as players

LIKED = declare(
    "post_liked",
    Category.SOCIAL,
    gettext_lazy("Somebody likes your post"),
    together=_("{actor} and {others} like your post."),
)
COMMENTED = declare(
    "comment_added",
    Category.SOCIAL,
    gettext_lazy("Somebody comments on your post"),
    together=_("{actor} and {others} comment on your post."),
    by_email=True,
)
MENTIONED = declare("mention", Category.SOCIAL, gettext_lazy("Somebody mentions you"), by_email=True)


def about(post_id: int) -> str:
    """Return by what name notifications of a post are taken back."""
    return f"post:{post_id}"


def url_of(post_id: int) -> str:
    """Return where they lead."""
    return reverse("web:post", args=[post_id])


def tell_mentions(event: Event, post_id: int) -> None:
    """Tell those whom a post mentions and whom it is for."""
    post = Post.objects.filter(pk=post_id).first()
    if post is not None:
        _mention(event, post, post.author_id, post.mentions, _("{actor} mentions you in a post."))


def tell_liked(event: Event, liker_id: int, post_id: int) -> None:
    """Tell the author who likes his post, if he still does."""
    post = Post.objects.filter(pk=post_id).first()
    if post is None or not Like.objects.filter(post_id=post_id, user_id=liker_id).exists():
        return
    notifications.notify(
        event,
        [post.author_id],
        kind=LIKED,
        text=_("{actor} likes your post."),
        url=url_of(post_id),
        actor_id=liker_id,
        about=about(post_id),
    )


def tell_commented(event: Event, commenter_id: int, post_id: int, comment_id: int) -> None:
    """Tell the author who commented, and those whom the comment mentions."""
    comment = Comment.objects.select_related("post").filter(pk=comment_id).first()
    if comment is None:
        return
    _mention(event, comment.post, commenter_id, comment.mentions, _("{actor} mentions you in a comment."))
    notifications.notify(
        event,
        [comment.post.author_id],
        kind=COMMENTED,
        text=_("{actor} comments on your post: {preview}"),
        values={"preview": texts.preview(comment.content)},
        url=url_of(post_id),
        actor_id=commenter_id,
        about=about(post_id),
    )


def _mention(event: Event, post: Post, actor_id: int, names: list[str], text: str) -> None:
    profiles = [players.profile_by_username(name) for name in names]
    named = {profile.user_id for profile in profiles if profile is not None}
    notifications.notify(
        event,
        [user_id for user_id in sorted(named) if policy.may_read(user_id, post)],
        kind=MENTIONED,
        text=text,
        url=url_of(post.pk),
        actor_id=actor_id,
        about=about(post.pk),
    )


def end_liked(liker_id: int, post_id: int) -> None:
    """Take back that somebody likes a post."""
    if not Like.objects.filter(post_id=post_id, user_id=liker_id).exists():
        notifications.retract(kind=LIKED, actor_id=liker_id, about=about(post_id))


def end_commented(commenter_id: int, post_id: int) -> None:
    """Take back what a comment told, unless its author has another there."""
    if not Comment.objects.filter(post_id=post_id, author_id=commenter_id).exists():
        for kind in (COMMENTED, MENTIONED):
            notifications.retract(kind=kind, actor_id=commenter_id, about=about(post_id))


def end_all(post_id: int) -> None:
    """Take back all that was told of a post that is gone."""
    for kind in (LIKED, COMMENTED, MENTIONED):
        notifications.retract(kind=kind, about=about(post_id))
