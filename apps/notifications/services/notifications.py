"""Tell players what concerns them, and take it back when it no longer holds.

Apps above call `notify` and `retract` from their own subscribers, which declare `replay="refuse"`.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.events import Event, EventError
from apps.notifications.models import Notification
from apps.user_profile.selectors.hearing import who_hears

# Older than this it is history, not news: what is imported or heard late tells nobody.
NEWS_DAYS = 7


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
    """Tell players about an event; a second time changes nothing.

    `text` is marked for translation (`gettext_noop`) and may hold `{actor}` and the keys of `values`. Nobody
    is told what he did himself, but by `also_who_did_it` what came of it; nothing is told of somebody who is
    muted or blocked, or of what is old.
    """
    if event.created_at - event.occurred_at > timedelta(days=NEWS_DAYS):
        return
    wanted = set(recipient_ids) - {actor_id, None if also_who_did_it else event.actor_id}
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
                occurred_at=event.occurred_at,
            )
            for recipient_id in sorted(who_hears(actor_id, {each for each in wanted if each is not None}))
        ],
        ignore_conflicts=True,
    )


def retract(
    *, kind: str, recipient_ids: Iterable[int] = (), actor_id: int | None = None, about: str = ""
) -> int:
    """Take back what no longer holds; return how many lines that were.

    Raises NotNamed when neither recipients nor what it is about are given.
    """
    recipients = set(recipient_ids)
    if not recipients and not about:
        raise NotNamed("retract needs recipient_ids or about, or it would take back a whole kind")
    rows = Notification.objects.standing().filter(kind=kind)
    if recipients:
        rows = rows.filter(recipient_id__in=recipients)
    if actor_id is not None:
        rows = rows.filter(actor_id=actor_id)
    if about:
        rows = rows.filter(about=about)
    return rows.update(retracted_at=timezone.now())


def mark_read(*, recipient_id: int, notification_id: int) -> bool:
    """Mark a line of a player's own as read; return whether there is one."""
    rows = Notification.objects.standing().filter(recipient_id=recipient_id, pk=notification_id)
    return bool(rows.filter(read_at=None).update(read_at=timezone.now())) or rows.exists()


def mark_all_read(*, recipient_id: int, up_to_id: int) -> int:
    """Mark all that a player was shown as read: what came after `up_to_id` he has not seen."""
    rows = Notification.objects.unread().filter(recipient_id=recipient_id, pk__lte=up_to_id)
    return rows.update(read_at=timezone.now())


def forget(user_id: int) -> None:
    """Delete what a player was told."""
    Notification.objects.filter(recipient_id=user_id).delete()
