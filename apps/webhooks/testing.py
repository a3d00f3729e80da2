"""For tests of any app: endpoints, receivers on this machine, and sending without a sender process."""

import asyncio
import json
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any

from django.utils import timezone
from standardwebhooks import Webhook

from apps.gamification.signals import level_up
from apps.webhooks.models import Endpoint
from apps.webhooks.sending import runs, transport, turn
from apps.webhooks.services import endpoints
from apps.webhooks.services.outbox import Ready
from apps.webhooks.services.results import Pace, Result

# Everything that is not a delivery of its own is over at once.
HURRIED = Pace(schedule_s=(0,) * 10, breaker_s=0.0)
TIMEOUT_S = 5.0


@dataclass
class Received:
    """One request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: str

    def json(self) -> Any:
        """Return the body."""
        return json.loads(self.body)

    def verified(self, secret: str) -> Any:
        """Return the body, verified by the public library."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """A receiver on this machine; `answers` are given one after the other, then 200."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)

    def answer(self) -> tuple[int, dict[str, str], str]:
        """Return the next answer."""
        return self.answers.pop(0) if self.answers else (200, {}, "ok")


@contextmanager
def receiving(receiver: Receiver | None = None) -> Iterator[Receiver]:
    """Run a receiver for the length of the block."""
    told = receiver or Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.received.append(Received(self.command, self.path, headers, body))
            status, more, text = told.answer()
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_PATCH = do_POST  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        # A connection that the client keeps open is no reason to wait.
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def create_endpoint(url: str, *types: str, created_by_id: int, **options: Any) -> tuple[Endpoint, str]:
    """Make an endpoint; return it and its secret."""
    return endpoints.create(created_by_id=created_by_id, name="Test", url=url, types=types, **options)


def work_off(*, pace: Pace = HURRIED, timeout_s: float = TIMEOUT_S, turns: int = 1_000) -> int:
    """Send what is due, in this process and transaction, until nothing is; return how many were taken."""
    lease, taken = uuid.uuid4(), 0
    for _ in range(turns):
        found = turn.take(lease, limit=100, pace=pace)
        if not found.taken:
            return taken
        taken += found.taken
        results, unsent = asyncio.run(bring_all(found.ready, timeout_s))
        turn.note(results, unsent, lease=lease, pace=pace)
    return taken


async def bring_all(ready: Any, timeout_s: float) -> tuple[list[Result], list[int]]:
    """Send messages side by side, those in order one after the other; return what did not leave, too."""

    async def one(run: list[Ready]) -> list[Result]:
        sent = runs.bring(client, run, is_over=lambda: False, timeout_s=timeout_s)
        return [turn.result_of(*each) async for each in sent]

    async with transport.client() as client:
        results = list(chain.from_iterable(await asyncio.gather(*map(one, runs.of(ready)))))
    brought = {each.delivery_id for each in results}
    return results, [each.claim.id for each in ready if each.claim.id not in brought]


def reach(user: Any, *levels: int) -> None:
    """Let a player reach levels, each of which is a message to who asked for `level_up`."""
    for level in levels:
        level_up.send(None, user_id=user.pk, level=level)


def seconds_until(moment: datetime) -> float:
    """Return how long it is until a moment, in seconds."""
    return (moment - timezone.now()).total_seconds()
