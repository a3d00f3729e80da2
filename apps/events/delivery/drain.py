"""The unit of work: one turn of one subscriber, in one transaction.

The effects of a batch and the advance of the subscriber's position commit together; that is what exactly
once means here. The row lock on the subscription is the lease: the kernel and the server free it however
the holder dies.
"""

import enum
import logging
import time
from dataclasses import dataclass

from django.db import connection, transaction

from apps.events import stream
from apps.events.delivery import careful, failures, lanes
from apps.events.delivery.failures import TryAgain
from apps.events.subscriptions import Subscriber

BATCH = 500
# An idle subscriber's row is not written at every event of others; only when it falls this far behind.
IDLE_LAG_MAX = 1_000

# The head is read in the locking statement: a head read later than the page would skip what came between. The
# row, unlike the head, is as of the lock; so the head may be the older of the two, never the newer.
LOCK = """
SELECT s.position, s.parked, s.paused, q.position AS head
  FROM event_subscription s CROSS JOIN event_sequencer q
 WHERE s.name = %s FOR UPDATE OF s SKIP LOCKED
"""
ADVANCE = """
UPDATE event_subscription
   SET position = %(position)s, parked = parked + %(parked)s, delivered = delivered + %(delivered)s,
       failed = failed + %(failed)s, busy_ms = busy_ms + %(busy_ms)s
 WHERE name = %(name)s
"""

logger = logging.getLogger(__name__)


class Outcome(enum.Enum):
    """What a turn found."""

    BUSY = "another worker has it"
    PAUSED = "paused"
    IDLE = "nothing to do"
    WORKED = "handled"


@dataclass(frozen=True, slots=True)
class Lease:
    """The subscription as of the lock, and the head of the stream."""

    position: int
    parked: int
    paused: str
    head: int


@dataclass(slots=True)
class Result:
    """What a turn will write about itself."""

    position: int
    delivered: int = 0
    failed: int = 0
    parked: int = 0


def drain(subscriber: Subscriber, *, lanes_first: bool = True, impatient: bool = False) -> Outcome:
    """Run one turn: a lane that is due, or the next batch of the stream.

    The first pass has no savepoints. If anything fails, the COMMIT included, it is rolled back and run again
    carefully. Raises TryAgain when the database was busy or away. `impatient` treats every lane as due.
    """
    turn = Turn(subscriber, lanes_first=lanes_first, impatient=impatient)
    try:
        try:
            return turn.run(careful_pass=False)
        except Exception as error:
            if failures.is_nobodys_fault(error):
                raise
            logger.info(
                "%s: going over a failed batch carefully: %r", subscriber.name, failures.cause_of(error)
            )
            return turn.run(careful_pass=True)
    except Exception as error:
        if failures.is_nobodys_fault(error):
            raise TryAgain(f"{subscriber.name}: {failures.cause_of(error)}") from error
        raise


class Turn:
    """One turn of one subscriber."""

    def __init__(self, subscriber: Subscriber, *, lanes_first: bool, impatient: bool) -> None:
        self.subscriber = subscriber
        self.name = subscriber.name
        self.types = sorted(subscriber.types)
        self.lanes_first = lanes_first
        self.impatient = impatient

    def run(self, *, careful_pass: bool) -> Outcome:
        """Lock, work, advance, commit."""
        started = time.perf_counter()
        with transaction.atomic(durable=True):
            lease = self.lock()
            if lease is None:
                return Outcome.BUSY
            if lease.paused:
                return Outcome.PAUSED
            result = self.work(lease, careful_pass=careful_pass)
            if result is None:
                return Outcome.IDLE
            self.advance(result, busy_ms=(time.perf_counter() - started) * 1000)
        return Outcome.WORKED

    def lock(self) -> Lease | None:
        """Take the lease; None when another worker has it."""
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [self.name])
            found = cursor.fetchone()
        return Lease(*found) if found else None

    def work(self, lease: Lease, *, careful_pass: bool) -> Result | None:
        """Do what is due first; None when nothing is."""
        lane = lanes.due(self.name, impatient=self.impatient) if lease.parked else None
        if lane and self.lanes_first:
            return self.serve_lane(lease, lane)
        return self.serve_stream(lease, careful_pass=careful_pass) or (
            self.serve_lane(lease, lane) if lane else None
        )

    def serve_stream(self, lease: Lease, *, careful_pass: bool) -> Result | None:
        """Handle the next batch of the stream; keys that fail are parked."""
        entries = stream.page(
            name=self.name,
            types=self.types,
            after=lease.position,
            upto=lease.head,
            parked=lease.parked > 0,
            limit=BATCH,
        )
        if not entries:
            return Result(lease.head) if lease.head - lease.position > IDLE_LAG_MAX else None
        full = len(entries) == BATCH
        result = Result(entries[-1].position if full else max(lease.head, lease.position))
        if not careful_pass:
            result.delivered = careful.run(self.subscriber, entries)
            return result
        over = careful.CarefulPass(self.subscriber)
        over.over(entries)
        for entry, error in over.failed.values():
            lanes.park(self.name, entry, error)
            self.report(entry, error)
        result.delivered = over.handled
        result.failed = result.parked = len(over.failed)
        return result

    def serve_lane(self, lease: Lease, lane: lanes.Due) -> Result:
        """Handle the next batch of a parked key, from its private position up to the stream's."""
        entries = stream.page_of_key(
            key=lane.key, types=self.types, after=lane.position, upto=lease.position, limit=BATCH
        )
        over = careful.CarefulPass(self.subscriber)
        over.over(entries)
        result = Result(lease.position, delivered=over.handled, failed=len(over.failed))
        if over.failed:
            [(entry, error)] = over.failed.values()
            skip_dead = self.subscriber.on_dead == "skip"
            lanes.postpone(self.name, lane, entry, error, skip_dead=skip_dead)
            self.report(entry, error)
        elif len(entries) == BATCH:
            lanes.move(self.name, lane.key, entries[-1].position)
        else:
            lanes.close(self.name, lane.key)
            result.parked = -1
        return result

    def advance(self, result: Result, *, busy_ms: float) -> None:
        """Write how far the subscriber has come."""
        with connection.cursor() as cursor:
            cursor.execute(
                ADVANCE,
                {
                    "name": self.name,
                    "position": result.position,
                    "parked": result.parked,
                    "delivered": result.delivered,
                    "failed": result.failed,
                    "busy_ms": busy_ms,
                },
            )

    def report(self, entry: stream.Entry, error: BaseException) -> None:
        """Log a failure: what and where, never the arguments."""
        cause = failures.cause_of(error)
        logger.warning(
            "%s failed on %s %s at %d: %s",
            self.name,
            entry.type,
            entry.uid,
            entry.position,
            type(cause).__name__,
            extra={"correlation_id": str(entry.correlation_id), "event_id": str(entry.uid)},
        )
