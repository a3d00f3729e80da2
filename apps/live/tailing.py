"""A stream of events, one after the other: what was missed is told first, and a gap is said."""

import asyncio

from apps.live import sse
from apps.live.channels import Tail
from apps.live.hub import Bell, Hub
from apps.live.sharing import patiently
from apps.live.sse import Send
from apps.live.watching import HEARTBEAT_S


async def run(tail: Tail, hub: Hub, send: Send, bell: Bell, leaving: "asyncio.Task[None]") -> None:
    """Send what follows until the reader leaves, or may read no more."""
    position = hub.position if tail.after is None else tail.after
    if tail.gap:
        await sse.say(send, "reset", {"reason": tail.gap, "after": position}, position=position)
    while not leaving.done():
        found = await patiently(lambda after=position: tail.read(after))  # type: ignore[misc]
        if found is None:
            await sse.say(send, "gone", {})
            await sse.end(send)
            return
        lines, position, has_more = found
        for line in lines:
            await sse.say(send, line.event, line.data, position=line.position)
        if not has_more and not await bell.wait(HEARTBEAT_S):
            await sse.write(send, sse.heartbeat(position))
