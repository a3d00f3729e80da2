"""The streams: `GET /live/<token>/` as server-sent events, in one small ASGI process.

First comes `snapshot`, then `state` whenever it changed; ids are positions of the event stream. Each message
is rendered when it leaves, so it obeys privacy as it is then. A comment every few seconds keeps proxies
patient.
"""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, InterfaceError

from apps.live import channels, tokens
from apps.live.channels import Channel, State
from apps.live.hub import Bell, Hub
from apps.live.threads import in_thread

type Message = dict[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

HEARTBEAT_S = 10.0
# Browsers come back after this; drawn by lot, so that after a restart they do not all come at once.
RETRY_MS = (1_000, 4_000)
PREFIX = "/live/"

logger = logging.getLogger(__name__)


class Refused(Exception):
    """An answer that is no stream: a status and a sentence."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(reason)


class Live:
    """The ASGI application."""

    def __init__(self) -> None:
        self.hub = Hub()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
            return
        try:
            await self.hub.start()
            await self.serve(scope, receive, send)
        except Refused as refused:
            await answer(scope, send, refused.status, str(refused))

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """Begin and end with the server."""
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                await self.hub.stop()
                return

    async def serve(self, scope: Message, receive: Receive, send: Send) -> None:
        """Stream a channel until the browser leaves or there is nothing to see any more. Raises Refused."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "OPTIONS"):
            raise Refused(405, "Only GET.")
        if scope["method"] == "OPTIONS":
            raise Refused(204, "")
        if not scope["path"].startswith(PREFIX):
            raise Refused(404, "There is nothing here.")
        channel = await self.render(lambda: channel_of(scope["path"].removeprefix(PREFIX).strip("/")))
        with self.hub.bell(channel.hears) as bell:
            # Rendered after the bell is hung, so that nothing falls between.
            state = await self.render(channel.state)
            if state is None:
                raise Refused(404, "There is nothing to see.")
            await begin(scope, send)
            leaving = asyncio.create_task(left(receive))
            try:
                await self.stream(channel, bell, state, send, leaving)
            finally:
                leaving.cancel()

    async def stream(
        self, channel: Channel, bell: Bell, state: State, send: Send, leaving: "asyncio.Task[None]"
    ) -> None:
        """Send the first state and every other one."""
        await say(send, "snapshot", state, position=max(bell.position, self.hub.position))
        while not leaving.done():
            if not await bell.wait(HEARTBEAT_S):
                await chunk(send, ": still here\n\n")
                continue
            position = bell.position
            fresh = await self.render(channel.state)
            if fresh is None:
                await say(send, "gone", {}, position=position)
                await send({"type": "http.response.body", "body": b""})
                return
            if fresh != state:
                state = fresh
                await say(send, "state", state, position=position)

    async def render[T](self, work: Callable[[], T]) -> T:
        """Ask the database; wait for it when it is away."""
        pause_s = 0.1
        while True:
            try:
                return await in_thread(work)
            except (DatabaseError, InterfaceError) as error:
                logger.warning("the database is away, trying again in %.1f s: %s", pause_s, error)
                await asyncio.sleep(pause_s)
                pause_s = min(5.0, pause_s * 2)


def channel_of(token: str) -> Channel:
    """Return the channel that a token lets its bearer watch. Raises Refused."""
    try:
        watch = tokens.read(token)
        return channels.kinds[watch.kind].make(watch.viewer_id, watch.subject)
    except (tokens.BadToken, KeyError):
        raise Refused(401, "The token is too old or not ours: reload the page.") from None
    except ObjectDoesNotExist:
        raise Refused(404, "There is nothing to see.") from None


async def left(receive: Receive) -> None:
    """Return when the browser has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def common_headers(scope: Message) -> list[tuple[bytes, bytes]]:
    """Return what every answer says: which sites may read it, and that nobody keeps it."""
    origins = dict(scope.get("headers") or ()).get(b"origin", b"")
    allowed = origins if origins.decode("latin-1") in settings.LIVE_ORIGINS else b""
    headers = [(b"cache-control", b"no-store"), (b"vary", b"origin"), (b"x-content-type-options", b"nosniff")]
    return headers + ([(b"access-control-allow-origin", allowed)] if allowed else [])


async def answer(scope: Message, send: Send, status: int, reason: str) -> None:
    """Send an answer that is no stream."""
    if scope["type"] != "http":
        return
    headers = [*common_headers(scope), (b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})


async def begin(scope: Message, send: Send) -> None:
    """Open the stream, and say when to come back if it breaks."""
    headers = [
        *common_headers(scope),
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await chunk(send, f"retry: {random.randint(*RETRY_MS)}\n\n")


async def say(send: Send, event: str, state: State, *, position: int) -> None:
    """Send one message."""
    await chunk(send, f"id: {position}\nevent: {event}\ndata: {json.dumps(state)}\n\n")


async def chunk(send: Send, text: str) -> None:
    """Send a piece of the stream; a browser that has gone is no failure."""
    with suppress(OSError):
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
