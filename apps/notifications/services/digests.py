"""The e-mail with all of a player's day: one for each of his days, however often a worker dies over it.

Its row is claimed, sent and tried again as any e-mail's. What is in it is decided when it leaves; what
becomes of its lines is written in the transaction that says that it left.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from apps.notifications import letters
from apps.notifications.models import Digest, Mail, Outcome
from apps.notifications.services import hours, leaving, mails

NOTHING_LEFT = "Nothing of it holds any more."


def claim() -> list[int]:
    """Take digests whose time has come; return their keys."""
    return leaving.claim(Digest.objects.all())


def send(keys: Iterable[int]) -> None:
    """Send claimed digests."""
    leaving.send_all(Digest, keys, send_one)


def send_one(key: int) -> bool:
    """Send one digest, and write down what became of it; tell whether the server is there."""
    found = Digest.objects.get(pk=key)
    quiet_until = hours.times_of(found.user_id).quiet_until_at(timezone.now())
    if quiet_until:
        leaving.postpone(found, quiet_until)
        return True
    told, address, reasons = [], "", {}
    for each in lines_of(found):
        reasons[each.pk], whereto = mails.why_not(each.notification)
        if not reasons[each.pk]:
            told.append(each.notification)
            address = whereto
    if not told:
        settle(found, Outcome.WITHHELD, NOTHING_LEFT, reasons)
        return True
    error = leaving.attempt(found, letters.digest(found, told, address))
    if error is None:
        settle(found, Outcome.SENT, "", reasons)
        return True
    fail(found, error, reasons)
    return leaving.is_about_one(error)


@transaction.atomic
def fail(digest: Digest, error: Exception, reasons: dict[int, str]) -> None:
    """Try a digest again later; what is given up is given up with its lines."""
    leaving.fail(digest, error)
    if digest.outcome == Outcome.FAILED:
        settle(digest, Outcome.FAILED, digest.note, reasons)


def lines_of(digest: Digest) -> Iterable[Mail]:
    """Return the mails that are in a digest and not settled, in order."""
    rows = Mail.objects.filter(digest=digest, outcome=Outcome.WAITING).order_by("pk")
    return rows.select_related("notification__recipient", "notification__actor")


@transaction.atomic
def settle(digest: Digest, outcome: Outcome, note: str, reasons: dict[int, str]) -> None:
    """Write down what became of a digest and of its lines, each withheld for its reason or as the digest.

    What was put into it while it left goes with the next.
    """
    Digest.objects.select_for_update(no_key=True).get(pk=digest.pk)
    leaving.settle(digest, outcome, note)
    late = []
    for each in lines_of(digest):
        if each.pk not in reasons:
            late.append(each.pk)
        elif reasons[each.pk]:
            leaving.settle(each, Outcome.WITHHELD, reasons[each.pk])
        else:
            leaving.settle(each, outcome, note)
    if late:
        following = hours.digest_for(digest.user_id, hours.times_of(digest.user_id))
        Mail.objects.filter(pk__in=late).update(digest=following, due_at=following.due_at)
