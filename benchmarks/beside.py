"""The backbone beside what a Django team would otherwise take: what a job costs, how fast it is handled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import databases
from benchmarks.names import per_s
from benchmarks.peers import marks, workers
from benchmarks.rows import Row, Sizes, by_turns, measurement, ratio

if TYPE_CHECKING:
    from benchmarks.peers.peer import Peer

DATABASE = "deltacrown_bench_peers"
USERS = 1_000
PIECE = 500
# Set against the fastest that is as durable; in sets, against the fastest of all: another contract.
SINGLE_GOAL, SETS_GOAL = 4.0, 20.0
# So many times what the others are given, the sets are; else they are done before they are warm.
SETS_TIMES = 10


@measurement("peers")
def peers(sizes: Sizes) -> Iterator[Row]:
    """Enqueue and handle jobs with each."""
    with prepared() as (ours, others):
        yield from writing(ours, others, sizes)
        for each in (ours, *others):
            each.purge()
        yield from draining(others, sizes)


@contextmanager
def prepared() -> Iterator[tuple[Peer, list[Peer]]]:
    """Work on a database where the backbone and its peers are installed."""
    databases.fill(DATABASE, USERS)
    databases.use(DATABASE)
    from benchmarks.peers import effects
    from benchmarks.peers.field import field
    from benchmarks.peers.ours import Ours

    try:
        with marks.marking():
            effects.install()
            ours, others = Ours(), field()
            for each in (ours, *others):
                each.install()
            yield ours, others
    finally:
        databases.close()
        databases.drop(DATABASE)


def writing(ours: Peer, others: list[Peer], sizes: Sizes) -> Iterator[Row]:
    """Change a row and enqueue a job with it, both through the ORM in `atomic()`."""
    bare, told, *rest = by_turns(
        sizes.rounds, *(per_s(partial(change, each), sizes.jobs // 4) for each in (None, ours, *others))
    )
    for each, theirs in zip(others, rest, strict=True):
        cost = f"{median(bare) / median(theirs):.2f} times the bare update"
        yield Row(
            f"update and job in a transaction, {median(bare) / median(told):.2f} times the bare update",
            round(median(told)), f"{each.name}, {cost}", round(median(theirs)), "transactions/s",
            ratio(told, theirs),
        )  # fmt: skip


def change(peer: Peer | None) -> None:
    """Change a row, and say so where there is somebody to say it to."""
    from django.db import transaction
    from django.db.models import F

    from apps.user_profile.models import UserProfileStats

    with transaction.atomic():
        UserProfileStats.objects.filter(user_id=7).update(matches_won=F("matches_won") + 1)
        if peer:
            peer.enqueue(7)


def draining(others: list[Peer], sizes: Sizes) -> Iterator[Row]:
    """Let the workers of each handle what is waiting."""
    from benchmarks.peers.ours import Ours, OursInSets

    works: list[Callable[[], float]] = [
        partial(drained, OursInSets(), SETS_TIMES * sizes.jobs),
        *(partial(drained, each, sizes.jobs) for each in (Ours(), *others)),
    ]
    sets, single, *rest = by_turns(max(1, sizes.rounds // 2), *works)
    measure = "jobs handled one by one through the ORM"
    rates = {each.name: values for each, values in zip(others, rest, strict=True)}
    for name, theirs in rates.items():
        yield Row(
            measure, round(median(single)), name, round(median(theirs)), "jobs/s", ratio(single, theirs)
        )
    durable = fastest({each.name: rates[each.name] for each in others if each.durable})
    yield Row(
        measure, round(median(single)), f"the fastest durable peer, {durable}",
        round(median(rates[durable])), "jobs/s", ratio(single, rates[durable]), SINGLE_GOAL,
    )  # fmt: skip
    first = fastest(rates)
    yield Row(
        "events handled in sets by a worker (another contract: one statement for many)",
        round(median(sets)), f"the fastest peer's jobs one by one, {first}", round(median(rates[first])),
        "effects/s", ratio(sets, rates[first]), SETS_GOAL,
    )  # fmt: skip


def fastest(rates: dict[str, list[float]]) -> str:
    """Return who has the highest median."""
    return max(rates, key=lambda name: median(rates[name]))


def drained(peer: Peer, count: int) -> float:
    """Return how many jobs a second a peer's workers handle, all of which wait before they start."""
    from django.db import transaction

    from benchmarks.peers import effects

    peer.purge()
    effects.forget()
    for start in range(0, count, PIECE):
        with transaction.atomic():
            peer.enqueue_many(range(start, min(start + PIECE, count)))
    with workers.working(peer) as running:
        return running.wait_for(count).per_s
