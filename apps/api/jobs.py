"""What the API does now and then."""

from datetime import timedelta

from apps.api import limits
from apps.api.services import idempotency
from apps.events.schedule import periodic


@periodic(every=timedelta(hours=1))
def forget() -> None:
    """Drop the answers and allowances that have served their time."""
    idempotency.forget()
    limits.forget()
