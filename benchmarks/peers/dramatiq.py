"""dramatiq, on RabbitMQ, which its authors advise before Redis."""

from __future__ import annotations

import sys
from functools import partial

from django.db import transaction

from benchmarks.peers.dramatiq_actors import broker, handle
from benchmarks.peers.peer import AMQP_URL, CORES, Peer


class DramatiqPeer(Peer):
    """Messages sent at the commit, handled by eight threads in a process for each core: its defaults."""

    name = "dramatiq + RabbitMQ"
    durable = False
    broker = AMQP_URL
    processes = 1

    def install(self) -> None:
        """Begin with an empty queue."""
        self.purge()

    def enqueue(self, number: int) -> None:
        """Send at the commit."""
        transaction.on_commit(partial(handle.send, number))

    def purge(self) -> None:
        """Empty the queue, which is made when it is not there."""
        broker.declare_queue(handle.queue_name, ensure=True)
        broker.flush(handle.queue_name)

    def work(self) -> None:
        """Refuse: dramatiq has a command of its own."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """Return dramatiq's own command."""
        return [
            sys.executable, "-m", "dramatiq", "benchmarks.peers.dramatiq_actors", "--processes", str(CORES),
            "--threads", "8", "--skip-logging",
        ]  # fmt: skip
