"""Publishing to NATS JetStream, in order, each event until the broker has said that it keeps it.

One process publishes; others wait for its place, which a session lock holds. What a crash leaves half done is
published again with the same ids: the broker drops the repeats of the last minutes, an inbox all others.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import nats
import psycopg
from django.db import DatabaseError, InterfaceError, connection
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StreamConfig
from nats.js.errors import NotFoundError

from apps.events import sequencer, wakeup
from apps.events.asyncapi import SUBJECT
from apps.events.bridge import position
from apps.events.bridge.messages import Message
from apps.events.bridge.position import Overtaken
from apps.events.errors import InvalidEvent

STREAM = "DELTACROWN_EVENTS"
# How long the broker itself knows a message again.
DUPLICATES_S = 600.0
ACK_S = 5.0
# Coming back is this module's own business: what the client would send later by itself could be out of order.
ONE_TRY: dict[str, Any] = {
    "connect_timeout": 2,
    "allow_reconnect": False,
    "max_reconnect_attempts": 1,
    "reconnect_time_wait": 0.1,
}
POLL_S = 0.5
RETRY_S_MIN, RETRY_S_MAX = 0.1, 5.0

DATABASE_AWAY = (DatabaseError, InterfaceError, psycopg.Error)
BROKER_AWAY = (nats.errors.Error, OSError, asyncio.TimeoutError)

logger = logging.getLogger(__name__)


class Bridge:
    """Works until told to stop; survives restarts of the broker and of the database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.stopping = False
        self.session: psycopg.Connection | None = None
        self.leading = False
        # Django's connections belong to threads: everything of the database happens in this one.
        self.database = ThreadPoolExecutor(1, thread_name_prefix="bridge-database")

    def stop(self) -> None:
        """Publish what is under way, and nothing more."""
        self.stopping = True

    async def run(self) -> None:
        """Publish until told to stop. Raises NotOurLog when the log comes from another cluster."""
        pause_s = RETRY_S_MIN
        while not self.stopping:
            try:
                await self.serve()
                pause_s = RETRY_S_MIN
            except (*DATABASE_AWAY, *BROKER_AWAY, InvalidEvent, Overtaken) as error:
                logger.warning("the bridge pauses for %.1f s: %s: %s", pause_s, type(error).__name__, error)
                await asyncio.sleep(pause_s)
                pause_s = min(RETRY_S_MAX, pause_s * 2)
            finally:
                await self.ask(self.disconnect)
        self.database.shutdown()

    async def serve(self) -> None:
        """Connect to both sides, and carry over."""
        await self.ask(sequencer.check_cluster)
        client = await nats.connect(self.url, error_cb=tell, **ONE_TRY)
        try:
            broker = client.jetstream(timeout=ACK_S)
            await ensure_stream(broker)
            while not self.stopping and client.is_connected:
                if not await self.ask(self.is_ours):
                    await asyncio.sleep(POLL_S)
                elif not await self.carry(broker):
                    await self.ask(self.wait)
        finally:
            await close(client)

    async def carry(self, broker: JetStreamContext) -> bool:
        """Publish what waits; tell whether there was anything.

        What the broker has got is remembered, also when it fails at the next.
        """
        messages: list[Message] = await self.ask(position.waiting)
        if not messages:
            return False
        before = after = messages[0].position - 1
        try:
            for each in messages:
                await broker.publish(each.subject, each.body, headers=each.headers, stream=STREAM)
                after = each.position
        finally:
            if after > before:
                await self.ask(lambda: position.advance(before=before, after=after))
        return True

    async def ask[T](self, work: Callable[[], T]) -> T:
        """Do something with the database."""
        return await asyncio.get_running_loop().run_in_executor(self.database, work)

    def is_ours(self) -> bool:
        """Tell whether this process is the one that publishes: once it is, until its session ends."""
        if self.session is None:
            self.session = wakeup.connect()
            self.session.execute(f"LISTEN {wakeup.STREAM}")
        self.leading = self.leading or position.lease(self.session)
        return self.leading

    def wait(self) -> None:
        """Sleep until the stream has grown, or for a moment."""
        assert self.session is not None
        for _bell in self.session.notifies(timeout=POLL_S, stop_after=1):
            return

    def disconnect(self) -> None:
        """Let go of the database, and of the place."""
        if self.session is not None:
            self.session.close()
            self.session = None
        self.leading = False
        connection.close()


async def ensure_stream(broker: JetStreamContext) -> None:
    """Make the stream when it is not there; its limits and replicas are the operators' own."""
    try:
        await broker.stream_info(STREAM)
    except NotFoundError:
        await broker.add_stream(
            StreamConfig(name=STREAM, subjects=[f"{SUBJECT}.>"], duplicate_window=DUPLICATES_S)
        )


async def close(client: Client) -> None:
    """Hang up, whatever state the line is in."""
    if not client.is_closed:
        await client.close()


async def tell(error: Exception) -> None:
    """Log what the client meets by itself; whoever waits for an answer hears of it, too."""
    logger.info("nats: %s: %s", type(error).__name__, error)


async def run_until_signal(bridge: Bridge) -> None:
    """Run until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, bridge.stop)
    await bridge.run()
