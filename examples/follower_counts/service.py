"""A service of its own that counts followers: one process, one SQLite file, and the events of the bridge.

    python service.py nats://127.0.0.1:4222 counts.sqlite

Every message is handled in one transaction of this service's own database: the inbox refuses an event that
was handled before, and the effect commits with it. Only then the broker is told. So whatever is killed in
between, each event counts once. The broker hands out one message at a time, so they come in order.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import nats
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig

STREAM, SUBJECTS = "DELTACROWN_EVENTS", "deltacrown.events.>"
NAME = "follower-counts"
# After a crash, the message under way comes again after so long.
ACK_WAIT_S = 5
EFFECT = {"user_followed": 1, "user_unfollowed": -1}

SCHEMA = """
CREATE TABLE IF NOT EXISTS inbox (
    event_id TEXT PRIMARY KEY, epoch TEXT NOT NULL, position INTEGER NOT NULL, type TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS inbox_position ON inbox (epoch, position);
CREATE TABLE IF NOT EXISTS follower_counts (user_id INTEGER PRIMARY KEY, count INTEGER NOT NULL);
"""
# What is heard again after a restore belongs to the present epoch: docs/bridge.md.
REMEMBER = """
INSERT INTO inbox VALUES (?, ?, ?, ?)
    ON CONFLICT (event_id) DO UPDATE SET epoch = excluded.epoch, position = excluded.position
"""
COUNT = """
INSERT INTO follower_counts VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET count = count + excluded.count
"""


class Gap(Exception):
    """Events between two positions never came."""


def open_database(path: str) -> sqlite3.Connection:
    """Open the service's own database."""
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(SCHEMA)
    return database


def handle(database: sqlite3.Connection, event: dict, epoch: str) -> bool:
    """Put an event into effect, once; tell whether it was new. Raises Gap when one before it is missing."""
    with transaction(database):
        position = event["position"]
        last = database.execute("SELECT max(position) FROM inbox WHERE epoch = ?", [epoch]).fetchone()[0]
        if last is not None and position > last + 1:
            raise Gap(f"{last + 1} to {position - 1}: run `manage.py bridge_jetstream --from {last + 1}`")
        known = database.execute("SELECT 1 FROM inbox WHERE event_id = ?", [event["id"]]).fetchone()
        database.execute(REMEMBER, [event["id"], epoch, position, event["type"]])
        new = known is None
        if new and (change := EFFECT.get(event["type"])):
            database.execute(COUNT, [event["data"]["followed_id"], change])
        return new


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Keep all that happens in the block, or nothing of it."""
    database.execute("BEGIN IMMEDIATE")
    with database:
        yield


async def serve(url: str, path: str) -> None:
    """Handle messages until told to stop."""
    database, stopping = open_database(path), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    client = await nats.connect(url, max_reconnect_attempts=-1, reconnect_time_wait=0.2)
    one_at_a_time = ConsumerConfig(
        ack_policy=AckPolicy.EXPLICIT, max_ack_pending=1, ack_wait=ACK_WAIT_S, durable_name=NAME
    )
    inbox = await client.jetstream().pull_subscribe(
        SUBJECTS, durable=NAME, stream=STREAM, config=one_at_a_time
    )
    while not stopping.is_set():
        try:
            messages: list[Msg] = await inbox.fetch(1, timeout=1)
        except nats.errors.Error:
            await asyncio.sleep(0.05)  # nothing there, or the broker is away: the client comes back by itself
            continue
        for message in messages:
            handle(database, json.loads(message.data), message.headers["DeltaCrown-Epoch"])
            await message.ack()
    await client.close()
    database.close()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
