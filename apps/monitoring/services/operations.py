"""Long work: planned and counted, begun by an operator's word, done piece by piece by a worker."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.events import again, deadletters
from apps.events.again import Selection
from apps.events.errors import EventError
from apps.monitoring.models.operations import MOVING, Operation, State, Verb
from apps.monitoring.selectors.letters import Letters

# How many letters are decided about at a time, and how long a worker stays with it before others get a turn.
SLICE = 200
PIECE_S_MAX = 0.5
# The work waits a little longer for a subscriber than a turn does, which would come back by itself.
LOCK_WAIT = "3s"


class NotNow(EventError):
    """The operation is in another state by now; the message says in which."""


def decide(verb: Verb, letters: Letters, *, reason: str, by_id: int) -> Operation:
    """Plan a decision about the dead letters that a query finds now. Raises ValidationError."""
    counts = letters.counts()
    if not counts:
        raise ValidationError(_("No letter that waits for a decision fits this."))
    fixed = Letters(**{**letters.as_dict(), "upto": letters.upto or letters.newest()})
    return _plan(
        verb, fixed.as_dict(), reason, by_id, state=State.READY, counts=counts, total=sum(counts.values())
    )


def replay(
    name: str, selection: Selection, *, reason: str, by_id: int, since_time: datetime | None = None
) -> Operation:
    """Plan that a subscriber hears events again; a worker counts them first. Raises ValidationError."""
    stored = {
        "subscriber": name,
        "since": selection.since,
        "since_time": since_time.isoformat() if since_time else "",
        "to": selection.to,
        "types": list(selection.types),
        "users": list(selection.users),
    }
    return _plan(Verb.REPLAY, stored, reason, by_id, state=State.COUNTING)


def rebuild(name: str, *, reason: str, by_id: int) -> Operation:
    """Plan that a subscriber's sums are made anew; a worker counts first. Raises ValidationError."""
    return _plan(Verb.REBUILD, {"subscriber": name}, reason, by_id, state=State.COUNTING)


def _plan(verb: Verb, selection: dict[str, Any], reason: str, by_id: int, **facts: Any) -> Operation:
    if not reason.strip():
        raise ValidationError(_("Say why: the reason is kept with what is done."))
    return Operation.objects.create(
        verb=verb, selection=selection, reason=reason.strip(), by_id=by_id, **facts
    )


def begin(operation_id: int) -> None:
    """Begin what was planned and counted. Raises NotNow."""
    _turn(operation_id, [State.READY], State.RUNNING, started_at=timezone.now())


def cancel(operation_id: int) -> None:
    """Give up what has not begun. Raises NotNow."""
    _turn(operation_id, [State.READY, State.COUNTING], State.CANCELLED, ended_at=timezone.now())


def go_on(operation_id: int) -> None:
    """Go on where it was stopped. Raises NotNow."""
    _turn(operation_id, [State.STOPPED], State.RUNNING, ended_at=None)


@transaction.atomic
def stop(operation_id: int, *, by: str) -> None:
    """Stop between two pieces; what was done stays done. Raises NotNow, or CannotReplay for a rebuild."""
    operation = _turn(operation_id, [State.RUNNING], State.STOPPED, ended_at=timezone.now())
    if operation.verb == Verb.REBUILD or operation.until:
        name = operation.selection["subscriber"]
        # Read after the lock: the place that it stops at is where it will go on.
        operation.reached = again.stop(name, by=by, reason=operation.reason)
        operation.until = 0
        operation.save(update_fields=["reached", "until"])


@transaction.atomic
def _turn(operation_id: int, allowed: Sequence[State], state: State, **facts: Any) -> Operation:
    operation = Operation.objects.select_for_update().get(pk=operation_id)
    if operation.state not in allowed:
        shown = operation.get_state_display()
        raise NotNow(_("It has changed meanwhile: %(state)s.") % {"state": shown})
    for name, value in {"state": state, **facts}.items():
        setattr(operation, name, value)
    operation.save(update_fields=["state", *facts])
    return operation


def work_off() -> None:
    """Do the next piece of every operation that is under way, each in one transaction with its progress."""
    ids = Operation.objects.filter(state__in=MOVING).order_by("pk").values_list("pk", flat=True)
    for operation_id in list(ids):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
            rows = Operation.objects.select_for_update(skip_locked=True, of=("self",)).select_related("by")
            operation = rows.filter(pk=operation_id, state__in=MOVING).first()
            if operation is not None:
                _do_a_piece(operation)


def _do_a_piece(operation: Operation) -> None:
    try:
        with transaction.atomic():
            PIECES[operation.state, operation.is_about_letters](operation)
    except EventError as error:
        operation.refresh_from_db()
        operation.state, operation.ended_at, operation.note = State.FAILED, timezone.now(), str(error)
    operation.save()


def _count(operation: Operation) -> None:
    """Count what a replay or a rebuild would deliver."""
    if operation.selection.get("since_time"):
        operation.selection["since"] = again.position_at(
            datetime.fromisoformat(operation.selection["since_time"])
        )
    made = (
        again.plan_rebuild(operation.selection["subscriber"])
        if operation.verb == Verb.REBUILD
        else again.plan(operation.selection["subscriber"], _selection(operation))
    )
    operation.counts, operation.total, operation.state = made.counts, made.total, State.READY


def _hear_again(operation: Operation) -> None:
    """Rewind the subscriber, and afterwards follow how far it has come."""
    name, by, reason = operation.selection["subscriber"], operation.by.username, operation.reason
    if not operation.until:
        if operation.verb == Verb.REBUILD:
            made = again.rebuild(name, by=by, reason=reason)
        else:
            made = again.replay(name, _selection(operation), by=by, reason=reason)
        operation.until, operation.reached = made.until, made.since - 1
        operation.counts = operation.counts or made.counts
    place = again.place(name)
    operation.reached = min(place.position, operation.until)
    first = operation.selection.get("since") or 1
    length = max(operation.until - first + 1, 1)
    operation.done = operation.total * min(operation.reached - first + 1, length) // length
    operation.note = place.paused
    if place.position >= place.replay_until or place.position >= operation.until:
        _end(operation)
        operation.done = operation.total


def _decide_about_letters(operation: Operation) -> None:
    """Decide about the next letters, until the time of a piece is over."""
    letters = Letters.of(operation.selection)
    deadline = time.monotonic() + PIECE_S_MAX
    while True:
        waiting = letters.waiting().filter(pk__gt=operation.reached)
        ids = list(waiting.values_list("pk", flat=True)[:SLICE])
        if not ids:
            _end(operation)
            return
        act = deadletters.retry_many if operation.verb == Verb.RETRY else deadletters.discard_many
        decided = act(ids, by=operation.by.username, reason=operation.reason)
        operation.done += len(decided.done)
        operation.failed += len(decided.failed)
        operation.reached = ids[-1]
        for error in decided.failed.values():
            operation.note = str(error)
        if time.monotonic() > deadline:
            return


def _end(operation: Operation) -> None:
    operation.state, operation.ended_at = State.DONE, timezone.now()


def _selection(operation: Operation) -> Selection:
    stored = operation.selection
    since = max(stored["since"], operation.reached + 1)
    return Selection(since, stored["to"], stored["types"], stored["users"])


# What comes next, by the state and whether it is about letters.
PIECES: dict[tuple[str, bool], Callable[[Operation], None]] = {
    (State.COUNTING, False): _count,
    (State.RUNNING, False): _hear_again,
    (State.RUNNING, True): _decide_about_letters,
}
