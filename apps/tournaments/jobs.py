"""What tournaments do by the clock."""

from datetime import timedelta

from apps.events import periodic
from apps.tournaments.services import check_in, reports

CONFIRMED_A_TURN_MAX = 200


@periodic(every=timedelta(minutes=1))
def advance_check_ins() -> None:
    """Open check-ins, remind who is missing, and drop who did not come."""
    check_in.advance_due()


@periodic(every=timedelta(minutes=1))
def confirm_reports() -> None:
    """Let reports hold that nobody contradicted in time."""
    reports.confirm_due(CONFIRMED_A_TURN_MAX)
