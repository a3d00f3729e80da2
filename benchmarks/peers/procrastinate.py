"""procrastinate: PostgreSQL alone; woken by NOTIFY, and made for Django."""

from __future__ import annotations

import asyncio

import procrastinate
from django.db import connection
from procrastinate.contrib.django.django_connector import DjangoConnector

from benchmarks.peers import effects
from benchmarks.peers.peer import QUEUE, Peer

app = procrastinate.App(connector=DjangoConnector())


@app.task(name="bench", queue=QUEUE)
def handle(number: int) -> None:
    """Write one effect."""
    effects.handle(number)


class ProcrastinatePeer(Peer):
    """One job at a time in each process, as its authors advise for tasks that are not async."""

    name = "procrastinate"

    def install(self) -> None:
        """Make its tables."""
        app.schema_manager.apply_schema()

    def enqueue(self, number: int) -> None:
        """Defer within the transaction."""
        handle.defer(number=number)

    def enqueue_many(self, numbers: range) -> None:
        """Defer many in one statement."""
        handle.batch_defer(*({"number": number} for number in numbers))

    def purge(self) -> None:
        """Empty its tables."""
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")

    def work(self) -> None:
        """Serve the queue."""
        asyncio.run(serve())


async def serve() -> None:
    """Work until SIGTERM."""
    connector = app.connector.get_worker_connector()
    with app.replace_connector(connector) as worker:
        async with worker.open_async():
            await worker.run_worker_async(queues=[QUEUE], concurrency=1, delete_jobs="successful")
