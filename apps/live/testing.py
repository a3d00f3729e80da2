"""The streams as a real process, for tests of any app that has channels."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from apps.events.testing import database_url, wait_until

PATIENCE_S = 30


@dataclass
class Message:
    """One message of a stream; the id is 0 where it has none."""

    event: str
    id: int
    data: dict[str, Any]


@dataclass
class Stream:
    """An open stream, read line by line."""

    answer: http.client.HTTPResponse

    def next(self) -> Message:
        """Wait for the next message; a stream that ends is an EOFError."""
        fields: dict[str, str] = {}
        deadline = time.monotonic() + PATIENCE_S
        while line := self.answer.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if not line.strip() and "event" in fields:
                position = int(fields.get("id", 0))
                return Message(fields["event"], position, json.loads(fields["data"]))
            if name:
                fields[name] = value
            assert time.monotonic() < deadline, "nothing came but heartbeats"
        raise EOFError


@dataclass
class Server:
    """Where the streams are."""

    port: int
    process: "subprocess.Popen[bytes]"
    connections: list[http.client.HTTPConnection] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The origin of the streams."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """Ask for a path; the body is not read yet."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        self.connections.append(connection)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()

    def close(self) -> None:
        """Close every connection."""
        for connection in self.connections:
            connection.close()

    def stream(self, token: str, query: str = "", **headers: str) -> Stream:
        """Open a stream."""
        answer = self.get(f"/live/{token}/{query}", **headers)
        assert answer.status == 200, answer.read()
        return Stream(answer)


@contextmanager
def live_server(port: int | None = None, **variables: str) -> Iterator[Server]:
    """Run the streams on the test's database for the length of the block."""
    if port is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    environment = {**os.environ, "DATABASE_URL": database_url(), "TESTING": "1", **variables}
    words = ["config.asgi:application", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", *words, "--workers", "1", "--backlog", "4096",
         "--backpressure", "16384", "--runtime-mode", "st", "--no-ws", "--log-level", "error",
         "--workers-kill-timeout", "1"],
        cwd=settings.BASE_DIR, env=environment, start_new_session=True,
    )  # fmt: skip
    server = Server(port, process)
    try:
        wait_until(lambda: answers(server), timeout_s=PATIENCE_S)
        yield server
    finally:
        server.close()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(server: Server) -> bool:
    """Tell whether the server takes requests."""
    try:
        return server.get("/").status == 404
    except OSError:
        return False
