"""Server-sent events as they are written: the opening, messages, and answers that are no stream."""

import json
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from django.conf import settings

from apps.live.channels import Refused, State

type Message = dict[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

# Browsers come back after this; drawn by lot, so that after a restart they do not all come at once.
RETRY_MS = (1_000, 4_000)
POSITION_CHARS_MAX = 18


def common_headers(scope: Message) -> list[tuple[bytes, bytes]]:
    """Return what every answer says: which sites may read it, and that nobody keeps it."""
    origins = dict(scope.get("headers") or ()).get(b"origin", b"")
    allowed = origins if origins.decode("latin-1") in settings.LIVE_ORIGINS else b""
    headers = [(b"cache-control", b"no-store"), (b"vary", b"origin"), (b"x-content-type-options", b"nosniff")]
    return headers + ([(b"access-control-allow-origin", allowed)] if allowed else [])


async def answer(scope: Message, send: Send, refused: Refused) -> None:
    """Send an answer that is no stream."""
    if scope["type"] != "http":
        return
    headers = [*common_headers(scope), (b"content-type", b"text/plain; charset=utf-8")]
    if refused.retry_after_s is not None:
        headers.append((b"retry-after", str(refused.retry_after_s).encode()))
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": str(refused).encode()})


async def begin(scope: Message, send: Send) -> None:
    """Open the stream, and say when to come back if it breaks."""
    headers = [
        *common_headers(scope),
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await write(send, f"retry: {random.randint(*RETRY_MS)}\n\n".encode())


async def say(send: Send, event: str, state: State, *, position: int | None = None) -> None:
    """Send one message."""
    await write(send, message(event, state, position=position))


def message(event: str, state: State, *, position: int | None = None) -> bytes:
    """Return a message as it is written; without a position, one that is nothing to come back to."""
    head = "" if position is None else f"id: {position}\n"
    return f"{head}event: {event}\ndata: {json.dumps(state)}\n\n".encode()


async def reset(send: Send, last_id: str, position: int) -> None:
    """Tell a reader who comes back from where this stream has never been to forget what he has."""
    if not last_id:
        return
    if not last_id.isascii() or not last_id.isdigit():
        await say(send, "reset", {"reason": "unknown"})
    elif len(last_id) > POSITION_CHARS_MAX or int(last_id) > position:
        await say(send, "reset", {"reason": "ahead"})


def heartbeat(position: int) -> bytes:
    """Return a comment that keeps proxies patient, and says how far this stream has looked."""
    return f": still here at {position}\n\n".encode()


async def end(send: Send) -> None:
    """Close the stream."""
    await send({"type": "http.response.body", "body": b""})


async def write(send: Send, chunk: bytes) -> None:
    """Send a piece of the stream; a browser that has gone is no failure."""
    with suppress(OSError):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
