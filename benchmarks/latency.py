"""From the commit to the effect: idle, at a steady rate, and while a transaction stays open elsewhere."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.beside import prepared
from benchmarks.peers import workers
from benchmarks.rows import Row, Sizes, measurement, ratio

if TYPE_CHECKING:
    from benchmarks.peers.peer import Peer

IDLE_PER_S, BUSY_PER_S = 10, 300
# How much longer than a measurement of speed: a p99 of few is chance.
IDLE_TIMES, BUSY_TIMES = 6, 4
WARM_UP = 40
# Those who work off a queue in several processes have all begun by then.
SETTLE_S = 1.0
BOUND_MS = 5.0
OPEN_GOAL = 0.5


class Times(NamedTuple):
    """What one run tells: milliseconds from commit to effect; of each job the processor time (ms) and WAL."""

    p50: float
    p99: float
    cpu: float
    wal: float


class Found(NamedTuple):
    """The runs of one peer, round by round."""

    idle: list[Times]
    busy: list[Times]

    def of(self, pace: str, figure: str) -> list[float]:
        """Return one figure of each round."""
        return [getattr(each, figure) for each in getattr(self, pace)]


@measurement("latency")
def latency(sizes: Sizes) -> Iterator[Row]:
    """Send at a steady rate, whatever comes of it, and see when each effect is there."""
    with prepared() as (ours, others):
        found = {each.name: Found([], []) for each in (ours, *others)}
        for _round in range(max(1, sizes.rounds // 3)):
            for each in (ours, *others):
                run(each, found[each.name], sizes)
        mine = found.pop(ours.name)
        durable = {each.name: found[each.name] for each in others if each.durable}
        for pace in ("idle", "busy"):
            yield from beside(mine, durable, pace)
        for name, theirs in found.items():
            yield row(mine, name, theirs, "busy", "p99")
        for figure in ("cpu", "wal"):
            best = cheapest(durable, "busy", figure)
            yield row(mine, f"the best durable peer, {best}", durable[best], "busy", figure)
        yield from keeping(ours, others)
        yield open_elsewhere(ours, sizes)


def beside(mine: Found, durable: dict[str, Found], pace: str) -> Iterator[Row]:
    """Set the times of one pace beside the best durable peer's, and beside the bound."""
    for figure in ("p50", "p99"):
        best = cheapest(durable, pace, figure)
        yield row(mine, f"the best durable peer, {best}", durable[best], pace, figure, goal=1.0)
    ours = round(median(mine.of(pace, "p50")), 2)
    yield Row(
        f"{called(pace, 'p50')} (bound: {BOUND_MS:g} ms)", ours, "the bound", BOUND_MS, "ms",
        round(BOUND_MS / ours, 3), 1.0,
    )  # fmt: skip


def row(mine: Found, name: str, theirs: Found, pace: str, figure: str, goal: float | None = None) -> Row:
    """Set one figure beside a peer's."""
    values, others = mine.of(pace, figure), theirs.of(pace, figure)
    return Row(
        called(pace, figure), round(median(values), 2), name, round(median(others), 2),
        "bytes" if figure == "wal" else "ms", ratio(others, values), goal,
    )  # fmt: skip


def called(pace: str, figure: str) -> str:
    """Return what a figure is."""
    when = "idle" if pace == "idle" else f"at {BUSY_PER_S}/s"
    if figure == "cpu":
        return f"processor time of the workers for each job, {when}"
    if figure == "wal":
        return f"WAL for each job, change and effect included, {when}"
    return f"commit to effect, {when}, {figure}"


def cheapest(found: dict[str, Found], pace: str, figure: str) -> str:
    """Return who has the lowest median."""
    return min(found, key=lambda name: median(found[name].of(pace, figure)))


def run(peer: Peer, found: Found, sizes: Sizes) -> None:
    """Measure one peer at both paces, with workers that are warm."""
    with warm(peer) as running:
        found.idle.append(steady(peer, running, IDLE_PER_S, sizes.seconds * IDLE_TIMES))
        found.busy.append(steady(peer, running, BUSY_PER_S, sizes.seconds * BUSY_TIMES))


@contextmanager
def warm(peer: Peer) -> Iterator[workers.Workers]:
    """Run a peer's workers that have begun to work."""
    from benchmarks.peers import effects

    peer.purge()
    effects.forget()
    with workers.working(peer) as running:
        send(peer, WARM_UP, WARM_UP)
        running.wait_for(WARM_UP)
        time.sleep(SETTLE_S)
        yield running


