"""What gamification does, after the commit, about what happened elsewhere."""

from typing import Any

from apps.events import Event, subscriber
from apps.gamification.rules import RULES
from apps.gamification.services import news, xp
from apps.gamification.signals import level_up


@subscriber(*RULES, since="beginning", batch=True)
def grant_xp(events: list[Event], **_: Any) -> None:
    """Give points for what was done, and take back those for what no longer holds."""
    xp.grant(events)


@subscriber(level_up, since="now", replay="refuse")
def tell_of_levels(event: Event, user_id: int, level: int, **_: Any) -> None:
    """Tell players which level they reached."""
    news.tell_level(event, user_id, level)
