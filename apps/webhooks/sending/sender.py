"""The sender: brings messages out, hundreds at a time. Run as many as you like, on as many hosts as you like.

One thread talks to the database, one event loop to the world. Deliveries are leased, so a sender that dies
leaves nothing behind but leases that run out.
"""

import asyncio
import logging
import signal
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
from django.db import DatabaseError, InterfaceError, connection

from apps.events import steady, wakeup
from apps.webhooks.limits import FRESH_S, IN_FLIGHT_MAX, TIMEOUT_S
from apps.webhooks.sending import runs, transport, turn
from apps.webhooks.sending.room import Room
from apps.webhooks.services.deliveries import CHANNEL
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
        self.timeout_s = timeout_s
        self.lease = uuid.uuid4()
        self.tasks: set[asyncio.Task[None]] = set()
        self.done: list[Result] = []
        self.unsent: list[int] = []
        self.wake = asyncio.Event()
        self.room = Room(in_flight, self.wake.set)
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

    async def serve(self, client: transport.Client) -> None:
        """Take, send, note; sleep when there is nothing to do."""
        await self.listen()
        poll_s = POLL_S_MIN
        while not self.stopping:
            self.wake.clear()
            worked, has_more = await self.cycle(client)
            poll_s = POLL_S_MIN if worked else poll_s
            if not has_more:
                woken = await self.wait(poll_s)
                poll_s = POLL_S_MIN if woken else min(POLL_S_MAX, poll_s * 1.5)

    async def cycle(self, client: transport.Client) -> tuple[bool, bool]:
        """Note what came back and take what is due; tell whether there was anything, and may be more.

        What leaves is seen off before more is looked for, unless there was no room for all that is due, or
        something was settled without leaving: nothing comes back of that.
        """
        noted = await self.note()
        room = self.room.free()
        if room <= 0:
            return noted, False
        doubtful, now = not self.room.has_doubts(), asyncio.get_running_loop().time()
        found = await self.in_database(
            lambda: turn.take(self.lease, limit=room, doubtful=doubtful, pace=self.pace)
        )
        for run in runs.of(found.ready):
            self.begin(client, run, now)
        return noted or found.taken > 0, found.taken == room or len(found.ready) < found.taken

    def begin(self, client: transport.Client, run: Sequence[Ready], written_at: float) -> None:
        """Let messages leave, one after the other."""
        give_back = self.room.take(is_doubtful=run[0].is_doubtful)
        task = asyncio.create_task(self.deliver(client, run, written_at))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        task.add_done_callback(lambda _task: give_back())

    async def deliver(self, client: transport.Client, run: Sequence[Ready], written_at: float) -> None:
        """Send messages one after the other; what was written too long ago is written anew."""
        clock, sent = asyncio.get_running_loop().time, 0

        def is_over() -> bool:
            return self.stopping or clock() - written_at > FRESH_S

        async for ready, reply in runs.bring(client, run, is_over=is_over, timeout_s=self.timeout_s):
            sent += 1
            self.done.append(turn.result_of(ready, reply))
            self.wake.set()
        self.unsent += [each.claim.id for each in run[sent:]]
        self.wake.set()

    async def note(self) -> bool:
        """Write down what came back; tell whether there was anything. What cannot be written is kept."""
        if not self.done and not self.unsent:
            return False
        batch, unsent, self.done, self.unsent = self.done, self.unsent, [], []
        try:
            await self.in_database(lambda: turn.note(batch, unsent, lease=self.lease, pace=self.pace))
        except BaseException:
            self.done, self.unsent = batch + self.done, unsent + self.unsent
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
            listener.execute(f"LISTEN {CHANNEL}")
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
    steady.settle()
    await sender.run()
