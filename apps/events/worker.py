"""The worker: stamps the stream and drains the subscribers.

Run as many as you like, on as many hosts as you like. Which worker does what is decided by locks alone, so a
worker that dies leaves nothing behind.
"""

import logging
import random
import select
import signal
import socket
import time
from types import FrameType

import psycopg
from django.db import DatabaseError, InterfaceError, connection
from django.db.backends.signals import connection_created

from apps.events import registry, schedule, sequencer, steady, wakeup
from apps.events.delivery.deaths import Witness
from apps.events.delivery.drain import BATCH, Outcome, drain
from apps.events.errors import Hung, TryAgain
from apps.events.lookout import Lookout

POLL_S_MIN = 0.02
POLL_S_MAX = 1.0
RECONNECT_S_MAX = 5.0
JOBS_EVERY_S = 1.0
# So many times in a row only those have a turn who hear what was just appended.
LOOK_AFTER = 4

# The server ends whoever freezes in mid-turn, and with it his lease; a drain that waits for a lock gives up
# before PostgreSQL looks for deadlocks (1 s), so that a web request is never the victim.
SESSION = {
    **wakeup.LIVENESS,
    "idle_in_transaction_session_timeout": "60s",
    "statement_timeout": "5s",
    "lock_timeout": "300ms",
    "application_name": "deltacrown-worker",
}

logger = logging.getLogger(__name__)


def prepare_session(*, connection: object, **_: object) -> None:
    """Give a worker's database session its time limits."""
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        for name, value in SESSION.items():
            cursor.execute(f"SET {name} = '{value}'")


