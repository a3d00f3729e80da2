"""What gamification does, after the commit, about what happened elsewhere."""

from typing import Any

from apps.events import Event, subscriber
from apps.gamification.rules import RULES
from apps.gamification.services import xp


@subscriber(*RULES, since="beginning", batch=True)
def grant_xp(events: list[Event], **_: Any) -> None:
    """Give points for what was done, and take back those for what no longer holds."""
    xp.grant(events)
