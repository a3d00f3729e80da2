"""What takes webhooks, in a process of its own: `python -m benchmarks.receiver` tells its port, then obeys.

It answers every message at once, but never one to `/hang`. A line on stdin asks for what came since the last
one: path, id, and when, by the clock that all processes of the machine share.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

HEAD_END = b"\r\n\r\n"
ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"
BACKLOG = 4_096


class Arrival(NamedTuple):
    """One message that came."""

    path: str
    id: str
    at: float


class Conversation(asyncio.Protocol):
    """One connection, kept open; messages come one after the other."""

    arrivals: list[Arrival] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.got = transport, b""

    def data_received(self, data: bytes) -> None:
        """Take what came; answer when it is whole."""
        self.got += data
        head, end, body = self.got.partition(HEAD_END)
        if not end:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        if len(body) < int(headers.get("content-length", 0)):
            return
        self.got = b""
        path = first.split(" ")[1]
        self.arrivals.append(Arrival(path, headers.get("webhook-id", ""), time.perf_counter()))
        if not path.startswith("/hang"):
            self.transport.write(ANSWER)


class Receiver:
    """The receiver, as who started it sees it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdin
        assert process.stdout
        self.asking, self.told = process.stdin, process.stdout
        self.url = f"http://127.0.0.1:{int(self.told.readline())}"

    def arrivals(self) -> list[Arrival]:
        """Return what came since the last question."""
        self.asking.write("\n")
        return [Arrival(*each) for each in json.loads(self.told.readline())]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver for the length of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.receiver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, bufsize=1,
    )  # fmt: skip
    try:
        yield Receiver(process)
    finally:
        process.kill()
        process.communicate()


async def main() -> None:
    """Serve until stdin ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Conversation, "127.0.0.1", 0, backlog=BACKLOG)
    say(str(server.sockets[0].getsockname()[1]))
    while await loop.run_in_executor(None, sys.stdin.readline):
        found, Conversation.arrivals[:] = list(Conversation.arrivals), []
        say(json.dumps(found))


def say(text: str) -> None:
    """Write a line to stdout."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
