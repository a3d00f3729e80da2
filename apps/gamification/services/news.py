"""What players are told of their levels."""

from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from apps.events import Event
from apps.notifications.kinds import Category, declare
from apps.notifications.services import notifications

LEVEL = declare("level_up", Category.ECONOMY, gettext_lazy("You reach a level"))


def tell_level(event: Event, user_id: int, level: int) -> None:
    """Tell a player which level he reached."""
    notifications.notify(
        event,
        [user_id],
        kind=LEVEL,
        text=gettext_noop("You reached level {level}."),
        values={"level": level},
        url=reverse("web:leaderboards"),
        also_who_did_it=True,
    )
