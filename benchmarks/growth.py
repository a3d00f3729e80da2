"""A long log and many subscribers beside an empty log and one subscriber."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from benchmarks import databases, drains
from benchmarks.names import per_s
from benchmarks.peers import marks, workers
from benchmarks.rows import Row, Sizes, by_turns, measurement, ratio

EMPTY, LONG = "deltacrown_bench_short_log", "deltacrown_bench_long_log"
USERS = 1_000
SUBSCRIBERS = 50
GOAL = 0.8
WRITES = 300
# So many rows are written by one statement.
PIECE = 500_000
# The worker's memory is measured over no more than so many.
HANDLED_MAX = 1_000_000
WAIT_S = 600.0

LOG = """
INSERT INTO event_log (uid, event_type, version, key, user_id, subject_ids, payload, occurred_at,
                       correlation_id, depth)
SELECT gen_random_uuid(), 'bench_job_due', 1, 'user:' || player, player, ARRAY[player],
       jsonb_build_object('user_id', player, 'number', n), clock_timestamp(), gen_random_uuid(), 0
  FROM (SELECT n, 1 + n %% 100000 AS player FROM generate_series(%s::bigint, %s::bigint) AS n) AS event
"""


@measurement("growth")
def growth(sizes: Sizes) -> Iterator[Row]:
    """Send and handle by turns in two databases."""
    try:
        with drains.declaring():
            for name, events in ((EMPTY, 0), (LONG, sizes.log)):
                prepare(name, events)
            yield remembered(sizes)
            yield from measured(sizes)
    finally:
        databases.close()
        databases.drop(EMPTY)
        databases.drop(LONG)


def prepare(name: str, events: int) -> None:
    """Make a database with a log of so many events, all of which have their position."""
    databases.fill(name, USERS)
    turn_to(name)
    from django.db import connection

    from apps.events import sequencer

    with connection.cursor() as cursor:
        for start in range(0, events, PIECE):
            cursor.execute(LOG, [start + 1, min(start + PIECE, events)])
            sequencer.stamp()
        cursor.execute("VACUUM ANALYZE event_log")
        cursor.execute("VACUUM ANALYZE event_stream")


def turn_to(name: str) -> None:
    """Work on another database from now on."""
    databases.use(name)
    databases.close()
    drains.install()


def measured(sizes: Sizes) -> Iterator[Row]:
    """Set the long log beside the empty one."""
    count = sizes.jobs * 5
    works: list[Callable[[], float]] = [
        partial(sent, EMPTY), partial(sent, LONG),
        partial(handled, EMPTY, 1, count), partial(handled, LONG, SUBSCRIBERS, count),
    ]  # fmt: skip
    told, told_long, worked, worked_long = by_turns(sizes.rounds, *works)
    size = f"{sizes.log:,} events in the log and {SUBSCRIBERS} subscribers"
    for measure, unit, here, there in (
        ("update and event in a transaction", "transactions/s", told_long, told),
        ("events handled in sets by one of them", "events/s", worked_long, worked),
    ):
        yield Row(
            f"{measure}, {size}", round(median(here)), "an empty log", round(median(there)), unit,
            ratio(here, there), GOAL,
        )  # fmt: skip


def remembered(sizes: Sizes) -> Row:
    """Set the memory of a worker that has handled many events beside what it was after the first page."""
    count = min(sizes.log, HANDLED_MAX)
    turn_to(LONG)
    from apps.events import sequencer
    from apps.events.models import Subscription
    from benchmarks.peers import effects
    from benchmarks.peers.ours import OursInSets

    effects.install()
    ours, head = OursInSets(), sequencer.head()
    ours.install()
    Subscription.objects.update(position=head - count)
    with marks.marking(), workers.working(ours) as running:
        wait_for_position(head - count + 1)
        first = running.memory_mb()
        wait_for_position(head)
        last = running.memory_mb()
    return Row(
        f"memory of a worker that has handled {count:,} events", round(last), "after its first page",
        round(first), "MB", round(first / last, 3), GOAL,
    )  # fmt: skip


def wait_for_position(position: int) -> None:
    """Return once the one subscriber has come so far. Raises TimeoutError."""
    from apps.events.models import Subscription

    deadline = time.monotonic() + WAIT_S
    while Subscription.objects.get().position < position:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the worker did not come to {position:,} within {WAIT_S:.0f} s")
        time.sleep(0.05)


def sent(name: str) -> float:
    """Return how many changes a second are made and told of."""
    turn_to(name)
    from benchmarks.beside import change
    from benchmarks.peers.ours import Ours

    return per_s(partial(change, Ours()), WRITES)()


def handled(name: str, crowd: int, count: int) -> float:
    """Return how many events a second one subscriber of so many handles."""
    turn_to(name)
    first, *_others = drains.subscribe(crowd, batch=True)
    drains.send(count)
    return drains.timed([first], count)
