"""The rows that `./dev bench` gives, and how a measurement of ours is set beside its peer's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Row:
    """Ours and a peer's value of one measure, their ratio (what is better is higher), and the goal of it."""

    measure: str
    ours: float
    peer: str
    peer_value: float
    limit: str
    ratio: float
    goal: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it for a file; `met` is null where there is no goal."""
        return {**asdict(self), "met": None if self.goal is None else self.ratio >= self.goal}


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    users: int
    rounds: int
    seconds: float
    # Jobs that a peer's workers drain, and events that stand in the log where it is to be long.
    jobs: int = 300
    log: int = 1_000


WHOLE = Sizes(users=100_000, rounds=9, seconds=2.0, jobs=3_000, log=10_000_000)
QUICK = Sizes(users=20_000, rounds=5, seconds=1.0, jobs=600, log=1_000_000)
# For tests: every row, of no meaning.
TINY = Sizes(users=60, rounds=1, seconds=0.2, jobs=40, log=1_000)

type Measurement = Callable[[Sizes], Iterator[Row]]
MEASUREMENTS: dict[str, Measurement] = {}


def measurement(name: str) -> Callable[[Measurement], Measurement]:
    """Register what gives rows, by a name for `--only`."""

    def register(work: Measurement) -> Measurement:
        MEASUREMENTS[name] = work
        return work

    return register


def by_turns(rounds: int, *works: Callable[[], float]) -> list[list[float]]:
    """Run each work once a round, so that what else the machine does hits all; return the values of each."""
    values: list[list[float]] = [[] for _ in works]
    for _round in range(rounds):
        for kept, work in zip(values, works, strict=True):
            kept.append(work())
    return values


def ratio(ours: Iterable[float], theirs: Iterable[float]) -> float:
    """Return the median of the rounds' ratios."""
    return round(median(one / other for one, other in zip(ours, theirs, strict=True)), 3)
