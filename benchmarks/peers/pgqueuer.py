"""pgqueuer: PostgreSQL alone; woken by NOTIFY. On asyncpg and uvloop, as its authors run it."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import asyncpg
import psycopg
import uvloop
from django.db import connection
from pgqueuer import PgQueuer
from pgqueuer.db import PsycopgDriver, SyncDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries, SyncQueries
from psycopg.rows import dict_row

from benchmarks.peers import effects
from benchmarks.peers.peer import Peer

ENTRYPOINT = "bench"
# Ten of the default are for jobs that take their time.
BATCH = 50


class DjangoDriver(SyncDriver):
    """Runs pgqueuer's statements on Django's connection, so within Django's transaction."""

    def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        """Run a statement."""
        connection.ensure_connection()
        with psycopg.RawCursor(connection.connection, row_factory=dict_row) as cursor:
            cursor.execute(query.encode(), args or None)
            return cursor.fetchall()


class PgqueuerPeer(Peer):
    """The fastest of those that stand on PostgreSQL."""

    name = "pgqueuer"

    def __init__(self) -> None:
        self.queries = SyncQueries(DjangoDriver())

    def install(self) -> None:
        """Make its tables."""
        asyncio.run(install())

    def enqueue(self, number: int) -> None:
        """Enqueue within the transaction."""
        self.queries.enqueue(ENTRYPOINT, str(number).encode())

    def enqueue_many(self, numbers: range) -> None:
        """Enqueue many in one statement."""
        payloads: list[bytes | None] = [str(number).encode() for number in numbers]
        self.queries.enqueue([ENTRYPOINT] * len(payloads), payloads, [0] * len(payloads))

    def purge(self) -> None:
        """Empty its table."""
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE pgqueuer")

    def work(self) -> None:
        """Serve the queue; each job's Django runs in a thread, as its documents tell."""
        uvloop.run(serve())


async def install() -> None:
    """Make pgqueuer's tables."""
    async with await psycopg.AsyncConnection.connect(**parameters(), autocommit=True) as link:
        await Queries(PsycopgDriver(link)).install()


async def serve() -> None:
    """Work until SIGTERM."""
    given = parameters()
    link = await asyncpg.connect(
        host=given.get("host"), port=given.get("port"), user=given.get("user"),
        password=given.get("password"), database=given["dbname"],
    )  # fmt: skip
    queue = PgQueuer.from_asyncpg_connection(link)

    @queue.entrypoint(ENTRYPOINT)
    async def handle(job: Job) -> None:
        await asyncio.to_thread(effects.handle, int(job.payload or b""))

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, queue.shutdown.set)
    await queue.run(batch_size=BATCH)


def parameters() -> dict[str, Any]:
    """Return how libpq reaches the database."""
    given = connection.get_connection_params()
    return {name: given[name] for name in ("host", "port", "user", "password", "dbname") if given.get(name)}
