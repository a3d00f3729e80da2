"""What the community does by the clock."""

from datetime import timedelta

from apps.community.services import moderation
from apps.events import periodic


@periodic(every=timedelta(seconds=30))
def expire_restrictions() -> None:
    """Tidy up what moderators decided for a time that is over, and tell the players."""
    moderation.expire()
