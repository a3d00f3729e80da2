"""How e-mails leave, by themselves or as a digest: claimed, committed, sent, and tried again when that fails.

Who sends a mail moves its time on, commits, and only then sends it; so nobody else sends it meanwhile, and
whoever dies in the middle leaves it for later.
"""

import logging
import random
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused

from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.notifications.models import Digest, Leaving, Mail, Outcome

BATCH = 50
# A batch ends after so long: the worker has other things to do.
SPEND_S = 2.0
# Longer than any batch takes with a server that hardly answers.
LEASE = timedelta(minutes=5)
# The pause after each failure, in seconds; after the last one it is given up, a day and a half later.
PAUSES_S = (30, 120, 600, 3_600, 6 * 3_600, 24 * 3_600)
# A server's answers from here on mean never, not later (RFC 5321, 4.2.1).
NEVER = 500

# What a server says of one mail; anything else is wrong with the server itself.
ABOUT_ONE = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError)
AWAY = timedelta(minutes=1)

logger = logging.getLogger(__name__)


@transaction.atomic
def claim(waiting: "QuerySet[Mail] | QuerySet[Digest]") -> list[int]:
    """Take those whose time has come; return their keys. They are the caller's until LEASE is over."""
    now = timezone.now()
    due = waiting.filter(outcome=Outcome.WAITING, due_at__lte=now).order_by("due_at", "pk")
    found = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    waiting.model.objects.filter(pk__in=found).update(due_at=now + LEASE)
    return found


def send_all(model: type[Mail] | type[Digest], keys: Iterable[int], send_one: Callable[[int], bool]) -> None:
    """Send what was claimed, as much as SPEND_S allows; the rest is due again at once.

    When the server does not answer, everybody's wait a little, so that only one asks whether it is back.
    """
    began, left = time.monotonic(), list(keys)
    while left and time.monotonic() - began < SPEND_S:
        if not send_one(left.pop(0)):
            wait_for_the_server(model, left)
            return
    model.objects.filter(pk__in=left, outcome=Outcome.WAITING).update(due_at=timezone.now())


def wait_for_the_server(model: type[Mail] | type[Digest], claimed: list[int]) -> None:
    """Let all that is due wait, and what was claimed and not tried."""
    later = timezone.now() + AWAY
    for each in (Mail, Digest):
        mine = Q(pk__in=claimed if each is model else ())
        each.objects.filter(Q(due_at__lt=later) | mine, outcome=Outcome.WAITING).update(due_at=later)


def attempt(found: Leaving, letter: EmailMessage) -> Exception | None:
    """Send a letter; return what went wrong, None when it left."""
    try:
        mail.mailers.default.send_messages([letter])
    except (SMTPException, OSError) as error:
        logger.warning("%s did not leave: %s", found, type(error).__name__)
        return error
    return None


def is_about_one(error: Exception) -> bool:
    """Tell whether the server is there, and said this of one e-mail."""
    return isinstance(error, ABOUT_ONE)


def postpone(found: Leaving, until: datetime) -> None:
    """Let an e-mail wait for the end of quiet hours; that is no failure."""
    found.due_at = until
    found.save(update_fields=["due_at"])


def fail(found: Leaving, error: Exception) -> None:
    """Try a mail again later, with growing pauses; give it up when that is no use."""
    found.attempts += 1
    if found.attempts > len(PAUSES_S) or is_final(error):
        settle(found, Outcome.FAILED, f"{type(error).__name__}: {said(error)}")
        return
    pause_s = PAUSES_S[found.attempts - 1] * random.uniform(1, 1.5)
    found.due_at = timezone.now() + timedelta(seconds=pause_s)
    found.note = f"{type(error).__name__}: {said(error)}"[:200]
    found.save(update_fields=["attempts", "due_at", "note"])


def is_final(error: Exception) -> bool:
    """Tell whether the server said that it will never take this."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= NEVER for code, _ in error.recipients.values())
    return False


def said(error: Exception) -> str:
    """Return what went wrong, without an address in it."""
    if isinstance(error, SMTPRecipientsRefused):
        return ", ".join(str(code) for code, _ in error.recipients.values())
    return str(error)


def settle(found: Leaving, outcome: Outcome, note: str) -> None:
    """Write down what became of a mail."""
    found.outcome, found.note, found.settled_at = outcome, note[:200], timezone.now()
    found.save(update_fields=["outcome", "note", "settled_at", "attempts"])
