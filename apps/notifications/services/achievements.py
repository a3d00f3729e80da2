"""What players are told about what they achieved."""

from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from apps.events import Event
from apps.notifications import kinds
from apps.notifications.services import notifications
from apps.user_profile import selectors
from apps.user_profile.achievements import BY_CODE

ACHIEVED = kinds.declare("achievement", kinds.Category.ECONOMY, gettext_lazy("You have a new achievement"))


def tell_unlocked(event: Event, user_id: int, code: str) -> None:
    """Tell a player what he achieved, also by what he did himself. A code that is gone means nothing."""
    player = selectors.cards([user_id]).get(user_id)
    if player is None or code not in BY_CODE:
        return
    notifications.notify(
        event,
        [user_id],
        kind=ACHIEVED,
        text=_("You have a new achievement: {achievement}."),
        values={"achievement": str(BY_CODE[code].title)},
        url=reverse("web:achievements", args=[player.username]),
        about=f"achievement:{code}",
        also_who_did_it=True,
    )


def end_unlocked(user_id: int, code: str) -> None:
    """Take back that a player achieved something."""
    notifications.retract(kind=ACHIEVED, recipient_ids=[user_id], about=f"achievement:{code}")
