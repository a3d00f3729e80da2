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


def tell_backfilled(event: Event, user_id: int, codes: list[str]) -> None:
    """Tell a player at once how much he achieved before it was counted. Codes that are gone do not count."""
    player = selectors.cards([user_id]).get(user_id)
    count = sum(code in BY_CODE for code in codes)
    if player is None or not count:
        return
    one = _("You have earned an achievement from before.")
    many = _("You have earned {count} achievements from before.")
    notifications.notify(
        event,
        [user_id],
        kind=ACHIEVED,
        text=one if count == 1 else many,
        values={"count": count},
        url=reverse("web:achievements", args=[player.username]),
        about="achievements:before",
        also_who_did_it=True,
    )


def end_unlocked(user_id: int, code: str) -> None:
    """Take back that a player achieved something."""
    notifications.retract(kind=ACHIEVED, recipient_ids=[user_id], about=f"achievement:{code}")
