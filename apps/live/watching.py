"""One stream: the first state, each other one, late by as much as was asked, until there is nothing more."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from apps.live import sse
from apps.live.channels import State, Watch
from apps.live.hub import EVERYTHING, Bell, Hub
from apps.live.sharing import Shared, Taken, now, patiently
from apps.live.sse import Send

HEARTBEAT_S = 10.0
# At a heartbeat all who watch the same share one look that is not older: a change after it would have rung.
LOOK_S = 5.0
# A ticket is looked at so often also when nothing rang.
TICKET_S = 60.0


@dataclass
class Stream:
    """A stream that somebody reads.

    What is late is the facts. Names and privacy never are: with every ring what is shown is decided anew.
    """

    watch: Watch
    shared: Shared
    hub: Hub
    send: Send
    waiting: deque[Taken] = field(default_factory=deque)
    current: Taken | None = None
    said: State | None = None
    seen: str = ""
    looked_at: float = 0.0

    async def run(self, bell: Bell, leaving: "asyncio.Task[None]", moment: float) -> None:
        """Send how things stand from a moment on, until the browser leaves or there is nothing to see."""
        there = await self.notice(is_first=True) and await self.look(moment)
        while there and not leaving.done():
            heard = await bell.wait(self.pause_s())
            if not heard and not self.is_due():
                await sse.beat(self.send, self.hub.position)
            there = await self.look(bell.at if heard else now() - LOOK_S)
            if there and self.concerns_ticket(heard):
                there = await self.notice()

    def pause_s(self) -> float:
        """Return how long to wait for the bell: until something is due, or the next heartbeat."""
        return min(HEARTBEAT_S, max(0.0, self.due_at() - now())) if self.waiting else HEARTBEAT_S

    def due_at(self) -> float:
        """Return when the next facts are told."""
        return self.waiting[0].at + self.watch.delay_s

    def is_due(self) -> bool:
        """Tell whether the time of something that waits has come."""
        return bool(self.waiting) and self.due_at() <= now()

    async def look(self, moment: float) -> bool:
        """Take the facts of a moment or later, tell what is due; tell whether there will be more."""
        position = self.hub.position
        taken = await self.shared.taken(moment)
        if taken is not (self.waiting[-1] if self.waiting else self.current):
            self.waiting.append(taken)
        while self.is_due():
            moment = max(moment, self.due_at())
            self.current = self.waiting.popleft()
        return self.current is None or await self.tell(self.current, moment, position)

    async def tell(self, taken: Taken, moment: float, position: int) -> bool:
        """Send what is to be seen of these facts at this moment, if it is not what was sent last."""
        state = (await taken.shown.since(moment)).value
        if state is None:
            return await self.gone(position)
        if state is not self.said and state != self.said:
            await sse.say(self.send, "snapshot" if self.said is None else "state", state, position=position)
        self.said = state
        return True

    def concerns_ticket(self, heard: frozenset[str]) -> bool:
        """Tell whether the ticket has to be looked at."""
        ticket = self.watch.ticket
        if ticket is None:
            return False
        return bool(heard & (ticket.hears | {EVERYTHING})) or now() - self.looked_at > TICKET_S

    async def notice(self, *, is_first: bool = False) -> bool:
        """Look at the ticket; tell whether it is in force. What was said before is not repeated at first."""
        ticket = self.watch.ticket
        if ticket is None:
            return True
        found = await patiently(lambda: ticket.look(self.seen))
        if found is None:
            return await self.gone(self.hub.position)
        self.seen, self.looked_at = found.seen, now()
        if found.said is not None and not is_first:
            await sse.say(self.send, "test", found.said)
        return True

    async def gone(self, position: int) -> bool:
        """Say that there is nothing to see any more."""
        await sse.say(self.send, "gone", {}, position=position)
        await sse.end(self.send)
        return False
