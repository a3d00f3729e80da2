"""The sender: brings messages out, hundreds at a time. Run as many as you like, on as many hosts as you like.

One thread talks to the database, one event loop to the world. Deliveries are leased, so a sender that dies
leaves nothing behind but leases that run out.
"""

import asyncio
import logging
import signal
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import psycopg
from django.db import DatabaseError, InterfaceError, connection

from apps.events import wakeup
from apps.webhooks.limits import IN_FLIGHT_DOUBTFUL_MAX, IN_FLIGHT_MAX, TIMEOUT_S
from apps.webhooks.sending import exchange, transport, turn
from apps.webhooks.services import results
from apps.webhooks.services.outbox import Ready
from apps.webhooks.services.results import PACE, Pace, Result

POLL_S_MIN = 0.02
POLL_S_MAX = 1.0
RECONNECT_S_MAX = 5.0
# Names are looked up in threads: so many slow ones at once hold up nobody.
LOOKUP_THREADS = 64
# What is under way when the sender is told to stop has so long to arrive.
STOP_S = 5.0

logger = logging.getLogger(__name__)


class Sender:
    """Works until told to stop; what is under way then is finished, or given back."""

    def __init__(self, *, pace: Pace = PACE, in_flight: int = IN_FLIGHT_MAX, timeout_s: float = TIMEOUT_S):
        self.pace = pace
        self.in_flight = in_flight
        self.timeout_s = timeout_s
        self.lease = uuid.uuid4()
        self.tasks: set[asyncio.Task[None]] = set()
        self.done: list[Result] = []
        self.doubtful = 0
        self.wake = asyncio.Event()
        self.stopping = False
        self.listener: psycopg.Connection | None = None
        self.database = ThreadPoolExecutor(1, thread_name_prefix="webhooks-database")

    def stop(self) -> None:
        """Take nothing more."""
        self.stopping = True
        self.wake.set()

    async def run(self) -> None:
        """Send until told to stop; survive restarts of the database."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="webhooks-lookup"))
        pause_s = POLL_S_MIN
        async with transport.client() as client:
            while not self.stopping:
                try:
                    await self.serve(client)
                except (DatabaseError, InterfaceError, psycopg.Error) as error:
                    logger.warning("the database is away, trying again in %.1f s: %s", pause_s, error)
                    await self.disconnect()
                    await asyncio.sleep(pause_s)
                    pause_s = min(RECONNECT_S_MAX, pause_s * 2)
                else:
                    pause_s = POLL_S_MIN
            await self.finish()
        await self.disconnect()
        self.database.shutdown()

    async def serve(self, client: httpx.AsyncClient) -> None:
        """Take, send, note; sleep when there is nothing to do."""
        await self.listen()
        poll_s = POLL_S_MIN
        while not self.stopping:
            self.wake.clear()
            if await self.cycle(client):
                poll_s = POLL_S_MIN
                continue
            woken = await self.wait(poll_s)
            poll_s = POLL_S_MIN if woken else min(POLL_S_MAX, poll_s * 1.5)

    async def cycle(self, client: httpx.AsyncClient) -> bool:
        """Note what came back and take what is due; tell whether there was anything."""
        noted = await self.note()
        room = self.in_flight - len(self.tasks)
        if room <= 0:
            return noted
        doubtful = self.doubtful < IN_FLIGHT_DOUBTFUL_MAX
        found = await self.in_database(
            lambda: turn.take(self.lease, limit=room, doubtful=doubtful, pace=self.pace)
        )
        for ready in found.ready:
            task = asyncio.create_task(self.deliver(client, ready))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return noted or found.taken > 0

    async def deliver(self, client: httpx.AsyncClient, ready: Ready) -> None:
        """Send one message."""
        is_doubtful = ready.is_doubtful
        self.doubtful += is_doubtful
        try:
            reply = await exchange.perform(client, ready.message, timeout_s=self.timeout_s)
        finally:
            self.doubtful -= is_doubtful
        self.done.append(turn.result_of(ready, reply))
        self.wake.set()

    async def note(self) -> bool:
        """Write down what came back; tell whether there was anything. What cannot be written is kept."""
        if not self.done:
            return False
        batch, self.done = self.done, []
        try:
            await self.in_database(lambda: results.record(batch, lease=self.lease, pace=self.pace))
        except BaseException:
            self.done = batch + self.done
            raise
        return True

    async def finish(self) -> None:
        """Let arrive what is under way, for a moment; give back the rest."""
        if self.tasks:
            _done, late = await asyncio.wait(self.tasks, timeout=STOP_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        with suppress(DatabaseError, InterfaceError, psycopg.Error):
            await self.note()
            await self.in_database(lambda: turn.release(self.lease))

    async def in_database[T](self, work: Callable[[], T]) -> T:
        """Run something in the thread that talks to the database."""
        return await asyncio.get_running_loop().run_in_executor(self.database, work)

    async def listen(self) -> None:
        """Hear of new deliveries at once; the poll is behind it."""

        def connect() -> psycopg.Connection:
            listener = wakeup.connect()
            listener.execute(f"LISTEN {wakeup.CHANNEL}")
            return listener

        self.listener = await self.in_database(connect)
        asyncio.get_running_loop().add_reader(self.listener.fileno(), self.heard)

    def heard(self) -> None:
        """Take the wake-ups that came; without a connection the poll goes on alone."""
        assert self.listener is not None
        try:
            for _ in self.listener.notifies(timeout=0):
                pass
        except psycopg.Error as error:
            logger.warning("wake-ups pause: %s", error)
            asyncio.get_running_loop().remove_reader(self.listener.fileno())
        self.wake.set()

    async def wait(self, seconds: float) -> bool:
        """Sleep until something comes back, a wake-up, or the poll; tell whether it was not the poll."""
        try:
            async with asyncio.timeout(seconds):
                await self.wake.wait()
        except TimeoutError:
            return False
        return True

    async def disconnect(self) -> None:
        """Let go of both connections; the next use opens them again."""
        if self.listener is not None:
            if not self.listener.closed:
                asyncio.get_running_loop().remove_reader(self.listener.fileno())
            self.listener.close()
            self.listener = None
        # Looked up in the thread whose connection it is.
        await self.in_database(lambda: connection.close())


async def run_until_signal(sender: Sender) -> None:
    """Run a sender until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, sender.stop)
    await sender.run()
