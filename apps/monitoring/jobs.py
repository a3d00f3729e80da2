"""What the operators' pages leave to the workers."""

from datetime import timedelta

from apps.events import periodic
from apps.monitoring.services import operations


@periodic(every=timedelta(seconds=1))
def work_off_operations() -> None:
    """Do the next piece of what operators asked for."""
    operations.work_off()
