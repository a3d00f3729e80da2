"""What the operators' pages leave to the workers."""

from datetime import timedelta

from apps.events import periodic
from apps.monitoring.services import counting, milestones, operations


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
