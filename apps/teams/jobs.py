"""What teams do by the clock."""

from datetime import timedelta

from apps.events import periodic
from apps.teams.services import invitations, requests

CLOSED_A_TURN_MAX = 500


@periodic(every=timedelta(minutes=5))
def expire_what_is_due() -> None:
    """Close invitations and requests that nobody answered in time."""
    invitations.expire(CLOSED_A_TURN_MAX)
    requests.expire(CLOSED_A_TURN_MAX)
