"""The dispatcher: a worker that has the turns taken elsewhere, by the tasks of a queue.

The queue carries nothing but names. What is delivered, and how far, stands in the database alone, so that a
message that is lost, doubled or late, or a broker that is away, costs time and nothing else: whoever is not
served in time is served by the dispatcher itself.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.db import DatabaseError, InterfaceError, connection

from apps.events import registry, schedule, sequencer
from apps.events.lookout import Candidate
from apps.events.worker import Worker

# How long one request for a subscriber stands before it is made again, and before nobody is expected.
AGAIN_S = 1.0
LATE_S = 5.0

logger = logging.getLogger(__name__)


class QueueAway(Exception):
    """A request could not be handed to the queue."""


type Ask = Callable[[str], None]


@dataclass(slots=True)
class Wait:
    """A subscriber that has something to do: where it stands, since when, and what it was asked for last."""

    position: int
    since: float
    asked_at: float = 0.0
    asked_for: int = 0


class Dispatcher(Worker):
    """Stamps the stream and asks for a drain of each subscriber that has something to do.

    `ask` hands a subscriber's name to the queue. It raises QueueAway when it cannot.
    """

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self.ask = ask
        self.waits: dict[str, Wait] = {}
        self.queue_away_until = 0.0

    def take(self, name: str, *, seconds: float) -> None:
        """Take turns of one subscriber until it has nothing to do or the time is over: what a task does."""
        if name not in registry.subscribers:
            logger.warning("%s is not known here: left to workers with other code", name)
            return
        with self.session():
            until = time.monotonic() + seconds
            while self.turn(name) and time.monotonic() < until:
                pass

    def sweep(self) -> None:
        """Look once for what no wake-up told of: what a clock does."""
        with self.session():
            self.cycle()

    @contextmanager
    def session(self) -> Iterator[None]:
        """Check the database where the session is new, and let go of one that failed."""
        try:
            if connection.connection is None:
                sequencer.check_cluster()
            yield
        except (DatabaseError, InterfaceError, psycopg.Error):
            self.disconnect()
            raise

    def cycle(self) -> bool:
        """Stamp once and see to everybody who waits; tell whether anything was done here."""
        worked = sequencer.stamp() > 0
        for one in self.waiting():
            worked = self.see_to(one) or worked
        return self.run_jobs() or worked

    def waiting(self) -> list[Candidate]:
        """Return who has something to do, and forget who was served."""
        found = [one for one in self.lookout.look() if one.due or self.lookout.wanted(one) > one.position]
        names = {one.name for one in found}
        self.waits = {name: wait for name, wait in self.waits.items() if name in names}
        return found

    def see_to(self, one: Candidate) -> bool:
        """Ask for a drain, unless that was done just now; take the turn where nobody comes.

        Return whether a turn was taken.
        """
        now = time.monotonic()
        wait = self.waits.setdefault(one.name, Wait(one.position, now))
        if wait.position != one.position:
            wait.position, wait.since = one.position, now
        if now - wait.since > LATE_S or now < self.queue_away_until:
            return self.turn(one.name)
        served = not one.due and one.position >= wait.asked_for
        if served or now - wait.asked_at > AGAIN_S:
            return self.request(one, wait, now)
        return False

    def request(self, one: Candidate, wait: Wait, now: float) -> bool:
        """Hand a name to the queue, or take the turn where there is none; tell whether one was taken."""
        try:
            self.ask(one.name)
        except QueueAway as trouble:
            logger.warning("the queue is away, turns are taken here: %s", trouble)
            self.queue_away_until = now + LATE_S
            return self.turn(one.name)
        wait.asked_at, wait.asked_for = now, self.lookout.wanted(one)
        return False

    def run_jobs(self) -> bool:
        """Run the periodic jobs that nobody ran in time: else the queue's own clock sees to them."""
        now = time.monotonic()
        if now < self.jobs_at:
            return False
        self.jobs_at = now + AGAIN_S
        return schedule.is_late(LATE_S) and schedule.run_due() > 0
