"""What notifications do by the clock."""

from datetime import time, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from apps.events import periodic
from apps.notifications.services import digests, mails, notifications


@periodic(every=timedelta(seconds=2))
def send_mails() -> None:
    """Send the e-mails whose time has come: claimed here, sent once that is committed."""
    for leaving in (mails, digests):
        claimed = leaving.claim()
        if claimed:
            transaction.on_commit(partial(leaving.send, claimed))


@periodic(at=time(hour=4, minute=50))
def prune_notifications() -> None:
    """Delete what was read or taken back long ago."""
    notifications.prune(timezone.now())
