"""What the backbone does by the clock."""

from datetime import timedelta

from django.utils import timezone

from apps.events import tallies
from apps.events.schedule import periodic


@periodic(every=timedelta(hours=1))
def compact_tallies() -> None:
    """Make hours of the minutes that nobody looks at any more, and forget old hours."""
    tallies.compact(timezone.now())
