"""What the community announces."""

from apps.events import Personal, domain_event


@domain_event(version=1)
def new_post_created(user_id: int, post_id: int, content: Personal[str], visibility: str = "public") -> None:
    """A player posted. `visibility` says for whom: `public`, `followers` or `team`.

    Announced by Post when the row is created.
    """


@domain_event(version=1)
def post_deleted(user_id: int, post_id: int) -> None:
    """A post of this player is gone, with its comments and likes, and its text is gone from the log.

    Announced by Post when the row is deleted. Who deleted it is the event's actor.
    """


@domain_event(version=1, key="liker_id")
def post_liked(liker_id: int, post_id: int) -> None:
    """A player likes a post. Announced by Like when the row is created."""


@domain_event(version=1, key="liker_id")
def post_unliked(liker_id: int, post_id: int) -> None:
    """A player no longer likes a post. Announced by Like when the row is deleted, but not
    when its post goes: `post_deleted` says that."""


@domain_event(version=1, key="commenter_id")
def post_commented(
    commenter_id: int, post_id: int, content: Personal[str], comment_id: int | None = None
) -> None:
    """A player commented on a post. Announced by Comment when the row is created."""


@domain_event(version=1, key="commenter_id")
def comment_deleted(commenter_id: int, post_id: int, comment_id: int) -> None:
    """A comment is gone, and its text from the log. Announced by Comment, but not
    when its post goes: `post_deleted` says that."""


@domain_event(version=1)
def moderation_decided(user_id: int, action_id: int, verb: str, post_id: int | None = None) -> None:
    """A moderator, or the clock, decided about what this player wrote or about him: HIDE, MUTE, SUSPEND,
    DISMISS, LIFT or EXPIRE. `post_id` is the post that was hidden, itself or by a comment on it.

    Announced by the service of moderation.
    """
