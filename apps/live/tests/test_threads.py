"""The threads that ask the database for all streams, when the database goes away."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from apps.live import sharing
from apps.live.threads import THREADS, in_thread

pytestmark = pytest.mark.django_db(transaction=True)


def session() -> int:
    """Return the number of this thread's session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


async def in_all[T](work: Callable[[], T]) -> list[T]:
    """Run work once in each of the threads."""
    together = threading.Barrier(THREADS)

    def once() -> T:
        together.wait(10)
        return work()

    return await asyncio.gather(*(in_thread(once) for _ in range(THREADS)))


def test_one_failure_tells_all_threads_that_the_database_was_away() -> None:
    """Else who comes next meets the broken connections one by one, and waits longer before each."""
    tries = []

    def counted() -> int:
        tries.append(threading.current_thread().name)
        return session()

    async def story() -> None:
        assert await sharing.patiently(counted) not in sessions
        assert len(tries) == 2
        assert not set(await in_all(session)) & set(sessions)
        await in_all(lambda: connection.close())

    sessions = asyncio.run(in_all(session))
    assert len(set(sessions)) == THREADS
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM unnest(%s::int[]) AS pid", [sessions])
    asyncio.run(story())
