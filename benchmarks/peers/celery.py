"""Celery: what most Django teams take, on Redis or on RabbitMQ."""

from __future__ import annotations

import sys
from functools import partial

from django.db import transaction

from benchmarks.peers.celery_app import VARIABLE, application
from benchmarks.peers.peer import AMQP_URL, CORES, REDIS_URL, Peer


class CeleryPeer(Peer):
    """Tasks sent at the commit, handled by a process for each core."""

    durable = False
    processes = 1

    def __init__(self) -> None:
        self.app = application(self.broker)
        self.send = self.app.signature("bench.handle")

    def install(self) -> None:
        """Begin with an empty queue."""
        self.purge()

    def enqueue(self, number: int) -> None:
        """Send at the commit, as its documents tell Django."""
        transaction.on_commit(partial(self.send.apply_async, (number,)))

    def purge(self) -> None:
        """Empty the queue."""
        self.app.control.purge()

    def work(self) -> None:
        """Refuse: Celery has a command of its own."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """Return Celery's own command."""
        return [
            "/usr/bin/env", f"{VARIABLE}={self.broker}", sys.executable, "-m", "celery",
            "-A", "benchmarks.peers.celery_app", "worker", "--concurrency", str(CORES), "--loglevel", "ERROR",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ]  # fmt: skip


class CeleryOnRedis(CeleryPeer):
    """On Redis, which keeps the queue in memory."""

    name = "Celery + Redis"
    broker = REDIS_URL


class CeleryOnRabbitMQ(CeleryPeer):
    """On RabbitMQ, which keeps it on the disk."""

    name = "Celery + RabbitMQ"
    broker = AMQP_URL
