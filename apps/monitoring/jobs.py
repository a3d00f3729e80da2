"""What monitoring does by the clock, in the workers."""

from datetime import time, timedelta

from django.utils import timezone

from apps.events import periodic
from apps.monitoring.services import watch


@periodic(every=timedelta(minutes=1))
def look_after_watchman() -> None:
    """Say so when nobody watches."""
    watch.look_after_watchman(timezone.now())


@periodic(at=time(5, 10), snapshot=True)
def verify_figures() -> None:
    """Compare every stored figure with its source; a drift is an alert."""
    watch.verify_figures(timezone.now())
