"""The unit of work: one turn of one subscriber, in one transaction.

The effects of a batch and the advance of the subscriber's position commit together; that is what exactly
once means here. The row lock on the subscription is the lease: the kernel and the server free it however
the holder dies.
"""

import enum
import logging
import time
from collections.abc import Sequence

from django.db import transaction

from apps.events import stream
from apps.events.delivery import careful, failures, lanes, pauses, progress
from apps.events.delivery.deaths import Witness
from apps.events.delivery.failures import ProcessDied
from apps.events.delivery.lease import Lease, lock
from apps.events.delivery.pauses import Overwhelmed
from apps.events.delivery.progress import Result
from apps.events.errors import Hung, TryAgain
from apps.events.subscriptions import Subscriber

BATCH = 500
# An idle subscriber's row is not written at every event of others; only when it falls this far behind.
IDLE_LAG_MAX = 1_000

logger = logging.getLogger(__name__)


class Outcome(enum.Enum):
    """What a turn found."""

    BUSY = "another worker has it"
    ASIDE = "newer code has to do it"
    PAUSED = "paused"
    IDLE = "nothing to do"
    WORKED = "handled"


def drain(
    subscriber: Subscriber,
    *,
    limit: int = BATCH,
    lanes_first: bool = True,
    impatient: bool = False,
    witness: Witness | None = None,
) -> Outcome:
    """Run one turn: a lane that is due, or the next batch of the stream.

    The first pass has no savepoints, or one for a set. If anything fails, the COMMIT included, it is rolled
    back and run again carefully. Raises TryAgain when the database was busy or away. `impatient` treats every
    lane as due. With a `witness`, events that kill the process are found.
    """
    turn = Turn(subscriber, limit=limit, lanes_first=lanes_first, impatient=impatient, witness=witness)
    try:
        return turn.optimistic_then_careful()
    except Overwhelmed as trouble:
        pauses.pause_itself(subscriber.name, str(trouble))
        logger.error("%s paused itself: %s", subscriber.name, trouble)
        return Outcome.PAUSED
    except Exception as error:
        if isinstance(error, TryAgain) or not failures.is_nobodys_fault(error):
            raise
        raise TryAgain(f"{subscriber.name}: {failures.cause_of(error)}") from error


