"""What every peer can do: the one protocol that the measurements know."""

from __future__ import annotations

import os
import socket
import sys
from abc import ABC, abstractmethod
from urllib.parse import urlsplit

# Brokers of the machine; the benchmark takes a queue, or a database number, of its own.
REDIS_URL = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/13")
AMQP_URL = os.environ.get("BENCH_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/%2F")
QUEUE = "deltacrown-bench"
# As many worker processes, or processes of one worker, as the measuring machine has cores.
CORES = 2


class Peer(ABC):
    """A queue, as the measurements use it. Whoever makes one has set Django up."""

    name: str
    # Whether the job commits with the change that it tells of; else it is sent after the commit, and a
    # process that dies in between loses it.
    durable = True
    broker = ""
    # The tables of who keeps what happened: one row for each event in the first.
    log: tuple[str, ...] = ()
    # How many worker processes are started.
    processes = CORES

    @property
    def key(self) -> str:
        """The name of its module, for `python -m benchmarks.peers`."""
        return type(self).__module__.rpartition(".")[2]

    @classmethod
    def absent(cls) -> str:
        """Return why it cannot be run here; empty when it can."""
        where = urlsplit(cls.broker)
        if not cls.broker or answers(where.hostname or "", where.port or 0):
            return ""
        return f"nothing listens at {where.hostname}:{where.port}"

    @abstractmethod
    def install(self) -> None:
        """Make its tables or queues, in the database that this process works on."""

    @abstractmethod
    def enqueue(self, number: int) -> None:
        """Enqueue a job, within the caller's transaction or at its commit."""

    @abstractmethod
    def work(self) -> None:
        """Be a worker until SIGTERM."""

    def enqueue_many(self, numbers: range) -> None:
        """Enqueue many, within the caller's transaction or at its commit."""
        for number in numbers:
            self.enqueue(number)

    def purge(self) -> None:
        """Forget the jobs that nobody handled."""
        return

    def command(self) -> list[str]:
        """Return how one of its worker processes is started."""
        return [sys.executable, "-m", "benchmarks.peers", self.key, type(self).__name__]


def answers(host: str, port: int) -> bool:
    """Return whether somebody listens."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0
