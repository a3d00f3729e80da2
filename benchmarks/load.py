"""Requests over loopback: a few connections that each ask again as soon as they are answered."""

from __future__ import annotations

import itertools
import selectors
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

CONNECTIONS = 4
HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Load:
    """What came of it."""

    per_s: float
    p95_ms: float
    statuses: Counter[int]


class Asking:
    """One connection, and the answer that it waits for."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = b""
        self.began = 0.0

    def send(self, request: bytes) -> None:
        """Ask."""
        self.got = b""
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def answered(self) -> int:
        """Read what came; return the status once the answer is whole, else 0."""
        self.got += self.socket.recv(65536)
        head, end, body = self.got.partition(HEAD_END)
        if not end:
            return 0
        lowered = head.lower()
        place = lowered.find(b"content-length:")
        length = int(lowered[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        return int(head[9:12]) if len(body) >= length else 0


def get(path: str, **headers: str) -> bytes:
    """Return a request as it is sent."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def run(port: int, requests: Sequence[bytes], seconds: float) -> Load:
    """Ask these, over and over, for so long."""
    choose, asks = selectors.DefaultSelector(), itertools.cycle(requests)
    askings = [Asking(port) for _ in range(CONNECTIONS)]
    for one in askings:
        choose.register(one.socket, selectors.EVENT_READ, one)
        one.send(next(asks))
    times: list[float] = []
    statuses: Counter[int] = Counter()
    began = time.perf_counter()
    while time.perf_counter() - began < seconds or not times:
        for key, _events in choose.select(1):
            one = key.data
            if status := one.answered():
                times.append(time.perf_counter() - one.began)
                statuses[status] += 1
                one.send(next(asks))
    took = time.perf_counter() - began
    for one in askings:
        one.socket.close()
    times.sort()
    return Load(len(times) / took, 1000 * times[int(len(times) * 0.95)], statuses)
