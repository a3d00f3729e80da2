"""The backbone beside what PostgreSQL does by itself: what an event costs, how fast events are handled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from benchmarks import databases
from benchmarks.names import per_s
from benchmarks.rows import Row, Sizes, by_turns, measurement, ratio

DATABASE = "deltacrown_bench_backbone"
USERS = 1_000
WRITES = 300
HANDLED = 20_000
HANDLED_ONE_BY_ONE = 2_000
LIMIT_ROWS = 1_000

TABLE = "CREATE TABLE IF NOT EXISTS bench_effect (event_id uuid PRIMARY KEY, user_id bigint, count int)"
EFFECTS = """
INSERT INTO bench_effect SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::int[])
"""
EFFECT = "INSERT INTO bench_effect VALUES (%s, %s, %s)"


@measurement("backbone")
def backbone(sizes: Sizes) -> Iterator[Row]:
    """Send and handle events of the benchmark's own."""
    databases.fill(DATABASE, USERS)
    try:
        yield from _measured(sizes)
    finally:
        databases.drop(DATABASE)


def _measured(sizes: Sizes) -> Iterator[Row]:
    databases.use(DATABASE)
    from django.db import connection

    from apps.events import registry, wakeup

    declared = dict(registry.subscribers)
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        # As in production: a commit is there when the client hears of it.
        cursor.execute("SET synchronous_commit = on")
    try:
        bench = Bench()
        yield from bench.writing(sizes)
        yield from bench.handling(sizes)
    finally:
        registry.subscribers.clear()
        registry.subscribers.update(declared)
        wakeup.close()
        connection.close()


class Bench:
    """One event, and two subscribers that do the same about it: in sets, and one by one."""

    def __init__(self) -> None:
        from django.db import connection

        from apps.events import Event, domain_event, registry, stored, subscriber
        from apps.events.models import Subscription

        @domain_event(version=1)
        def bench_counted(user_id: int, count: int) -> None:
            """A player's count is another one. Announced by the benchmark."""

        registry.subscribers.clear()

        @subscriber(bench_counted, since="now", batch=True, name="bench.sets")
        def handle_sets(events: list[Event], **_: Any) -> None:
            """Write all effects in one statement."""
            with connection.cursor() as cursor:
                rows = [[str(e.id) for e in events], [e.args["user_id"] for e in events], [1] * len(events)]
                cursor.execute(EFFECTS, rows)

        @subscriber(bench_counted, since="now", name="bench.single")
        def handle_single(event: Event, user_id: int, count: int, **_: Any) -> None:
            """Write one effect."""
            with connection.cursor() as cursor:
                cursor.execute(EFFECT, [str(event.id), user_id, count])

        Subscription.objects.all().delete()
        stored.store(strict=False)
        self.event = bench_counted
        self.sets, self.single = registry.subscribers["bench.sets"], registry.subscribers["bench.single"]

    def writing(self, sizes: Sizes) -> Iterator[Row]:
        """Change a row and say so, beside only changing it; both through the ORM in `atomic()`."""
        bare, told = by_turns(2 * sizes.rounds, per_s(self.write, WRITES), per_s(self.write_and_tell, WRITES))
        yield Row(
            "update and event in a transaction (bound: 1.2 times the update)", round(median(told)),
            "the update alone", round(median(bare)), "transactions/s", ratio(told, bare), round(1 / 1.2, 3),
        )  # fmt: skip

    def handling(self, sizes: Sizes) -> Iterator[Row]:
        """Handle events in sets and one by one, beside what the server takes in the same pieces by itself."""
        sets, pieces, single, rows = by_turns(
            sizes.rounds,
            lambda: self.drained(self.sets, HANDLED),
            lambda: inserted(HANDLED, LIMIT_ROWS),
            lambda: self.drained(self.single, HANDLED_ONE_BY_ONE),
            lambda: inserted(HANDLED_ONE_BY_ONE, 1),
        )
        yield Row(
            "events handled in sets, effect and position in one transaction", round(median(sets)),
            f"unnest x{LIMIT_ROWS:,}, bare", round(median(pieces)), "rows/s", ratio(sets, pieces), 0.5,
        )  # fmt: skip
        yield Row(
            "events handled one by one, exactly once", round(median(single)),
            "one INSERT a transaction, bare", round(median(rows)), "rows/s", ratio(single, rows),
        )  # fmt: skip

    def write(self) -> None:
        """Change a row."""
        from django.db import transaction
        from django.db.models import F

        from apps.user_profile.models import UserProfileStats

        with transaction.atomic():
            UserProfileStats.objects.filter(user_id=7).update(matches_won=F("matches_won") + 1)

    def write_and_tell(self) -> None:
        """Change a row, and say so in the same transaction."""
        from django.db import transaction
        from django.db.models import F

        from apps.user_profile.models import UserProfileStats

        with transaction.atomic():
            UserProfileStats.objects.filter(user_id=7).update(matches_won=F("matches_won") + 1)
            self.event.send(None, user_id=7, count=1)

    def drained(self, subscriber: Any, count: int) -> float:
        """Return how many events a second a subscriber handles; sending and stamping are not counted."""
        from apps.events import sequencer
        from apps.events.delivery.drain import Outcome, drain
        from apps.events.models import Subscription

        sequencer.stamp()
        Subscription.objects.update(position=sequencer.head())  # what was sent before is not heard
        for start in range(0, count, LIMIT_ROWS):
            rows = range(start, min(start + LIMIT_ROWS, count))
            self.event.send_many(None, [{"user_id": 1 + n % USERS, "count": n} for n in rows])
        sequencer.stamp()
        Subscription.objects.exclude(name=subscriber.name).update(position=sequencer.head())
        empty()
        began = time.perf_counter()
        while drain(subscriber) is Outcome.WORKED:
            pass
        took = time.perf_counter() - began
        assert kept() == count, "not every event was handled"
        return count / took


def inserted(count: int, piece: int) -> float:
    """Return how many rows a second PostgreSQL takes in pieces, each in a transaction of its own."""
    from django.db import connection

    from apps.events.envelope import uuid7

    empty()
    ids = [str(uuid7()) for _ in range(count)]
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for start in range(0, count, piece):
            part = ids[start : start + piece]
            cursor.execute(EFFECTS, [part, [7] * len(part), [1] * len(part)])
    return count / (time.perf_counter() - began)


def empty() -> None:
    """Forget the effects of before."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_effect")


def kept() -> int:
    """Return how many effects there are."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_effect")
        return int(cursor.fetchone()[0])
