"""E-mails: one row for each that is to leave, worked off by a job.

The job moves a mail's time on, commits, and only then sends it; so nobody else sends it meanwhile, and
whoever dies in the middle leaves it for later. Whether it may leave is decided at the last moment: what was
taken back, read, or is no longer wanted stays here.
"""

import logging
import random
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core import mail
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.notifications import letters
from apps.notifications.models import Mail, Notification, Outcome
from apps.notifications.services import preferences

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


def enqueue(event_id: UUID, kind: str, recipient_ids: Sequence[int]) -> None:
    """Write a row for each of these players' notifications of an event; a second time changes nothing."""
    if recipient_ids:
        told = Notification.objects.filter(event_id=event_id, kind=kind, recipient_id__in=recipient_ids)
        rows = [Mail(notification_id=pk) for pk in told.values_list("pk", flat=True)]
        Mail.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def claim() -> list[int]:
    """Take mails whose time has come; return their keys. They are the caller's until LEASE is over."""
    now = timezone.now()
    due = Mail.objects.filter(outcome=Outcome.WAITING, due_at__lte=now).order_by("due_at", "pk")
    found = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    Mail.objects.filter(pk__in=found).update(due_at=now + LEASE)
    return found


def send(keys: Iterable[int]) -> None:
    """Send claimed mails, as many as SPEND_S allows; the rest is due again at once.

    When the server does not answer, everybody's wait a little, so that only one asks whether it is back.
    """
    began, left = time.monotonic(), list(keys)
    while left and time.monotonic() - began < SPEND_S:
        if not send_one(left.pop(0)):
            later = timezone.now() + AWAY
            waiting = Mail.objects.filter(outcome=Outcome.WAITING)
            waiting.filter(Q(due_at__lt=later) | Q(pk__in=left)).update(due_at=later)
            return
    Mail.objects.filter(pk__in=left, outcome=Outcome.WAITING).update(due_at=timezone.now())


def send_one(key: int) -> bool:
    """Send one mail, and write down what became of it; tell whether the server is there."""
    found = Mail.objects.select_related("notification__recipient", "notification__actor").get(pk=key)
    reason, address = why_not(found.notification)
    if reason:
        settle(found, Outcome.WITHHELD, reason)
        return True
    try:
        mail.mailers.default.send_messages([letters.letter(found.notification, address)])
    except (SMTPException, OSError) as error:
        logger.warning("e-mail of notification %s did not leave: %s", key, type(error).__name__)
        fail(found, error)
        return isinstance(error, ABOUT_ONE)
    settle(found, Outcome.SENT, "")
    return True


def why_not(told: Notification) -> tuple[str, str]:
    """Return why an e-mail stays here, or nothing and the address that it goes to."""
    if told.retracted_at is not None:
        return "It no longer holds.", ""
    if told.read_at is not None:
        return "It was read.", ""
    if not told.recipient.is_active:
        return "The account is closed.", ""
    if told.actor is not None and not told.actor.is_active:
        return "It is about a closed account.", ""
    if not preferences.wishes(told.kind, [told.recipient_id])[told.recipient_id].by_email:
        return "It is no longer wanted by e-mail.", ""
    address = verified_address(told.recipient_id)
    return ("", address) if address else ("There is no verified address.", "")


def verified_address(user_id: int) -> str:
    """Return the address to which a player's e-mails go, empty without one that he has verified."""
    rows = EmailAddress.objects.filter(user_id=user_id, verified=True).order_by("-primary", "pk")
    found: str | None = rows.values_list("email", flat=True).first()
    return found or ""


def fail(found: Mail, error: Exception) -> None:
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


def settle(found: Mail, outcome: Outcome, note: str) -> None:
    """Write down what became of a mail."""
    found.outcome, found.note, found.settled_at = outcome, note[:200], timezone.now()
    found.save(update_fields=["outcome", "note", "settled_at", "attempts"])
