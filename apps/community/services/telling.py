"""What players are told of posts, and what is taken back."""

from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from apps.community import texts
from apps.community.models import Action, Comment, Like, Post, Reason, Report, Restriction, Verb
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
MODERATED = declare(
    "moderation", Category.SYSTEM, gettext_lazy("A moderator decides about what you wrote"), by_email=True
)
ANSWERED = declare("report_answered", Category.SYSTEM, gettext_lazy("A report of yours was decided"))
MENTIONED = declare("mention", Category.SOCIAL, gettext_lazy("Somebody mentions you"), by_email=True)


DECISIONS = {
    Verb.HIDE: _("A moderator hid what you wrote: {reason}."),
    Verb.MUTE: _("A moderator decided that you write nothing here for a while: {reason}."),
    Verb.SUSPEND: _("A moderator hid all that you write here: {reason}."),
    Verb.LIFT: _("A moderator lifted a decision about you: {reason}."),
    Verb.EXPIRE: _("The time of a decision about you is over: {reason}."),
}
UNTIL = {
    Verb.HIDE: _("A moderator hid what you wrote until {until}: {reason}."),
    Verb.MUTE: _("A moderator decided that you write nothing here until {until}: {reason}."),
    Verb.SUSPEND: _("A moderator hid all that you write here until {until}: {reason}."),
}


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


def tell_decided(event: Event, user_id: int, action_id: int) -> None:
    """Tell a player what a moderator decided and why, not who it was; and those who reported it, that."""
    action = Action.objects.get(pk=action_id)
    if action.verb in DECISIONS:
        until = f"{action.due_at:%Y-%m-%d %H:%M} UTC" if action.due_at else ""
        notifications.notify(
            event,
            [user_id],
            kind=MODERATED,
            text=UNTIL[Verb(action.verb)] if until else DECISIONS[Verb(action.verb)],
            values={"reason": str(Reason(action.reason).label), "until": until},
            url=reverse("web:posts"),
            about=f"action:{action_id}",
        )
    reporters = Report.objects.filter(closed_by=action).exclude(reporter_id=user_id)
    was_right = action.verb != Verb.DISMISS
    notifications.notify(
        event,
        reporters.values_list("reporter_id", flat=True),
        kind=ANSWERED,
        text=_("Thank you: what you reported was acted on.")
        if was_right
        else _("What you reported was looked at, and stays as it is."),
        url=reverse("web:posts"),
        about=f"action:{action_id}",
    )


def end_hidden(restriction: Restriction) -> None:
    """Take back what was told of something that nobody reads any more."""
    player_id, post_id = restriction.player_id, restriction.post_id
    if restriction.verb == Verb.SUSPEND:
        notifications.end_by(player_id, [COMMENTED, MENTIONED])
    elif post_id is not None:
        end_all(post_id)
    elif restriction.comment is not None:
        for kind in (COMMENTED, MENTIONED):
            notifications.retract(kind=kind, actor_id=player_id, about=about(restriction.comment.post_id))
