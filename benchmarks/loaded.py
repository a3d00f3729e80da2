"""From the commit to the effect on a busy machine: each peer at four fifths of what it can handle itself."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import latency
from benchmarks.beside import prepared
from benchmarks.rows import Row, Sizes, measurement, ratio

if TYPE_CHECKING:
    from benchmarks.peers.peer import Peer
    from benchmarks.peers.workers import Workers

LOAD = 0.8
# Sent one after the other, as fast as a process can.
AT_ONCE_PER_S = 1_000_000


class Loaded(NamedTuple):
    """One run of a peer: how many jobs a second it was sent, and the milliseconds from commit to effect."""

    per_s: float
    p50: float
    p99: float


@measurement("loaded")
def loaded(sizes: Sizes) -> Iterator[Row]:
    """Find out what each can handle while it is sent to, then send it four fifths of that by the clock."""
    with prepared() as (ours, others):
        peers = [ours, *(each for each in others if each.durable)]
        found: dict[str, list[Loaded]] = {each.name: [] for each in peers}
        for _round in range(max(1, sizes.rounds // 3)):
            for each in peers:
                found[each.name].append(under_load(each, sizes))
    mine = found.pop(ours.name)
    for figure in ("p50", "p99"):
        for name, theirs in found.items():
            yield row(mine, name, theirs, figure)


def under_load(peer: Peer, sizes: Sizes) -> Loaded:
    """Measure one peer once, with workers that are warm."""
    with latency.warm(peer) as running:
        per_s = LOAD * capacity(peer, running, sizes.jobs)
        times = latency.steady(peer, running, per_s, sizes.seconds * latency.BUSY_TIMES)
    return Loaded(per_s, times.p50, times.p99)


def capacity(peer: Peer, running: Workers, count: int) -> float:
    """Return how many jobs a second are committed by one process and handled meanwhile."""
    from benchmarks.peers import effects

    effects.forget()
    sent = latency.send(peer, count, AT_ONCE_PER_S)
    done = running.wait_for(count).done
    return count / (max(done.values()) - min(sent.values()))


def row(mine: list[Loaded], name: str, theirs: list[Loaded], figure: str) -> Row:
    """Set one figure beside a peer's; each was sent what it can handle."""
    ours, others = [getattr(each, figure) for each in mine], [getattr(each, figure) for each in theirs]
    return Row(
        f"commit to effect at 80% of its load, {median(each.per_s for each in mine):.0f}/s, {figure}",
        round(median(ours), 2), f"{name} at its own, {median(each.per_s for each in theirs):.0f}/s",
        round(median(others), 2), "ms", ratio(others, ours),
    )  # fmt: skip