class Turn:
    """One turn of one subscriber."""

    def __init__(
        self,
        subscriber: Subscriber,
        *,
        limit: int,
        lanes_first: bool,
        impatient: bool,
        witness: Witness | None,
    ) -> None:
        self.subscriber = subscriber
        self.name = subscriber.name
        self.limit = limit
        self.lanes_first = lanes_first
        self.impatient = impatient
        self.witness = witness
        self.skip_dead = subscriber.on_dead == "skip"

    def optimistic_then_careful(self) -> Outcome:
        """Run the turn without savepoints, and once more with them when it failed."""
        try:
            return self.run(careful_pass=False)
        except Exception as error:
            self.outlive(error)
            if isinstance(error, TryAgain | Overwhelmed) or failures.is_nobodys_fault(error):
                raise
            logger.info("%s: going over a failed batch carefully", self.name)
        try:
            outcome = self.run(careful_pass=True)
        except Exception as error:
            self.outlive(error)
            raise
        self.survived()
        return outcome

    def run(self, *, careful_pass: bool) -> Outcome:
        """Lock, work, advance, commit."""
        started = time.perf_counter()
        with transaction.atomic(durable=True):
            lease = lock(self.name)
            if lease is None:
                return Outcome.BUSY
            if lease.types != sorted(self.subscriber.types):
                return Outcome.ASIDE
            if lease.paused and not lease.probing:
                return Outcome.PAUSED
            try:
                found = self.probe(lease) if lease.paused else self.work(lease, careful_pass=careful_pass)
            except Exception as error:
                # While the lock is still held: without it, another worker would take the marker for a death.
                self.outlive(error)
                raise
            if isinstance(found, Outcome):
                return found
            progress.advance(self.name, found, busy_ms=(time.perf_counter() - started) * 1000)
        return Outcome.WORKED

    def work(self, lease: Lease, *, careful_pass: bool) -> Result | Outcome:
        """Do what is due first."""
        lane = lanes.due(self.name, impatient=self.impatient) if lease.parked else None
        if lane and self.lanes_first:
            return self.serve_lane(lease, lane)
        found = self.serve_stream(lease, careful_pass=careful_pass)
        if lane and isinstance(found, Outcome):
            return self.serve_lane(lease, lane)
        return found

    def serve_stream(self, lease: Lease, *, careful_pass: bool) -> Result | Outcome:
        """Handle the next batch of the stream; keys that fail are parked."""
        suspicious = self.is_suspicious(lease)
        limit = 1 if suspicious else self.limit
        page = stream.next_page(lease, self.subscriber, limit=limit)
        if page.held_back and not page.entries:
            return Outcome.ASIDE
        if not page.entries:
            is_over = page.end >= lease.head and not lease.replaying
            worth_writing = not is_over or page.end - lease.position > IDLE_LAG_MAX
            return Result(page.end) if worth_writing else Outcome.IDLE
        result = Result(page.end, keys=len({entry.key for entry in page.entries}))
        if self.died_of_one(lease, page.entries):
            self.count_death()
            self.park_all(result, [(page.entries[0], ProcessDied())])
            return result
        self.begin(lease, "", lease.position, page.entries[-1].position)
        # A set has one savepoint, which costs nothing beside many events: it is careful at once.
        is_set = self.subscriber.batch and len(page.entries) > 1
        if not careful_pass and not is_set:
            result.note_handled(page.entries, careful.run(self.subscriber, page.entries))
            return result
        over = careful.CarefulPass(self.subscriber)
        over.over(page.entries)
        pauses.check(keys=lease.minute_keys + result.keys, failed=lease.minute_failed + len(over.failed))
        self.park_all(result, list(over.failed.values()))
        result.note_handled(*over.sides())
        return result

    def serve_lane(self, lease: Lease, lane: lanes.Lane) -> Result:
        """Handle the next batch of a parked key, from its private position up to the stream's."""
        limit = 1 if lane.deaths else self.limit
        page = self.lane_page(lease, lane, limit=limit)
        entries = page.entries
        result = Result(lease.position)
        if entries and self.died_at(lease, lane.key, lane.position):
            self.count_death()
            dead = lanes.fail(self.name, lane, entries[0], ProcessDied(), skip_dead=self.skip_dead)
            result.note_failed(entries[0], dead=dead)
            return result
        over = careful.CarefulPass(self.subscriber)
        if entries:
            result.tallies[entries[0].type].retried = int(lane.attempts > 0)
            self.begin(lease, lane.key, lane.position, entries[-1].position)
            over.over(entries)
        result.note_handled(*over.sides())
        if over.failed:
            [(entry, error)] = over.failed.values()
            dead = lanes.fail(self.name, lane, entry, error, skip_dead=self.skip_dead)
            result.note_failed(entry, dead=dead)
            self.report(entry, error)
            self.survived()
        elif page.held_back:
            lanes.wait(self.name, lane.key, page.end)
        elif len(entries) == limit:
            lanes.move(self.name, lane.key, page.end)
        else:
            lanes.close(self.name, lane.key)
            result.parked = -1
        return result

    def lane_page(self, lease: Lease, lane: lanes.Lane, *, limit: int) -> stream.Page:
        """Read the next events of a parked key."""
        return stream.lane_page(lease, lane.key, after=lane.position, owed_until=lane.owed_until, limit=limit)

    def probe(self, lease: Lease) -> Outcome:
        """Try the oldest failure of a subscriber that paused itself; resume when it works."""
        lane = lanes.due(self.name, impatient=True) if lease.parked else None
        if lane:
            page = self.lane_page(lease, lane, limit=1)
        else:
            page = stream.next_page(lease, self.subscriber, limit=1)
        if page.held_back and not page.entries:
            return Outcome.ASIDE
        over = careful.CarefulPass(self.subscriber)
        over.try_out(page.entries)
        if over.failed:
            pauses.pause_itself(self.name, lease.paused.removeprefix("paused itself: "))
            return Outcome.PAUSED
        pauses.resume(self.name)
        logger.warning("%s resumes: its oldest failure works again", self.name)
        return Outcome.WORKED

    def park_all(self, result: Result, failed: Sequence[tuple[stream.Entry, BaseException]]) -> None:
        """Park the keys of entries that failed."""
        dead = lanes.park(self.name, failed, skip_dead=self.skip_dead)
        for entry, error in failed:
            result.note_failed(entry, dead=entry.key in dead)
            result.parked += 1
            self.report(entry, error)

    def is_suspicious(self, lease: Lease) -> bool:
        """Tell whether one of the next events killed a process."""
        if lease.marker is None:
            return False
        return lease.position < lease.marker.suspect_upto or self.died_at(lease, "", lease.position)

    def died_of_one(self, lease: Lease, entries: list[stream.Entry]) -> bool:
        """Tell whether a process died of the very event that comes next, and of it alone."""
        marker = lease.marker
        alone = marker is not None and marker.upto == entries[0].position
        return alone and self.died_at(lease, "", lease.position)

    def died_at(self, lease: Lease, key: str, position: int) -> bool:
        """Tell whether another process died where this turn begins."""
        return self.witness is not None and self.witness.tells_of_death(
            lease.marker, key=key, position=position
        )

    def begin(self, lease: Lease, key: str, position: int, upto: int) -> None:
        """Say, on the second connection, what is about to run."""
        if self.witness is None:
            return
        suspect_upto = lease.marker.suspect_upto if lease.marker else 0
        if lease.marker and self.died_at(lease, key, position) and not key:
            suspect_upto = max(suspect_upto, lease.marker.upto)
        self.witness.begin(self.name, key=key, position=position, upto=upto, suspect_upto=suspect_upto)

    def count_death(self) -> None:
        """Note that the death that a marker tells of is written down now."""
        if self.witness is not None:
            self.witness.counted(self.name)

    def outlive(self, error: BaseException) -> None:
        """Take the marker back, unless the handler hung until the server ended its session: a death."""
        if failures.is_hang(error):
            raise Hung(f"{self.name}: the server ended the session of a handler that hung") from error
        self.survived()

    def survived(self) -> None:
        """Take back the word that something is running: this process outlived its failure."""
        if self.witness is not None:
            self.witness.survived(self.name)

    def report(self, entry: stream.Entry, error: BaseException) -> None:
        """Log a failure: what and where, never the arguments."""
        logger.warning(
            "%s failed on %s %s at %d: %s",
            self.name,
            entry.type,
            entry.uid,
            entry.position,
            type(failures.cause_of(error)).__name__,
            extra={"correlation_id": str(entry.correlation_id), "event_id": str(entry.uid)},
        )
