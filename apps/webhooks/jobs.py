"""What webhooks do by the clock."""

from datetime import time

from django.utils import timezone

from apps.events import periodic
from apps.webhooks.services import deliveries


@periodic(at=time(4, 30))
def forget_old_deliveries() -> None:
    """Delete what was delivered, or held in vain, long ago."""
    deliveries.prune(timezone.now())
