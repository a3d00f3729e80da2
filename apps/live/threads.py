"""Work that asks the database, in threads that live long: Django's connections are none for an event loop.

A connection is kept until it breaks, and is not asked for its health before each piece of work: whoever waits
for an answer tries again when it broke.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, connection

THREADS = 8

threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live")


async def in_thread[T](work: Callable[[], T]) -> T:
    """Run some work in a thread; a connection that broke there is let go of."""
    return await asyncio.get_running_loop().run_in_executor(threads, guarded, work)


def guarded[T](work: Callable[[], T]) -> T:
    """Do the work; a connection that broke is not kept."""
    try:
        return work()
    except (DatabaseError, InterfaceError):
        connection.close()
        raise
