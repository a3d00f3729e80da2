"""Overlays that are open: how soon after the commit all of them show a change."""

from __future__ import annotations

import hashlib
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median

from benchmarks import databases
from benchmarks.load import get
from benchmarks.rows import Row, Sizes, measurement
from benchmarks.servers import free_port
from benchmarks.webhooks import PAUSE_S, START_S, working

DATABASE = "deltacrown_bench_overlays"
USERS = 100
PLAYER = 7
OPEN = 500
BOUND_MS = 20.0


@measurement("overlays")
def overlays(sizes: Sizes) -> Iterator[Row]:
    """Rename a player whose card many overlays show."""
    databases.fill(DATABASE, USERS)
    databases.use(DATABASE)
    from django.db import connection

    from apps.events import wakeup

    try:
        secrets = create_overlays()
        with working(DATABASE, "worker"), streaming() as port, opened(port, secrets) as watching:
            watching.until("Player 7")
            taken = [each for n in range(round(40 * sizes.seconds)) for each in renamed(watching, n)]
    finally:
        wakeup.close()
        connection.close()
        databases.drop(DATABASE)
    found = round(1000 * median(taken), 1)
    yield Row(
        f"from the commit to an overlay, p50 of {OPEN} that are open (bound: 20 ms)", found, "the bound",
        BOUND_MS, "ms", round(BOUND_MS / found, 3), 1.0,
    )  # fmt: skip


class Watching:
    """All open streams, and what each of them said last."""

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        self.choose = selectors.DefaultSelector()
        self.open = len(sockets)
        for one in sockets:
            self.choose.register(one, selectors.EVENT_READ)

    def until(self, word: str) -> list[float]:
        """Read until every stream has said a word; return when each did."""
        missing, said, wanted = self.open, [], word.encode()
        deadline = time.monotonic() + START_S
        while missing:
            for key, _events in self.choose.select(1):
                assert isinstance(key.fileobj, socket.socket)
                got = key.fileobj.recv(65536)
                assert got, "a stream ended"
                if wanted in got:
                    said.append(time.perf_counter())
                    missing -= 1
            if time.monotonic() > deadline:
                raise TimeoutError(f"{missing} streams did not say {word} within {START_S} s")
        return said


def renamed(watching: Watching, number: int) -> list[float]:
    """Rename the player; return how long each overlay took to show it, in seconds."""
    from apps.user_profile.services import profiles

    time.sleep(PAUSE_S)
    name = f"Renamed {number:04}"
    changes = {"display_name": name}
    profiles.update(user_id=PLAYER, **changes)
    at = time.perf_counter()
    return [each - at for each in watching.until(name)]


def create_overlays() -> list[str]:
    """Make overlays of one player, past the limit that somebody has; return their secrets."""
    from apps.overlay.models import Overlay

    secrets = [hashlib.sha256(str(n).encode()).hexdigest()[:32] for n in range(OPEN)]
    Overlay.objects.bulk_create(
        Overlay(
            owner_id=PLAYER,
            name="Bench",
            player_id=PLAYER,
            prefix=each[:6],
            digest=hashlib.sha256(each.encode()).hexdigest(),
        )
        for each in secrets
    )
    return secrets


@contextmanager
def streaming() -> Iterator[int]:
    """Run the process that holds the streams, as `./dev run` does; yield its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "config.asgi:application", "--interface", "asgi",
         "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--runtime-mode", "st", "--no-ws",
         "--backlog", "4096", "--backpressure", "16384", "--log-level", "error",
         "--workers-kill-timeout", "1"],
        env=databases.environment(DATABASE),
    )  # fmt: skip
    try:
        yield port
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def opened(port: int, secrets: Sequence[str]) -> Iterator[Watching]:
    """Open a stream for every secret, as the page in OBS does."""
    with ExitStack() as stack:
        stack.enter_context(first_connection(port))
        sockets = []
        for each in secrets:
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            one.sendall(get(f"/live/overlay/{each}/?layout=player"))
            sockets.append(one)
        yield Watching(sockets)


def first_connection(port: int) -> socket.socket:
    """Return a connection once the process takes one. Raises OSError."""
    deadline = time.monotonic() + START_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
