"""All who watch the same, so many seconds late: what they are told is decided and written once for all."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from apps.live import sse
from apps.live.channels import Channel, Watch
from apps.live.hub import Bell, Hub
from apps.live.listening import Listener, Said
from apps.live.sharing import Shared, Shelf, Taken, now

HEARTBEAT_S = 10.0
# At a heartbeat all who watch the same share one look that is not older: a change after it would have rung.
LOOK_S = 5.0


class Audience:
    """The streams that watch a channel with the same delay.

    What is late is the facts. Names and privacy never are: with every ring what is shown is decided anew.
    """

    def __init__(self, shared: Shared, hub: Hub, bell: Bell, delay_s: float) -> None:
        self.shared = shared
        self.hub = hub
        self.bell = bell
        self.delay_s = delay_s
        self.listeners: set[Listener] = set()
        self.seats = 0
        self.waiting: deque[Taken] = deque()
        self.current: Taken | None = None
        self.said: Said | None = None
        # How things stood at this moment is known, and up to this position of the events.
        self.looked = float("-inf")
        self.position = 0
        self.looking = asyncio.Lock()
        self.is_over = False
        self.task = asyncio.create_task(self.run())

    async def run(self) -> None:
        """Look whenever the bell rings, something is due, or all was quiet for a while, until it is over."""
        quiet_since = now()
        while not self.is_over:
            pause_s = min(quiet_since + HEARTBEAT_S, self.due_at()) - now()
            heard = await self.bell.wait(max(0.0, pause_s))
            before = self.said
            await self.look(self.bell.at if heard else now() - LOOK_S)
            if self.said is not before:
                quiet_since = now()
            elif quiet_since + HEARTBEAT_S <= now():
                quiet_since = now()
                self.beat()

    def due_at(self) -> float:
        """Return when the next facts are told."""
        return self.waiting[0].at + self.delay_s if self.waiting else float("inf")

    async def look(self, moment: float) -> None:
        """Take the facts of a moment or later, and tell what is due of them."""
        async with self.looking:
            if self.is_over or (moment <= self.looked and self.due_at() > now()):
                return
            position = self.hub.position
            taken = await self.shared.taken(moment)
            looked = self.shared.latest_began
            if taken is not (self.waiting[-1] if self.waiting else self.current):
                self.waiting.append(taken)
            while self.due_at() <= now():
                if self.delay_s:
                    moment = max(moment, self.due_at())
                self.current = self.waiting.popleft()
            self.position = position
            if self.current is not None:
                looked = min(looked, await self.tell(self.current, moment))
            self.looked = max(self.looked, looked)

    async def tell(self, taken: Taken, moment: float) -> float:
        """Say what is to be seen of these facts at this moment, if it is not what was said last.

        Return the moment that it is true of.
        """
        landed = await taken.shown.since(moment)
        if landed.value is None:
            self.end()
        elif self.said is None or landed.value != self.said.state:
            self.said = Said(landed.value, self.position)
            for listener in list(self.listeners):
                listener.tell(self.said)
        return landed.began

    def admit(self, listener: Listener) -> None:
        """Let a stream hear from now on, how things stand at first; that nothing is there any more, too."""
        if self.is_over:
            listener.end(self.position)
            return
        self.listeners.add(listener)
        if self.said is not None:
            listener.tell(Said(self.said.state, self.position))

    def beat(self) -> None:
        """Keep proxies patient, and say how far this stream has looked."""
        chunk = sse.heartbeat(self.position)
        for listener in list(self.listeners):
            listener.say("beat", chunk)

    def end(self) -> None:
        """Say that there is nothing to see any more."""
        self.is_over = True
        for listener in list(self.listeners):
            listener.end(self.position)

    def sees_anything(self) -> bool:
        """Tell whether there is what it watches."""
        return not self.is_over and self.shared.latest is not None and self.shared.latest.facts is not None


class House:
    """The audiences of this process: one comes with its first stream, and goes with the last."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.shelf = Shelf()
        self.audiences: dict[tuple[Channel, float], Audience] = {}

    @contextmanager
    def seat(self, watch: Watch, hears: Iterable[str]) -> Iterator[Audience]:
        """Give a place in the audience of what is watched, for the length of the block.

        `hears` is what the channel hears of: of whom somebody follows there may be more than a moment ago.
        """
        key = (watch.channel, watch.delay_s)
        audience = self.audiences.get(key)
        if audience is None or audience.task.done() or audience.is_over:
            audience = self.audiences[key] = self.gathered(watch)
        self.hub.extend(audience.bell, hears)
        audience.seats += 1
        try:
            yield audience
        finally:
            audience.seats -= 1
            if not audience.seats:
                audience.task.cancel()
                self.hub.take_down(audience.bell)
                if self.audiences.get(key) is audience:
                    del self.audiences[key]

    def gathered(self, watch: Watch) -> Audience:
        """Return an audience without anybody in it."""
        return Audience(self.shelf.of(watch.channel), self.hub, Bell(), watch.delay_s)


async def attend(audience: Audience, listener: Listener, *others: "asyncio.Task[None]") -> None:
    """Listen until the audience or one of the others ends; what one of them fails of is raised."""
    audience.admit(listener)
    over = asyncio.create_task(listener.ended.wait())
    try:
        ends: set[asyncio.Task[Any]] = {over, audience.task, *others}
        done, _pending = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()
        if listener.ended.is_set():
            await listener.finish()
    finally:
        audience.listeners.discard(listener)
        over.cancel()