def steady(peer: Peer, running: workers.Workers, per_s: float, seconds: float) -> Times:
    """Send at a rate for so long; return what came of it once all effects are there."""
    from benchmarks.peers import effects

    effects.forget()
    count = max(4, round(per_s * seconds))
    cpu_s, wal = running.cpu_s(), written()
    sent = send(peer, count, per_s)
    done = running.wait_for(count).done
    cpu_ms = 1000 * (running.cpu_s() - cpu_s) / count
    cuts = quantiles((1000 * (done[number] - at) for number, at in sent.items()), n=100, method="inclusive")
    return Times(cuts[49], cuts[98], cpu_ms, (written() - wal) / count)


def written() -> int:
    """Return how many bytes of WAL the cluster has written since it was made."""
    return int(asked("SELECT pg_current_wal_insert_lsn() - '0/0'"))


def keeping(ours: Peer, others: list[Peer]) -> Iterator[Row]:
    """Set what stays of an event, with its indexes, beside what stays with others who keep a log."""
    for each in others:
        if each.log:
            mine, theirs = kept(ours), kept(each)
            yield Row(
                "kept for each event, indexes included", round(mine), each.name, round(theirs), "bytes",
                round(theirs / mine, 3),
            )  # fmt: skip


def kept(peer: Peer) -> float:
    """Return the bytes of each event that stays, once its tables are packed."""
    for table in peer.log:
        asked(f"VACUUM FULL {table}")
    size = asked(f"SELECT {' + '.join(f"pg_total_relation_size('{table}')" for table in peer.log)}")
    return int(size) / int(asked(f"SELECT greatest(count(*), 1) FROM {peer.log[0]}"))


def asked(sql: str) -> Any:
    """Run a statement outside any transaction; return its value, if it has one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        found = cursor.fetchone() if cursor.description else None
    return found[0] if found else None


def send(peer: Peer, count: int, per_s: float) -> dict[int, float]:
    """Change rows and enqueue jobs, by the clock and not by the answers; return when each committed."""
    sent: dict[int, float] = {}
    rng = random.Random(count)
    due = time.perf_counter()
    for number in range(count):
        due += rng.expovariate(per_s)
        time.sleep(max(0.0, due - time.perf_counter()))
        commit(peer, number, sent)
    return sent


def commit(peer: Peer, number: int, sent: dict[int, float]) -> None:
    """Send one, and note when it was committed: before anything else is done at the commit."""
    from django.db import transaction
    from django.db.models import F

    from apps.user_profile.models import UserProfileStats
    from benchmarks.peers import effects

    with transaction.atomic():
        transaction.on_commit(partial(note, sent, number))
        changed = UserProfileStats.objects.filter(user_id=effects.user_of(number))
        changed.update(matches_won=F("matches_won") + 1)
        peer.enqueue(number)


def note(sent: dict[int, float], number: int) -> None:
    """Note the moment."""
    sent[number] = time.perf_counter()


def open_elsewhere(ours: Peer, sizes: Sizes) -> Row:
    """Set other players' times beside those while a transaction that has sent an event stays open."""
    calm, held = [], []
    with warm(ours) as running:
        for _round in range(max(1, sizes.rounds // 3)):
            calm.append(steady(ours, running, BUSY_PER_S, sizes.seconds * BUSY_TIMES).p99)
            with left_open(ours):
                held.append(steady(ours, running, BUSY_PER_S, sizes.seconds * BUSY_TIMES).p99)
    return Row(
        f"{called('busy', 'p99')} of others while a transaction stays open (bound: 2 times)",
        round(median(held), 2), "without it", round(median(calm), 2), "ms", ratio(calm, held), OPEN_GOAL,
    )  # fmt: skip


@contextmanager
def left_open(ours: Peer) -> Iterator[None]:
    """Keep a transaction open on another connection that has sent an event; it is rolled back in the end."""
    begun, over = threading.Event(), threading.Event()

    def keep() -> None:
        from django.db import connection, transaction

        with transaction.atomic():
            ours.enqueue(0)
            transaction.set_rollback(True)
            begun.set()
            over.wait()
        connection.close()

    thread = threading.Thread(target=keep)
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        over.set()
        thread.join()
