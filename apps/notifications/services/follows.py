"""What players are told about who follows them."""

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from apps.events import Event
from apps.notifications.kinds import Category, declare
from apps.notifications.services import notifications

FOLLOWED = declare(
    "followed",
    Category.SOCIAL,
    gettext_lazy("Somebody follows you"),
    together=_("{actor} and {others} follow you."),
)
REQUESTED = declare(
    "follow_requested",
    Category.SOCIAL,
    gettext_lazy("Somebody asks to follow you"),
    together=_("{actor} and {others} ask to follow you."),
    by_email=True,
)
APPROVED = declare("follow_approved", Category.SOCIAL, gettext_lazy("Somebody lets you follow"))


def tell_followed(event: Event, follower_id: int, followed_id: int) -> None:
    """Tell a player who follows him now."""
    notifications.notify(
        event, [followed_id], kind=FOLLOWED, text=_("{actor} follows you."), actor_id=follower_id
    )


def tell_requested(event: Event, follower_id: int, followed_id: int, requests_url: str) -> None:
    """Tell a player who asks to follow him."""
    notifications.notify(
        event,
        [followed_id],
        kind=REQUESTED,
        text=_("{actor} asks to follow you."),
        url=requests_url,
        actor_id=follower_id,
    )


def tell_approved(event: Event, follower_id: int, followed_id: int) -> None:
    """Tell a player that he may follow whom he asked to."""
    end_request(follower_id, followed_id)
    notifications.notify(
        event,
        [follower_id],
        kind=APPROVED,
        text=_("{actor} lets you follow. You see what followers see now."),
        actor_id=followed_id,
    )


def end_follow(follower_id: int, followed_id: int) -> None:
    """Take back that somebody follows, and that he was let to."""
    notifications.retract(kind=FOLLOWED, recipient_ids=[followed_id], actor_id=follower_id)
    notifications.retract(kind=APPROVED, recipient_ids=[follower_id], actor_id=followed_id)


def end_request(follower_id: int, followed_id: int) -> None:
    """Take back that somebody asks: it was answered, or he no longer does. A refusal is told to nobody."""
    notifications.retract(kind=REQUESTED, recipient_ids=[followed_id], actor_id=follower_id)