class Worker:
    """Works until told to stop; a turn that has begun is finished first."""

    # Readable when a signal came, so that a sleep ends at once.
    nudged: socket.socket

    def __init__(self) -> None:
        self.stopping = False
        self.listener: psycopg.Connection | None = None
        # Up to which head each subscriber was found to have nothing to do.
        self.caught_up: dict[str, int] = {}
        self.lookout = Lookout()
        self.looked_ago = 0
        # How long the last turn of each took.
        self.turns_s: dict[str, float] = {}
        # How much each subscriber takes in one turn: less after it lost a lock, more with every turn since.
        self.limits: dict[str, int] = {}
        self.witness = Witness()
        self.jobs_at = 0.0
        self.aside: set[str] = set()

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; survive restarts of the database.

        Raises NotOurLog when the log comes from another cluster.
        """
        nudge, self.nudged = socket.socketpair()
        nudge.setblocking(False)
        before = {number: signal.signal(number, self.stop) for number in (signal.SIGTERM, signal.SIGINT)}
        signal.set_wakeup_fd(nudge.fileno(), warn_on_full_buffer=False)
        connection_created.connect(prepare_session, dispatch_uid="events.worker")
        connection.close()  # one that was open before knows no limits
        steady.settle()
        try:
            self.work()
        finally:
            connection_created.disconnect(dispatch_uid="events.worker")
            self.disconnect()
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            nudge.close()
            self.nudged.close()

    def work(self) -> None:
        """Serve, and begin again when the database was away."""
        pause_s = POLL_S_MIN
        while not self.stopping:
            try:
                sequencer.check_cluster()
                self.serve()
            except (DatabaseError, InterfaceError, psycopg.Error) as error:
                logger.warning("the database is away, trying again in %.1f s: %s", pause_s, error)
                self.disconnect()
                self.sleep(pause_s)
                pause_s = min(RECONNECT_S_MAX, pause_s * 2)
            else:
                pause_s = POLL_S_MIN

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Finish the turn and leave."""
        self.stopping = True

    def serve(self) -> None:
        """Work, and sleep when there is nothing to do, until told to stop."""
        self.listener = wakeup.connect()
        for channel in (wakeup.CHANNEL, wakeup.STREAM):
            self.listener.execute(f"LISTEN {channel}")
        poll_s = POLL_S_MIN
        while not self.stopping:
            if self.cycle():
                poll_s = POLL_S_MIN
                continue
            poll_s = POLL_S_MIN if self.wait(poll_s) else min(POLL_S_MAX, poll_s * 1.5)

    def cycle(self) -> bool:
        """Stamp once and give every candidate one turn; tell whether anything was done."""
        appended = sequencer.append()
        worked = appended.count > 0
        for name in self.whose_turn(appended):
            if self.stopping:
                break
            worked = self.turn(name) or worked
        return self.run_jobs() or worked

    def run_jobs(self) -> bool:
        """Run the periodic jobs that are due, looking once a second."""
        if time.monotonic() < self.jobs_at:
            return False
        self.jobs_at = time.monotonic() + JOBS_EVERY_S
        return schedule.run_due() > 0

    def whose_turn(self, appended: sequencer.Appended) -> list[str]:
        """Return who has a turn now: first the urgent, then the shortest turns, so that all wait the least.

        Who hears what this worker has just appended has it at once, without a look at what others wait for;
        that comes as soon as nothing was appended, and else every so often.
        """
        if appended.count and self.looked_ago < LOOK_AFTER:
            self.looked_ago += 1
            names = self.lookout.hearers(appended)
        else:
            self.looked_ago = 0
            names = self.candidates()
        return sorted(names, key=self.place)

    def place(self, name: str) -> tuple[bool, float, float]:
        """Return what sorts a subscriber's turn among those of a cycle."""
        return not registry.subscribers[name].urgent, self.turns_s.get(name, 0.0), random.random()

    def candidates(self) -> list[str]:
        """Return the subscribers of this process that may have something to do."""
        found = []
        for one in self.lookout.look():
            done = max(one.position, self.caught_up.get(one.name, 0))
            if one.due or done < self.lookout.wanted(one):
                found.append(one.name)
                self.caught_up[one.name] = 0
        return found

    def turn(self, name: str) -> bool:
        """Run one turn; tell whether it did anything."""
        limit, began = self.limits.get(name, BATCH), time.monotonic()
        lanes_first = random.random() < 0.5
        try:
            outcome = drain(
                registry.subscribers[name], limit=limit, lanes_first=lanes_first, witness=self.witness
            )
        except Hung as trouble:
            # The marker stays, and this process is another one from now on: it finds who died.
            self.witness.close()
            self.witness = Witness()
            raise InterfaceError(str(trouble)) from trouble
        except TryAgain as trouble:
            if connection.connection is None or connection.connection.closed:
                raise InterfaceError(str(trouble)) from trouble
            logger.info("%s", trouble)
            self.limits[name] = max(1, limit // 4)
            time.sleep(random.uniform(0, POLL_S_MIN))
            return True
        self.turns_s[name] = time.monotonic() - began
        if outcome is Outcome.WORKED:
            self.limits[name] = min(BATCH, limit + limit // 4 + 1)
        elif outcome is Outcome.IDLE:
            self.caught_up[name] = self.lookout.seen
        self.note_aside(name, outcome)
        return outcome is Outcome.WORKED

    def note_aside(self, name: str, outcome: Outcome) -> None:
        """Say once when a subscriber is left to workers with other code, and once when it is not any more."""
        if outcome is Outcome.ASIDE and name not in self.aside:
            logger.warning("%s is declared otherwise than at the last migrate: left to other workers", name)
            self.aside.add(name)
        elif outcome is Outcome.WORKED:
            self.aside.discard(name)

    def wait(self, seconds: float) -> bool:
        """Sleep until a wake-up, a signal, or the poll; tell whether it was a wake-up.

        What this process rang for itself, it has seen to before it slept.
        """
        assert self.listener is not None
        notified, nudged = self.listener.fileno(), self.nudged.fileno()
        readable, _, _ = select.select([notified, nudged], [], [], seconds)
        if nudged in readable:
            self.nudged.recv(1024)
        if notified not in readable:
            return False
        return not all(map(wakeup.is_own, self.listener.notifies(timeout=0)))

    def sleep(self, seconds: float) -> None:
        """Sleep, unless told to stop."""
        select.select([self.nudged], [], [], seconds)

    def disconnect(self) -> None:
        """Let go of both connections; the next use opens them again."""
        connection.close()
        self.witness.close()
        if self.listener is not None:
            self.listener.close()
            self.listener = None
