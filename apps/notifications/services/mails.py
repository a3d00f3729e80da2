"""E-mails: one row for each that is to leave, worked off by a job.

Whether it may leave is decided at the last moment: what was taken back, read, or is no longer wanted stays
here. It leaves by itself, at once but for quiet hours, or in the digest of the player's day.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from allauth.account.models import EmailAddress
from django.utils import timezone

from apps.notifications import kinds, letters
from apps.notifications.models import Digest, Mail, Notification, Outcome
from apps.notifications.services import hours, leaving, preferences


def enqueue(event_id: UUID, kind: str, recipient_ids: Sequence[int]) -> None:
    """Write a row for each of these players' notifications of an event; a second time changes nothing."""
    if not recipient_ids:
        return
    told = Notification.objects.filter(
        event_id=event_id, kind=kind, recipient_id__in=recipient_ids, mail=None
    )
    wanted = hours.times_of_all(list(recipient_ids))
    is_urgent = kinds.of(kind).urgent
    rows = []
    # In the order of players: each digest is locked until this is committed.
    for pk, recipient_id in told.order_by("recipient_id").values_list("pk", "recipient_id"):
        times = wanted[recipient_id]
        is_daily = times.is_daily and not is_urgent
        rows.append(row(pk, hours.digest_for(recipient_id, times) if is_daily else None))
    Mail.objects.bulk_create(rows, ignore_conflicts=True)


def row(notification_id: int, digest: Digest | None) -> Mail:
    """Return the mail of a notification, which leaves at once or in a digest."""
    due_at = digest.due_at if digest else timezone.now()
    return Mail(notification_id=notification_id, digest=digest, due_at=due_at)


def claim() -> list[int]:
    """Take mails whose time has come; return their keys."""
    return leaving.claim(Mail.objects.filter(digest=None))


def send(keys: Iterable[int]) -> None:
    """Send claimed mails."""
    leaving.send_all(Mail, keys, send_one)


def send_one(key: int) -> bool:
    """Send one mail, and write down what became of it; tell whether the server is there."""
    found = Mail.objects.select_related("notification__recipient", "notification__actor").get(pk=key)
    told = found.notification
    reason, address = why_not(told)
    if reason:
        leaving.settle(found, Outcome.WITHHELD, reason)
        return True
    quiet_until = hours.times_of(told.recipient_id).quiet_until_at(timezone.now())
    if quiet_until and not kinds.of(told.kind).urgent:
        leaving.postpone(found, quiet_until)
        return True
    error = leaving.attempt(found, letters.letter(told, address))
    if error is None:
        leaving.settle(found, Outcome.SENT, "")
        return True
    leaving.fail(found, error)
    return leaving.is_about_one(error)


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
