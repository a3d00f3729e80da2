"""Work that asks the database, in threads that live long: Django's connections are none for an event loop.

A connection is kept until it breaks, and is not asked for its health before each piece of work: whoever waits
for an answer tries again. When one broke, each thread opens a new one, so nobody meets them one by one.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, connection

THREADS = 8

threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live")


class Broken:
    """How often a connection broke: in all threads, and how much of it each has seen to."""

    count = 0
    here = threading.local()


async def in_thread[T](work: Callable[[], T]) -> T:
    """Run some work in a thread; a connection that broke there is let go of."""
    return await asyncio.get_running_loop().run_in_executor(threads, guarded, work)


def guarded[T](work: Callable[[], T]) -> T:
    """Do the work; a connection is not kept when it, or that of another thread, broke."""
    if getattr(Broken.here, "seen", None) != Broken.count:
        connection.close()
        Broken.here.seen = Broken.count
    try:
        return work()
    except (DatabaseError, InterfaceError):
        connection.close()
        Broken.count += 1
        Broken.here.seen = Broken.count
        raise
