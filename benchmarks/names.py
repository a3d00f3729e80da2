"""Names in the same process: one against the bare query, and a thousand at once against one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

from benchmarks import databases
from benchmarks.rows import Row, Sizes, by_turns, measurement, ratio

DATABASE = "deltacrown_bench_names"
USERS = 2_000
CALLS = 300


@measurement("names")
def names(sizes: Sizes) -> Iterator[Row]:
    """Ask ProfileAPIService."""
    databases.fill(DATABASE, USERS)
    try:
        yield from _asked(sizes)
    finally:
        databases.drop(DATABASE)


def _asked(sizes: Sizes) -> Iterator[Row]:
    databases.use(DATABASE)
    from django.db import connection

    from apps.user_profile.models import UserProfile
    from apps.user_profile.services.profile_api import ProfileAPIService

    def bare() -> None:
        UserProfile.objects.values_list("display_name", flat=True).get(user_id=7)

    ids = list(range(1, 1001))
    one, query, thousand = by_turns(
        3 * sizes.rounds,
        per_s(lambda: ProfileAPIService.get_display_name(7), CALLS),
        per_s(bare, CALLS),
        per_s(lambda: ProfileAPIService.get_display_names(ids), 20),
    )
    connection.close()
    yield Row(
        "ProfileAPIService.get_display_name", round(median(one)), "a bare values_list query",
        round(median(query)), "calls/s", ratio(one, query), 0.8,
    )  # fmt: skip
    yield Row(
        "1,000 names in one call (bound: 10 times one)", round(1000 / median(thousand), 3), "one name",
        round(1000 / median(one), 3), "ms", ratio(thousand, one), 0.1,
    )  # fmt: skip


def per_s(work: Callable[[], object], calls: int) -> Callable[[], float]:
    """Return a function that tells how often a second the work can be done."""

    def measure() -> float:
        began = time.perf_counter()
        for _call in range(calls):
            work()
        return calls / (time.perf_counter() - began)

    return measure
