"""The backbone, as its peers see it: an event and one subscriber, handled one by one or in sets."""

from __future__ import annotations

from typing import Any

from django.db import connection

from apps.events import Event, domain_event, registry, schedule, sequencer, stored, subscriber
from apps.events.models import Subscription
from apps.events.worker import Worker
from benchmarks.peers import effects
from benchmarks.peers.peer import Peer


@domain_event(version=1)
def bench_job_due(user_id: int, number: int) -> None:
    """A player's row is another one. Announced by the benchmark."""


def handle_single(number: int, **_: Any) -> None:
    """Write one effect."""
    effects.handle(number)


def handle_sets(events: list[Event], **_: Any) -> None:
    """Write all effects in one statement."""
    effects.handle_many([event.args["number"] for event in events])


class Ours(Peer):
    """One by one, through the ORM."""

    name = "the backbone"
    log = ("event_log", "event_stream")
    processes = 1
    handler = staticmethod(handle_single)
    batch = False

    def declare(self) -> None:
        """Let this process know its subscriber, and no other."""
        registry.subscribers.clear()
        subscriber(bench_job_due, since="now", batch=self.batch, name="bench.job")(self.handler)

    def install(self) -> None:
        """Store the subscriber alone; what this process declared otherwise stays declared."""
        declared = dict(registry.subscribers)
        try:
            self.declare()
            Subscription.objects.all().delete()
            stored.store(strict=False)
        finally:
            registry.subscribers.clear()
            registry.subscribers.update(declared)
        self.purge()

    def enqueue(self, number: int) -> None:
        """Send the event."""
        bench_job_due.send(None, user_id=effects.user_of(number), number=number)

    def enqueue_many(self, numbers: range) -> None:
        """Send the events in one statement."""
        rows = [{"user_id": effects.user_of(number), "number": number} for number in numbers]
        bench_job_due.send_many(None, rows)

    def purge(self) -> None:
        """Let the subscriber pass over what was sent."""
        sequencer.stamp()
        Subscription.objects.update(position=sequencer.head())

    def work(self) -> None:
        """Work as `manage.py worker` does, without the site's periodic jobs."""
        connection.close()
        schedule.jobs.clear()
        self.declare()
        Worker().run()


class OursInSets(Ours):
    """Up to 500 events in one statement: another contract, with which no peer can be compared."""

    name = "the backbone, in sets"
    handler = staticmethod(handle_sets)  # type: ignore[assignment]
    batch = True
