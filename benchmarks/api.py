"""The profile document: against an empty view, against the usual means, and in a larger crowd."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from statistics import median

from benchmarks import databases, load
from benchmarks.rows import Row, Sizes, by_turns, measurement, ratio
from benchmarks.servers import serving

SMALL, LARGE = "deltacrown_bench_small", "deltacrown_bench_large"
SMALL_USERS = 1_000
ASKED = 500
WARM_S = 1.0
SEED = 7


@measurement("profile")
def profile(sizes: Sizes) -> Iterator[Row]:
    """Serve a small and a large crowd side by side, and ask for profiles of both."""
    with ExitStack() as stack:
        for name, users in ((SMALL, SMALL_USERS), (LARGE, sizes.users)):
            databases.fill(name, users)
            stack.callback(databases.drop, name)
        small, large = (stack.enter_context(serving(name)) for name in (SMALL, LARGE))
        yield from _against_others(large, sizes)
        yield from _in_a_crowd(small, large, sizes)


def _against_others(port: int, sizes: Sizes) -> Iterator[Row]:
    names = _names(sizes.users)
    profiles = [f"/api/profiles/@{name}/" for name in names]
    ours = _asking(port, [load.get(path) for path in profiles], sizes)
    known = _asking(port, [load.get(profiles[0], **{"If-None-Match": _tag(port, profiles[0])})], sizes, 304)
    empty = _asking(port, [load.get("/bench/empty/")], sizes)
    drf = _asking(port, [load.get(f"/bench/drf/@{name}/") for name in names], sizes)
    per_s = by_turns(sizes.rounds, *(lambda ask=ask: ask().per_s for ask in (ours, known, empty, drf)))
    by_us, by_tag, by_nobody, by_drf = per_s
    for measure, found, peer, theirs, goal in (
        ("profile document", by_us, "an empty view on the same server", by_nobody, 0.25),
        ("profile document, 304", by_tag, "an empty view on the same server", by_nobody, 0.35),
        ("profile document", by_us, "the same by ORM and DRF", by_drf, 6.0),
    ):
        yield Row(
            measure,
            round(median(found)),
            peer,
            round(median(theirs)),
            "requests/s",
            ratio(found, theirs),
            goal,
        )


def _in_a_crowd(small: int, large: int, sizes: Sizes) -> Iterator[Row]:
    for measure, path in (("profile document", "/api/profiles/@{}/"), ("profile page", "/@{}/")):
        asks = [
            _asking(port, [load.get(path.format(name)) for name in _names(users)], sizes)
            for port, users in ((large, sizes.users), (small, SMALL_USERS))
        ]
        many, few = by_turns(sizes.rounds, *(lambda ask=ask: ask().p95_ms for ask in asks))
        yield Row(
            f"{measure}, p95 with {sizes.users:,} users (bound: 1.5 times)",
            round(median(many), 2),
            f"the same with {SMALL_USERS:,} users",
            round(median(few), 2),
            "ms",
            ratio(few, many),
            round(1 / 1.5, 3),
        )


def _names(users: int) -> list[str]:
    draw = random.Random(SEED)
    return [f"player-{draw.randint(1, users)}" for _ in range(ASKED)]


def _asking(port: int, requests: Sequence[bytes], sizes: Sizes, status: int = 200) -> Callable[[], load.Load]:
    """Return a function that asks for a while and wants this status of every answer."""

    def ask() -> load.Load:
        found = load.run(port, requests, sizes.seconds)
        assert set(found.statuses) == {status}, found.statuses
        return found

    load.run(port, requests, WARM_S)
    return ask


def _tag(port: int, path: str) -> str:
    """Return the entity tag of what is there."""
    asking = load.Asking(port)
    asking.send(load.get(path))
    while not asking.answered():
        pass
    [line] = [line for line in asking.got.split(b"\r\n") if line.lower().startswith(b"etag:")]
    return line.split(b":", 1)[1].strip().decode()
