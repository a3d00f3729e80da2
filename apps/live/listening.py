"""One stream that is open: what is sent on it, in its order, however slowly it is read."""

import asyncio
import random
from functools import cached_property

from apps.live import sse
from apps.live.channels import State, Ticket
from apps.live.hub import Hub
from apps.live.sharing import patiently
from apps.live.sse import Send

# A ticket is looked at so often also when nothing rang; by lot more often, so that not all are at once.
TICKET_S = 60.0
# Who does not take the end for so long is cut off.
END_S = 10.0


class Said:
    """A state as it is written, once for all who get it."""

    def __init__(self, state: State, position: int) -> None:
        self.state = state
        self.position = position

    @cached_property
    def as_snapshot(self) -> bytes:
        """For whom it is the first."""
        return sse.message("snapshot", self.state, position=self.position)

    @cached_property
    def as_state(self) -> bytes:
        """For whom another one came before."""
        return sse.message("state", self.state, position=self.position)


class Listener:
    """Says one thing after the other. What its reader was too slow for is left out when there is newer."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.queue: dict[str, Said | bytes] = {}
        self.speaking: asyncio.Task[None] | None = None
        self.has_snapshot = False
        self.ended = asyncio.Event()

    def tell(self, said: Said) -> None:
        """Say how things stand."""
        self.say("state", said)

    def say(self, kind: str, what: Said | bytes) -> None:
        """Say something, now if the reader keeps up; what waits of the same kind is forgotten."""
        if self.ended.is_set():
            return
        self.queue.pop(kind, None)
        self.queue[kind] = what
        if self.speaking is None or self.speaking.done():
            # Begun and mostly done at once: two thousand streams are no two thousand turns of the loop.
            self.speaking = asyncio.Task(self.speak(), loop=asyncio.get_running_loop(), eager_start=True)

    async def speak(self) -> None:
        """Send what waits."""
        try:
            while self.queue:
                kind = next(iter(self.queue))
                what = self.queue.pop(kind)
                await sse.write(self.send, what if isinstance(what, bytes) else self.written(what))
        except BaseException:
            # Raised again to whoever waits for the end.
            self.ended.set()
            raise

    def written(self, said: Said) -> bytes:
        """Return a state as this stream has to hear it."""
        first, self.has_snapshot = not self.has_snapshot, True
        return said.as_snapshot if first else said.as_state

    def end(self, position: int) -> None:
        """Say that there is nothing to see any more, as the last."""
        self.say("gone", sse.message("gone", {}, position=position))
        self.ended.set()

    async def finish(self) -> None:
        """Close the stream once the last was said."""
        async with asyncio.timeout(END_S):
            if self.speaking is not None:
                await self.speaking
            await sse.end(self.send)


async def heed(ticket: Ticket, listener: Listener, hub: Hub) -> None:
    """Look at a ticket whenever it may have ended, and end the stream with it.

    What there is for its bearer alone is said, but not what was there before he came.
    """
    with hub.bell(ticket.hears) as bell:
        seen, is_first = "", True
        while True:
            found = await patiently(lambda seen=seen: ticket.look(seen))  # type: ignore[misc]
            if found is None:
                listener.end(hub.position)
                return
            if found.said is not None and not is_first:
                listener.say("test", sse.message("test", found.said))
            seen, is_first = found.seen, False
            await bell.wait(TICKET_S * random.uniform(0.5, 1.0))
