"""What monitoring does by the clock, in the workers."""

from datetime import time, timedelta

from django.utils import timezone

from apps.events import periodic
from apps.monitoring.services import counting, milestones, operations, watch


@periodic(every=timedelta(minutes=1))
def look_after_watchman() -> None:
    """Say so when nobody watches."""
    watch.look_after_watchman(timezone.now())


@periodic(at=time(5, 10), snapshot=True)
def verify_figures() -> None:
    """Compare every stored figure with its source; what differs may only be behind."""
    watch.verify_figures(timezone.now())


@periodic(at=time(5, 40), snapshot=True)
def verify_figures_again() -> None:
    """Compare once more: what still differs by the same is an alert."""
    watch.verify_figures(timezone.now())


@periodic(every=timedelta(seconds=1))
def work_off_operations() -> None:
    """Do the next piece of what operators asked for."""
    operations.work_off()


@periodic(every=timedelta(seconds=10))
def note_milestones() -> None:
    """Note how far subscribers have come, so that it can be said by when an event was delivered."""
    milestones.note()


@periodic(every=timedelta(minutes=1))
def count_events() -> None:
    """Count what happened since the last time, by type, and who was active."""
    counting.count()
