"""Dead letters: one action away from a retry or a discard, with who, when and why."""

import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.events import registry, stream
from apps.events.delivery import careful, failures
from apps.events.errors import EventError
from apps.events.models import DeadLetter, Lane, Subscription

logger = logging.getLogger(__name__)


class NotDead(EventError):
    """The letter does not exist or was resolved before."""


class StillFails(EventError):
    """The handler failed on the event again; the cause says how."""


def waiting() -> QuerySet[DeadLetter]:
    """Return the letters that nobody has decided about, oldest first."""
    return DeadLetter.objects.filter(resolution="").order_by("died_at", "id")


def retry(letter_id: int, *, by: str, reason: str = "") -> None:
    """Try a dead letter again: a blocked key goes on from it, in order; a skipped event runs alone, now.

    Raises NotDead, or StillFails when the handler of a skipped event failed.
    """

    def again(letter: DeadLetter, lane: Lane | None) -> None:
        if lane is None:
            _run_alone(letter)
        else:
            _reopen(lane, after=letter.position - 1)

    _resolve(letter_id, DeadLetter.Resolution.RETRIED, by, reason, again)


def discard(letter_id: int, *, by: str, reason: str) -> None:
    """Give a dead letter up for good; the later events of its key go on.

    Raises NotDead; ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("say why the event is given up: a discard needs a reason")

    def let_go(letter: DeadLetter, lane: Lane | None) -> None:
        if lane is not None:
            _reopen(lane, after=letter.position)

    _resolve(letter_id, DeadLetter.Resolution.DISCARDED, by, reason, let_go)


def _resolve(
    letter_id: int,
    resolution: DeadLetter.Resolution,
    by: str,
    reason: str,
    act: Callable[[DeadLetter, Lane | None], None],
) -> None:
    with transaction.atomic():
        letter = DeadLetter.objects.filter(pk=letter_id, resolution="").first()
        if letter is None:
            raise NotDead(f"there is no dead letter {letter_id} that waits for a decision")
        # The subscription's row first, as in every turn: its lock is the lease.
        Subscription.objects.select_for_update().get(pk=letter.subscription_id)
        letter = DeadLetter.objects.select_for_update().get(pk=letter_id)
        if letter.resolution:
            raise NotDead(
                f"dead letter {letter_id} was {letter.resolution} by {letter.resolved_by} meanwhile"
            )
        lane = Lane.objects.filter(
            subscription_id=letter.subscription_id,
            key=letter.key,
            state=Lane.State.DEAD,
            position=letter.position - 1,
        ).first()
        act(letter, lane)
        letter.resolution, letter.resolved_at = resolution, timezone.now()
        letter.resolved_by, letter.reason = by, reason
        letter.save()
    logger.info("dead letter %d of %s %s by %s", letter_id, letter.subscription_id, resolution, by)


def _reopen(lane: Lane, *, after: int) -> None:
    Lane.objects.filter(subscription_id=lane.subscription_id, key=lane.key).update(
        state=Lane.State.RETRY, attempts=0, deaths=0, due_at=timezone.now(), position=after
    )


def _run_alone(letter: DeadLetter) -> None:
    subscriber = registry.subscribers.get(letter.subscription_id)
    if subscriber is None:
        raise EventError(f"no code declares the subscriber {letter.subscription_id}: it cannot be retried")
    entries = stream.page_of_key(
        key=letter.key, types=[letter.event_type], after=letter.position - 1, upto=letter.position, limit=1
    )
    if not entries:
        raise EventError(f"the event of dead letter {letter.pk} was pruned: it can only be discarded")
    try:
        with careful.checked_savepoint():
            careful.run(subscriber, entries)
    except Exception as failure:
        cause = failures.cause_of(failure)
        raise StillFails(f"dead letter {letter.pk} fails again: {type(cause).__name__}: {cause}") from failure
