"""Tell players what concerns them, and take it back when it no longer holds.

Apps above call `notify` and `retract` from their own subscribers, which declare `replay="refuse"`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.events import Event, EventError
from apps.live import bells
from apps.notifications import kinds
from apps.notifications.models import Digest, Notification, NotificationQuerySet
from apps.notifications.services import hours, mails, preferences
from apps.user_profile.selectors.hearing import who_hears

# Older than this it is history, not news: what is imported or heard late tells nobody.
NEWS_DAYS = 7
# Read or taken back, it is kept so long.
KEPT_DAYS = 90


class NotNamed(EventError):
    """What is to be taken back has to be named by its recipients or by what it is about."""


@transaction.atomic
def notify(
    event: Event,
    recipient_ids: Iterable[int],
    *,
    kind: str,
    text: str,
    url: str = "",
    actor_id: int | None = None,
    values: Mapping[str, str | int] | None = None,
    about: str = "",
    also_who_did_it: bool = False,
) -> None:
    """Tell players about an event where they want to be told of this kind; a second time changes nothing.

    `text` is marked for translation (`gettext_noop`) and may hold `{actor}` and the keys of `values`. Nobody
    is told what he did himself, but by `also_who_did_it` what came of it; nothing is told of somebody who is
    muted or blocked, or of what is old.
    """
    if event.created_at - event.occurred_at > timedelta(days=NEWS_DAYS):
        return
    wanted = set(recipient_ids) - {actor_id, None if also_who_did_it else event.actor_id}
    hearers = sorted(who_hears(actor_id, {each for each in wanted if each is not None}))
    wishes = preferences.wishes(kind, hearers)
    Notification.objects.bulk_create(
        [
            Notification(
                recipient_id=recipient_id,
                event_id=event.id,
                kind=kind,
                text=text,
                values=dict(values or {}),
                url=url,
                actor_id=actor_id,
                about=about,
                thread=thread_of(event, kind, about),
                is_shown=wishes[recipient_id].in_app,
                occurred_at=event.occurred_at,
            )
            for recipient_id in hearers
            if wishes[recipient_id].in_app or wishes[recipient_id].by_email
        ],
        ignore_conflicts=True,
    )
    mails.enqueue(event.id, kind, [each for each in hearers if wishes[each].by_email])
    ring(hearers)


def thread_of(event: Event, kind: str, about: str) -> str:
    """Return with what it is told together: the same of one thing on one day, or nothing."""
    if not kinds.of(kind).together:
        return str(event.id)
    return f"{kind}:{about}:{event.occurred_at:%Y-%m-%d}"


def retract(
    *, kind: str, recipient_ids: Iterable[int] = (), actor_id: int | None = None, about: str = ""
) -> int:
    """Take back what no longer holds; return how many lines that were.

    Raises NotNamed when neither recipients nor what it is about are given.
    """
    recipients = set(recipient_ids)
    if not recipients and not about:
        raise NotNamed("retract needs recipient_ids or about, or it would take back a whole kind")
    rows = Notification.objects.filter(kind=kind)
    if recipients:
        rows = rows.filter(recipient_id__in=recipients)
    if actor_id is not None:
        rows = rows.filter(actor_id=actor_id)
    if about:
        rows = rows.filter(about=about)
    return take_back(rows)


def end_between(user_id: int, other_id: int) -> None:
    """Take back all that two players were told of each other: there is a block between them."""
    theirs = Q(recipient_id=user_id, actor_id=other_id) | Q(recipient_id=other_id, actor_id=user_id)
    take_back(Notification.objects.filter(theirs))


def end_of(recipient_id: int, actor_id: int) -> None:
    """Take back all that a player was told of somebody whom he mutes."""
    take_back(Notification.objects.filter(recipient_id=recipient_id, actor_id=actor_id))


def end_by(actor_id: int, kinds_: Iterable[str]) -> None:
    """Take back all of these kinds that came from somebody whom nobody reads any more."""
    take_back(Notification.objects.filter(actor_id=actor_id, kind__in=list(kinds_)))


@transaction.atomic
def take_back(rows: NotificationQuerySet) -> int:
    """Take back those of these rows that stand; return how many."""
    found = list(rows.standing().select_for_update(no_key=True).order_by("pk").values_list("pk", "recipient"))
    if found:
        Notification.objects.filter(pk__in=[pk for pk, _ in found]).update(retracted_at=timezone.now())
        ring(recipient_id for _, recipient_id in found)
    return len(found)


@transaction.atomic
def mark_read(*, recipient_id: int, notification_id: int) -> bool:
    """Mark a line of a player's own as read, with what is told together with it and came before; return
    whether there is one.
    """
    line = Notification.objects.shown().filter(recipient_id=recipient_id, pk=notification_id).first()
    if line is None:
        return False
    rows = Notification.objects.unread().filter(recipient_id=recipient_id, thread=line.thread)
    if rows.filter(pk__lte=line.pk).update(read_at=timezone.now()):
        ring([recipient_id])
    return True


@transaction.atomic
def mark_all_read(*, recipient_id: int, up_to_id: int) -> int:
    """Mark all that a player was shown as read: what came after `up_to_id` he has not seen."""
    rows = Notification.objects.unread().filter(recipient_id=recipient_id, pk__lte=up_to_id)
    count = rows.update(read_at=timezone.now())
    ring([recipient_id])
    return count


def ring(recipient_ids: Iterable[int]) -> None:
    """Let the open pages of these players look again."""
    bells.ring(f"told:{recipient_id}" for recipient_id in recipient_ids)


def forget(user_id: int) -> None:
    """Delete what a player was told, and when he wanted to be."""
    Notification.objects.filter(recipient_id=user_id).delete()
    hours.forget(user_id)


def prune(now: datetime) -> int:
    """Delete what was read or taken back, and is old; return how many lines that were."""
    old = now - timedelta(days=KEPT_DAYS)
    Digest.objects.filter(settled_at__lt=old, mails=None).delete()
    done = Notification.objects.filter(created_at__lt=old).exclude(mail__outcome="WAITING")
    return (
        done.filter(Q(read_at__lt=old) | Q(retracted_at__lt=old))
        .delete()[1]
        .get("notifications.Notification", 0)
    )
