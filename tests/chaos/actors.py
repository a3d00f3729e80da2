"""The processes of the kill test and the drill: a zygote that forks emitters and workers on request.

Forking a process that has loaded everything makes a killed worker's successor cost milliseconds. The zygote
never touches the database. It reads commands from stdin, one a line, and prints the pid of what it forked.
"""

import mmap
import os
import random
import signal
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from .audit import ECHO_EVERY, KEYS

BATCH = 25
EVENTS_PER_TRANSACTION = 5
ROLLED_BACK = 0.05
# Emitters wait for subscribers that are so far behind, so that all breaks while all work.
BEHIND_MAX = 20_000
LOOK_EVERY = 100
FAILING = 0.002
# Short, so that the server ends the session of a worker that was frozen.
IDLE_S = 2
RECONNECT_S = 0.05


def main(database: str, folder: str) -> None:
    """Serve commands until stdin closes: `worker SLOT 0 SEED` or `emitter SLOT COUNT SEED`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connections

    connections.databases["default"]["NAME"] = database
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with (Path(folder) / "flags").open("r+b") as file:
        board = mmap.mmap(file.fileno(), 0)
        for line in sys.stdin:
            role, *numbers = line.split()
            slot, count, seed = map(int, numbers)
            if role == "worker":
                pid = fork(lambda slot=slot, seed=seed: work(slot, seed, board))
            else:
                told = Path(folder) / f"told-{slot}"
                pid = fork(lambda count=count, seed=seed, told=told: emit(count, seed, told))
            sys.stdout.write(f"{pid}\n")
            sys.stdout.flush()


def fork(act: Callable[[], None]) -> int:
    """Run `act` in a child; return its pid."""
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.stdin.close()
    act()
    os._exit(0)


def declare_events() -> tuple[Any, Any]:
    """Declare the two events of the drill."""
    from apps.events import domain_event

    @domain_event(version=1)
    def bumped(user_id: int, seq: int) -> None:
        """A key's counter moved. Announced by the emitters."""

    @domain_event(version=1)
    def echoed(user_id: int, seq: int) -> None:
        """A handler answered. Announced by the relay."""

    return bumped, echoed


def emit(count: int, seed: int, told: Path) -> None:
    """Bump counters until that many events are known to be committed; write down what is known.

    When the server goes away at the COMMIT, nobody knows: then it is not written down, and not counted.
    """
    from django.db import DatabaseError, InterfaceError, connection

    bumped, _ = declare_events()
    chance = random.Random(seed)
    sent = 0
    with told.open("ab", buffering=0) as known:
        while sent < count:
            try:
                committed = bump(bumped, chance)
            except (DatabaseError, InterfaceError):
                connection.close()
                time.sleep(RECONNECT_S)
                continue
            if committed:
                known.write(struct.pack("<qq", *committed))
                sent += EVENTS_PER_TRANSACTION
                if sent % (LOOK_EVERY * EVENTS_PER_TRANSACTION) == 0:
                    let_them_catch_up()
    connection.close()


def let_them_catch_up() -> None:
    """Wait while a subscriber is far behind; a server that is away is the next transaction's trouble."""
    from django.db import DatabaseError, InterfaceError, connection

    try:
        while behind(connection) > BEHIND_MAX:
            time.sleep(RECONNECT_S)
    except (DatabaseError, InterfaceError):
        connection.close()


def behind(connection: Any) -> int:
    """Return how many positions the slowest subscriber of the drill is behind the stream."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(q.position - s.position), 0)"
            "  FROM event_sequencer q CROSS JOIN event_subscription s WHERE s.name LIKE 'chaos.%'"
        )
        return int(cursor.fetchone()[0])


def bump(bumped: Any, chance: random.Random) -> tuple[int, int] | None:
    """Bump one counter and say so, in one transaction; return key and number, None for a rollback."""
    from django.db import connection, transaction

    key = chance.randrange(KEYS)
    undone = chance.random() < ROLLED_BACK
    with transaction.atomic(), connection.cursor() as cursor:
        step = EVENTS_PER_TRANSACTION
        cursor.execute("UPDATE chaos_key SET seq = seq + %s WHERE id = %s RETURNING seq", [step, key])
        [seq] = cursor.fetchone()
        bumped.send_many(None, [{"user_id": key, "seq": n} for n in range(seq - step + 1, seq + 1)])
        if chance.random() < 0.02:
            time.sleep(chance.random() * 0.05)
        transaction.set_rollback(undone)
    return None if undone else (key, seq)


def work(slot: int, seed: int, board: mmap.mmap) -> None:
    """Be a worker with three subscribers, whose flag on the board is up while a handler runs."""
    from apps.events import registry, stored, subscriber, worker
    from apps.events.delivery import failures

    worker.BATCH = BATCH
    worker.SESSION["idle_in_transaction_session_timeout"] = f"{IDLE_S}s"
    failures.BACKOFF_S_BASE = 0.02
    registry.subscribers.clear()
    bumped, echoed = declare_events()
    chance = random.Random(seed)

    @subscriber(bumped, since="beginning", batch=True, name="chaos.mirror")
    def mirror(events: Any, **_: Any) -> None:
        board[slot] = 1
        write("mirror", events)
        time.sleep(chance.random() * 0.004)
        if chance.random() < FAILING:
            raise RuntimeError("a bad moment")
        board[slot] = 0

    @subscriber(bumped, since="beginning", name="chaos.relay")
    def relay(user_id: int, seq: int, event: Any, **_: Any) -> None:
        board[slot] = 1
        write("relay", [event])
        if chance.random() < FAILING:
            raise RuntimeError("a bad moment")
        if seq % ECHO_EVERY == 0:
            echoed.send(sender=None, user_id=user_id, seq=seq)
        board[slot] = 0

    @subscriber(echoed, since="beginning", name="chaos.echo")
    def echo(event: Any, **_: Any) -> None:
        board[slot] = 1
        write("echo", [event])
        board[slot] = 0

    while not declared(stored):
        time.sleep(RECONNECT_S)
    worker.Worker().run()


def declared(stored: Any) -> bool:
    """Store the subscribers; tell whether the server was there to take them."""
    from django.db import DatabaseError, InterfaceError, connection

    try:
        stored.store(strict=False)
    except (DatabaseError, InterfaceError):
        connection.close()
        return False
    return True


def write(handler: str, events: Any) -> None:
    """Add a row per event to a table that refuses nothing."""
    from django.db import connection

    columns = [[event.args["user_id"] for event in events], [event.args["seq"] for event in events]]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO chaos_effect (handler, key, seq, uid)"
            " SELECT %s, * FROM unnest(%s::bigint[], %s::bigint[], %s::uuid[])",
            [handler, *columns, [event.id for event in events]],
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
