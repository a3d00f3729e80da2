"""The site as `./dev run` serves it, on a benchmark's database."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

from benchmarks import databases

START_S = 30
THREADS = "8"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def serving(name: str) -> Iterator[int]:
    """Serve the site on a database; yield the port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "config.wsgi:application", "--interface", "wsgi",
         "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", THREADS,
         "--log-level", "error"],
        env=databases.environment(name),
    )  # fmt: skip
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int) -> None:
    """Return once the site answers. Raises TimeoutError."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            urlopen(f"http://127.0.0.1:{port}/health/live", timeout=START_S).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing answers on port {port} after {START_S} s")
