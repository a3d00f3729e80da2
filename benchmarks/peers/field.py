"""Who is measured: the backbone and those of its peers that can run here."""

from __future__ import annotations

import sys

from benchmarks.peers.peer import Peer


def field() -> list[Peer]:
    """Return the peers that can run here; say of each other one why not."""
    from benchmarks.peers.celery import CeleryOnRabbitMQ, CeleryOnRedis
    from benchmarks.peers.dramatiq import DramatiqPeer
    from benchmarks.peers.outbox import OutboxPeer
    from benchmarks.peers.pgqueuer import PgqueuerPeer
    from benchmarks.peers.procrastinate import ProcrastinatePeer

    found: list[Peer] = []
    kinds = (PgqueuerPeer, ProcrastinatePeer, OutboxPeer, CeleryOnRedis, CeleryOnRabbitMQ, DramatiqPeer)
    for kind in kinds:
        if reason := kind.absent():
            sys.stdout.write(f"{kind.name} is left out: {reason}\n")
        else:
            found.append(kind())
    return found
