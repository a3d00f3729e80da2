"""The hub: one LISTEN for the whole process, and a bell for every stream that hears of what happened."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError

from apps.events import registry, sequencer, stream, wakeup
from apps.events.stream import Entry
from apps.live import bells
from apps.live.threads import in_thread

PAGE = 1_000
POLL_S = 1.0
RETRY_S_MAX = 5.0
# The subject of a ring for everybody.
EVERYTHING = "*"

logger = logging.getLogger(__name__)


class Bell:
    """Rings when a stream has to look again; knows when it rang, for which subjects."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()
        self.at = 0.0
        self.hears: set[str] = set()
        self.subjects: set[str] = set()

    def ring(self, subject: str, at: float) -> None:
        """Ring for a subject, at a moment of the loop's clock."""
        self.at = at
        self.subjects.add(subject)
        self.rung.set()

    async def wait(self, timeout_s: float) -> frozenset[str]:
        """Wait for the bell; return for which subjects it rang, none when it did not."""
        try:
            async with asyncio.timeout(timeout_s):
                await self.rung.wait()
        except TimeoutError:
            return frozenset()
        self.rung.clear()
        heard = frozenset(self.subjects)
        self.subjects.clear()
        return heard


class Hub:
    """Follows the stream of events and rings the bells of those who hear of their subjects."""

    def __init__(self) -> None:
        self.position = 0
        self.begun = asyncio.Event()
        self.bells: defaultdict[str, set[Bell]] = defaultdict(set)
        self.task: asyncio.Task[None] | None = None

    @contextmanager
    def bell(self, hears: Iterable[str]) -> Iterator[Bell]:
        """Give a stream its bell for as long as the block runs."""
        bell = Bell()
        self.extend(bell, hears)
        try:
            yield bell
        finally:
            self.take_down(bell)

    def take_down(self, bell: Bell) -> None:
        """Let a bell hear of nothing more."""
        for subject in bell.hears:
            self.bells[subject].discard(bell)
            if not self.bells[subject]:
                del self.bells[subject]
        bell.hears.clear()

    def extend(self, bell: Bell, hears: Iterable[str]) -> None:
        """Let a bell hear of more."""
        for subject in set(hears) - bell.hears:
            bell.hears.add(subject)
            self.bells[subject].add(bell)

    async def start(self) -> None:
        """Begin to follow, from the head of the stream on; return once it is known."""
        if self.task is None:
            self.task = asyncio.create_task(self.follow())
        await self.begun.wait()

    async def stop(self) -> None:
        """Stop following."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
            self.task = None

    async def follow(self) -> None:
        """Follow the stream; when the database was away, everybody looks again once it is back."""
        retry_s = 0.1
        while True:
            try:
                async with await listen() as listener:
                    self.position = await in_thread(sequencer.head)
                    self.begun.set()
                    self.ring_all()
                    retry_s = 0.1
                    await self.serve(listener)
            except (psycopg.Error, DatabaseError, InterfaceError, OSError) as error:
                logger.warning("the database is away, trying again in %.1f s: %s", retry_s, error)
                await asyncio.sleep(retry_s)
                retry_s = min(RETRY_S_MAX, retry_s * 2)

    async def serve(self, listener: psycopg.AsyncConnection[Any]) -> None:
        """Ring for what is new, after every wake-up and every now and then."""
        while True:
            while await self.ring_for_news():
                pass
            async for notice in listener.notifies(timeout=POLL_S, stop_after=1):
                if notice.channel == bells.CHANNEL:
                    self.ring_for(notice.payload, asyncio.get_running_loop().time())

    async def ring_for_news(self) -> bool:
        """Ring the bells of the next page of events; tell whether there may be more."""
        entries = await in_thread(partial(news, self.position))
        at = asyncio.get_running_loop().time()
        for entry in entries:
            self.position = entry.position
            for subject in subjects_of(entry):
                self.ring_for(subject, at)
        return len(entries) == PAGE

    def ring_for(self, subject: str, at: float) -> None:
        """Ring the bells of those who hear of a subject."""
        for bell in self.bells.get(subject, ()):
            bell.ring(subject, at)

    def ring_all(self) -> None:
        """Ring every bell."""
        at = asyncio.get_running_loop().time()
        for hung in list(self.bells.values()):
            for bell in hung:
                bell.ring(EVERYTHING, at)


def news(position: int) -> list[Entry]:
    """Return the next events after a position."""
    return stream.tail(after=position, upto=position + PAGE, limit=PAGE)


def subjects_of(entry: Entry) -> set[str]:
    """Return what an event is of and about: its type, its key, its users, every argument that is an id."""
    named = {
        f"{name.removesuffix('_id')}:{value}"
        for name, value in entry.payload.items()
        if name.endswith("_id") and value is not None
    }
    definition = registry.events.get(entry.type)
    users = definition.users_of(entry.payload) if definition else ()
    return {entry.key, f"type:{entry.type}"} | named | {f"user:{user_id}" for user_id in users}


async def listen() -> psycopg.AsyncConnection[Any]:
    """Open a session that hears whenever the stream has grown, and whoever rings."""
    listener = await psycopg.AsyncConnection.connect(**await in_thread(wakeup.parameters))
    for channel in (wakeup.STREAM, bells.CHANNEL):
        await listener.execute(f"LISTEN {channel}")
    return listener
