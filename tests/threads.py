"""Two things at once, for tests of locks: other threads, each with a database session of its own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection

PATIENCE_S = 20
WAITING_FOR_US = """
SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
"""


@contextmanager
def other_threads(count: int = 1) -> Iterator[Callable[..., Future[Any]]]:
    """Hand out a function that starts another in a thread; at the end of the block all have finished."""

    def run(task: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        try:
            return task(**arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        yield lambda task, **arguments: pool.submit(run, task, arguments)


def wait_until_somebody_waits_for_us() -> None:
    """Return when another session waits for a lock that this one holds."""
    deadline = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(WAITING_FOR_US)
            if cursor.fetchone() != (0,):
                return
    raise AssertionError(f"nobody waited for this session within {PATIENCE_S} s")
