"""One rendering for all who watch the same: two thousand streams of one match ask the database once."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from django.db import DatabaseError, InterfaceError

from apps.live.channels import Channel, State
from apps.live.threads import in_thread

PAUSE_S_MAX = 5.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Landed[T]:
    """What work found, and when it began by the loop's clock."""

    value: T
    began: float


class Flight[T]:
    """Work that many ask for at once: it is done once for all whose question is older than its beginning."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.work = work
        self.began = float("-inf")
        self.task: asyncio.Future[Landed[T]] | None = None

    async def since(self, moment: float) -> Landed[T]:
        """Return what the work found that began at this moment or later."""
        if self.task is None or self.began < moment:
            self.began = now()
            self.task = asyncio.create_task(self.land(self.began))
        # One who leaves does not take the work away from the others.
        return await asyncio.shield(self.task)

    def know(self, landed: Landed[T]) -> None:
        """Take over what other work has found already."""
        if landed.began > self.began:
            self.began = landed.began
            self.task = asyncio.get_running_loop().create_future()
            self.task.set_result(landed)

    async def land(self, began: float) -> Landed[T]:
        """Do the work."""
        return Landed(await patiently(self.work), began)


@dataclass(eq=False)
class Taken:
    """Facts of a channel, since when they stand, and what is said of them."""

    facts: Any
    at: float
    shown: Flight[State | None]


class Shared:
    """A channel, for all streams that watch it in this process."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.latest: Taken | None = None
        self.latest_began = float("-inf")
        self.flight = Flight(partial(looked_at, channel))

    async def taken(self, moment: float) -> Taken:
        """Return the facts of this moment or later; the same object for as long as they stand."""
        landed = await self.flight.since(moment)
        # Two looks may come back in another order than they left.
        if self.latest is None or landed.began >= self.latest_began:
            self.latest_began = landed.began
            facts, state = landed.value
            if self.latest is None or self.latest.facts != facts:
                self.latest = Taken(facts, now(), Flight(partial(shown, self.channel, facts)))
            self.latest.shown.know(Landed(state, landed.began))
        return self.latest


class Shelf:
    """The channels that are watched now: the last one who leaves takes his channel with him."""

    def __init__(self) -> None:
        self.shared: WeakValueDictionary[Channel, Shared] = WeakValueDictionary()

    def of(self, channel: Channel) -> Shared:
        """Return the one of this channel."""
        found = self.shared.get(channel)
        if found is None:
            found = self.shared[channel] = Shared(channel)
        return found


def looked_at(channel: Channel) -> tuple[Any, State | None]:
    """Return the facts of a channel, and at once what is said of them: most who watch are not late."""
    facts = channel.facts()
    return facts, shown(channel, facts)


def shown(channel: Channel, facts: Any) -> State | None:
    """Return what a channel says of facts now."""
    return None if facts is None else channel.show(facts)


async def patiently[T](work: Callable[[], T]) -> T:
    """Ask the database; wait for it when it is away."""
    pause_s = 0.1
    while True:
        try:
            return await in_thread(work)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("the database is away, trying again in %.1f s: %s", pause_s, error)
            await asyncio.sleep(pause_s)
            pause_s = min(PAUSE_S_MAX, pause_s * 2)


def now() -> float:
    """Return the time of the loop's clock."""
    return asyncio.get_running_loop().time()
