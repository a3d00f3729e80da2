"""Dead letters: one action away from a retry or a discard, with who, when and why."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.events import acts, registry, stream
from apps.events.delivery import careful, failures
from apps.events.errors import EventError
from apps.events.models import DeadLetter, Subscription

# The keys that these letters hold back go on: from the letter again, or behind it.
REOPEN = """
UPDATE event_lane n
   SET state = 'retry', attempts = 0, deaths = 0, due_at = clock_timestamp(),
       position = d.position - CASE WHEN %(again)s THEN 1 ELSE 0 END
  FROM event_dead_letter d
 WHERE d.id = ANY(%(ids)s) AND n.subscription_id = d.subscription_id AND n.key = d.key
   AND n.state = 'dead' AND n.position = d.position - 1
RETURNING d.id
"""

logger = logging.getLogger(__name__)


class NotDead(EventError):
    """The letter does not exist or was resolved before."""


class StillFails(EventError):
    """The handler failed on the event again; the cause says how."""


@dataclass(slots=True)
class Decided:
    """What became of a decision about many letters: which were settled, and why others were not."""

    done: list[int] = field(default_factory=list)
    failed: dict[int, EventError] = field(default_factory=dict)


def waiting() -> QuerySet[DeadLetter]:
    """Return the letters that nobody has decided about, oldest first."""
    return DeadLetter.objects.filter(resolution="").order_by("died_at", "id")


def retry(letter_id: int, *, by: str, reason: str = "") -> None:
    """Try a dead letter again: a blocked key goes on from it, in order; a skipped event runs alone, now.

    Raises NotDead, or StillFails when the handler of a skipped event failed.
    """
    _settled(letter_id, retry_many([letter_id], by=by, reason=reason))


def discard(letter_id: int, *, by: str, reason: str) -> None:
    """Give a dead letter up for good; the later events of its key go on.

    Raises NotDead; ValueError without a reason.
    """
    _settled(letter_id, discard_many([letter_id], by=by, reason=reason))


def retry_many(letter_ids: Iterable[int], *, by: str, reason: str = "") -> Decided:
    """Try letters again, as `retry` does; one that still fails stays and keeps nobody else from it.

    Letters that are not waiting any more are passed over.
    """
    return _decide(letter_ids, DeadLetter.Resolution.RETRIED, by, reason, _run_alone)


def discard_many(letter_ids: Iterable[int], *, by: str, reason: str) -> Decided:
    """Give letters up for good, as `discard` does. Raises ValueError without a reason."""
    if not reason.strip():
        raise ValueError("say why the event is given up: a discard needs a reason")
    return _decide(letter_ids, DeadLetter.Resolution.DISCARDED, by, reason, _let_go)


def _settled(letter_id: int, decided: Decided) -> None:
    if letter_id in decided.failed:
        raise decided.failed[letter_id]
    if not decided.done:
        letter = DeadLetter.objects.filter(pk=letter_id).first()
        if letter is None:
            raise NotDead(f"there is no dead letter {letter_id}")
        raise NotDead(f"dead letter {letter_id} was {letter.resolution} by {letter.resolved_by} before")


def _decide(
    letter_ids: Iterable[int],
    resolution: DeadLetter.Resolution,
    by: str,
    reason: str,
    alone: Callable[[DeadLetter], None],
) -> Decided:
    """Decide about letters, subscriber by subscriber, each in one transaction."""
    wanted = DeadLetter.objects.filter(pk__in=list(letter_ids), resolution="")
    decided = Decided()
    for name in sorted(set(wanted.values_list("subscription_id", flat=True))):
        with transaction.atomic():
            # The subscription's row first, as in every turn: its lock is the lease.
            Subscription.objects.select_for_update().get(pk=name)
            letters = list(wanted.filter(subscription_id=name).select_for_update().order_by("position"))
            reopened = _reopen(letters, again=resolution == DeadLetter.Resolution.RETRIED)
            for letter in letters:
                if letter.pk not in reopened:
                    try:
                        alone(letter)
                    except EventError as error:
                        decided.failed[letter.pk] = error
            done = [letter.pk for letter in letters if letter.pk not in decided.failed]
            if done:
                now = timezone.now()
                DeadLetter.objects.filter(pk__in=done).update(
                    resolution=resolution, resolved_at=now, resolved_by=by, reason=reason
                )
                acts.record(resolution, name, by=by, reason=reason, letters=done)
            decided.done += done
            logger.info("%d dead letters of %s %s by %s", len(done), name, resolution, by)
    return decided


def _reopen(letters: Sequence[DeadLetter], *, again: bool) -> set[int]:
    """Let the keys go on that these letters hold back; return the letters that held one back."""
    with connection.cursor() as cursor:
        cursor.execute(REOPEN, {"ids": [letter.pk for letter in letters], "again": again})
        return {letter_id for (letter_id,) in cursor.fetchall()}


def _let_go(letter: DeadLetter) -> None:
    """Leave an event alone whose key has gone on already."""


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
