"""The drain where it is hard: failing events, many subscribers, a log of millions."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import databases
from benchmarks.rows import Row, Sizes, by_turns, measurement, ratio

if TYPE_CHECKING:
    from apps.events import Event
    from apps.events.subscriptions import Subscriber

DATABASE = "deltacrown_bench_drains"
USERS = 1_000
PIECE = 1_000
# One failing event in so many, and how much slower the drain may be with it.
BOUNDS = {100: 1.3, 10: 2.0}
CROWDS = (5, 20)

TABLE = (
    "CREATE TABLE IF NOT EXISTS bench_drained (heard_by int, number bigint, PRIMARY KEY (heard_by, number))"
)
EFFECT = "INSERT INTO bench_drained VALUES (%s, %s)"
EFFECTS = "INSERT INTO bench_drained SELECT %s, unnest(%s::bigint[])"


class Refused(Exception):
    """The benchmark's handler does not like the event."""


@measurement("drains")
def drains(sizes: Sizes) -> Iterator[Row]:
    """Drain within this process, so that nothing but the drain is measured."""
    databases.fill(DATABASE, USERS)
    databases.use(DATABASE)
    try:
        with declaring():
            install()
            for batch in (False, True):
                yield from failing(sizes, batch=batch)
            yield from crowded(sizes)
    finally:
        databases.close()
        databases.drop(DATABASE)


@contextmanager
def declaring() -> Iterator[None]:
    """Let the benchmark declare what it likes; afterwards all is as it was."""
    from apps.events import registry

    declared = dict(registry.subscribers)
    logging.disable(logging.WARNING)  # a line for each failure would hide the rows
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        registry.subscribers.clear()
        registry.subscribers.update(declared)


def install() -> None:
    """Make the table of the effects; commits wait for the disk, as in production."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute("SET synchronous_commit = on")


def failing(sizes: Sizes, *, batch: bool) -> Iterator[Row]:
    """Let some events fail, each of a player of its own."""
    count = sizes.jobs * (10 if batch else 3)
    works = [partial(drained, 1, count, batch=batch, every=every) for every in (0, *BOUNDS)]
    clean, *others = by_turns(sizes.rounds, *works)
    how = "in sets" if batch else "one by one"
    for (every, bound), rates in zip(BOUNDS.items(), others, strict=True):
        yield Row(
            f"events handled {how}, {100 // every}% of them failing (bound: {bound:g} times slower)",
            round(median(rates)), "without failures", round(median(clean)), "events/s", ratio(rates, clean),
            round(1 / bound, 3),
        )  # fmt: skip


def crowded(sizes: Sizes) -> Iterator[Row]:
    """Let several subscribers hear each event."""
    count = sizes.jobs * 5
    alone, *others = by_turns(
        max(1, sizes.rounds // 2), *(partial(drained, crowd, count, batch=True) for crowd in (1, *CROWDS))
    )
    for crowd, rates in zip(CROWDS, others, strict=True):
        yield Row(
            f"effects of {crowd} subscribers of one event, in sets", round(median(rates)), "1 subscriber",
            round(median(alone)), "effects/s", ratio(rates, alone),
        )  # fmt: skip


def drained(crowd: int, count: int, *, batch: bool, every: int = 0) -> float:
    """Return how many effects a second there are until each subscriber has come to the end of the stream."""
    subscribers = subscribe(crowd, batch=batch, every=every)
    send(count)
    return timed(subscribers, count)


def subscribe(crowd: int, *, batch: bool, every: int = 0) -> list[Subscriber]:
    """Declare so many subscribers, which hear what comes now; one event in `every` fails."""
    from apps.events import registry, sequencer, stored, subscriber
    from apps.events.models import Lane, Subscription
    from benchmarks.peers.ours import bench_job_due

    sequencer.stamp()
    registry.subscribers.clear()
    make = in_sets if batch else one_by_one
    for place in range(crowd):
        declare = subscriber(bench_job_due, since="now", batch=batch, name=f"bench.hears_{place}")
        declare(make(place, every))
    Lane.objects.all().delete()
    Subscription.objects.all().delete()
    stored.store(strict=False)
    return list(registry.subscribers.values())


def one_by_one(place: int, every: int) -> Callable[..., None]:
    """Return a handler of single events."""
    from django.db import connection

    def handle(number: int, **_: Any) -> None:
        if every and number % every == 0:
            raise Refused(number)
        with connection.cursor() as cursor:
            cursor.execute(EFFECT, [place, number])

    return handle


def in_sets(place: int, every: int) -> Callable[..., None]:
    """Return a handler of many events, which says which of them it refuses."""
    from django.db import connection

    from apps.events import EventFailed

    def handle(events: list[Event], **_: Any) -> None:
        if refused := [event for event in events if every and event.args["number"] % every == 0]:
            raise EventFailed(refused[0], also=refused[1:])
        with connection.cursor() as cursor:
            cursor.execute(EFFECTS, [place, [event.args["number"] for event in events]])

    return handle


def send(count: int) -> None:
    """Send so many events, each of a player of its own, and give them their positions."""
    from django.db import connection

    from apps.events import sequencer
    from benchmarks.peers.ours import bench_job_due

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_drained")
    for start in range(0, count, PIECE):
        numbers = range(start, min(start + PIECE, count))
        bench_job_due.send_many(None, [{"user_id": 1 + number, "number": number} for number in numbers])
    sequencer.stamp()


def timed(subscribers: Sequence[Subscriber], count: int) -> float:
    """Return how many effects a second there are; what fails is tried again meanwhile, as by a worker."""
    from apps.events import sequencer
    from apps.events.delivery.drain import Outcome, drain
    from apps.events.models import Subscription

    head = sequencer.head()
    behind = list(subscribers)
    began = time.perf_counter()
    while behind:
        for each in list(behind):
            outcome = drain(each, lanes_first=random.random() < 0.5)
            assert outcome in (Outcome.WORKED, Outcome.IDLE), outcome
            if outcome is Outcome.IDLE or Subscription.objects.get(name=each.name).position >= head:
                behind.remove(each)
    return len(subscribers) * count / (time.perf_counter() - began)
