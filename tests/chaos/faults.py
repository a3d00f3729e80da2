"""What is done to the platform while it works: each fault by name, as a function of the drill."""

import os
import random
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import psycopg

from . import actors
from .cluster import OPTIONS

if TYPE_CHECKING:
    from .drill import Drill

HOLD_S = 2.0
FIND_S = 5.0


class NotRun(Exception):
    """The fault cannot be made on this machine; the message has the command that failed."""


def kill_worker(drill: "Drill") -> None:
    """SIGKILL a worker inside a handler: after its effects, before its COMMIT."""
    slot = find_inside(drill, drill.zygote.kill_inside)
    drill.kills += 1
    drill.replace_worker(slot)


def kill_worker_anywhere(drill: "Drill") -> None:
    """SIGKILL a worker wherever it is."""
    slot = drill.chance.randrange(len(drill.workers))
    drill.zygote.kill(drill.workers[slot])
    drill.kills += 1
    drill.replace_worker(slot)


def kill_emitter(drill: "Drill") -> None:
    """SIGKILL an emitter, in or between its transactions; another one goes on."""
    slot = drill.chance.randrange(len(drill.emitters))
    drill.zygote.kill(drill.emitters[slot])
    drill.kills += 1
    drill.replace_emitter(slot)


def freeze_worker(drill: "Drill") -> None:
    """SIGSTOP a worker inside a handler until the server has ended its session, then SIGCONT."""
    slot = find_inside(drill, drill.zygote.freeze_inside)
    time.sleep(actors.IDLE_S * 1.5)
    os.kill(drill.workers[slot], signal.SIGCONT)


def end_sessions(drill: "Drill") -> None:
    """pg_terminate_backend on sessions drawn by lot, also those that listen."""
    with drill.cluster.connect() as session:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity"
            " WHERE datname = 'drill' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 4) AS drawn"
        )


def restart(drill: "Drill") -> None:
    """Stop the server (fast) and start it."""
    drill.cluster.end(signal.SIGINT)
    drill.server_is_back()


def restart_immediate(drill: "Drill") -> None:
    """Stop the server (immediate) and start it, which recovers from the write-ahead log."""
    drill.cluster.end(signal.SIGQUIT)
    drill.server_is_back()


def kill_postmaster(drill: "Drill") -> None:
    """SIGKILL the postmaster and start the server."""
    drill.cluster.end(signal.SIGKILL)
    drill.server_is_back()


def hold_a_transaction(drill: "Drill") -> None:
    """Keep a writing transaction open, here and in another database of the cluster."""
    with drill.cluster.connect() as here, drill.cluster.connect("elsewhere") as elsewhere:
        for session in (here, elsewhere):
            session.execute("BEGIN")
            session.execute("SELECT pg_current_xact_id()")
        time.sleep(HOLD_S)


def prepare_a_transaction(drill: "Drill") -> None:
    """Leave a prepared transaction, also over a crash of the server."""
    with drill.cluster.connect() as session:
        session.execute("BEGIN")
        session.execute("SELECT pg_current_xact_id()")
        session.execute("PREPARE TRANSACTION 'held'")
    kill_postmaster(drill)
    time.sleep(HOLD_S / 2)
    with drill.cluster.connect() as session:
        session.execute("ROLLBACK PREPARED 'held'")


def exhaust_connections(drill: "Drill") -> None:
    """Take every connection that is left, and end sessions so that others have to come back for one."""
    hogs: list[psycopg.Connection[object]] = []
    with drill.cluster.connect() as last:
        try:
            while len(hogs) < int(OPTIONS["max_connections"]):
                hogs.append(drill.cluster.connect())
        except psycopg.OperationalError:
            last.execute(
                "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity"
                " WHERE application_name = 'deltacrown-worker' ORDER BY random() LIMIT 2) AS drawn"
            )
        time.sleep(HOLD_S / 2)
    for hog in hogs:
        hog.close()


def fill_the_disk(drill: "Drill") -> None:
    """Fill the disk of the write-ahead log until the server panics; then make room."""
    if drill.cluster.no_small_disk:
        raise NotRun(drill.cluster.no_small_disk)
    drill.cluster.fill_wal_disk()
    deadline = time.monotonic() + HOLD_S
    while drill.cluster.answers() and time.monotonic() < deadline:
        time.sleep(0.1)
    drill.cluster.free_wal_disk()
    drill.server_is_back(stopped=False)


def find_inside(drill: "Drill", catch: Callable[[int, int], bool]) -> int:
    """Return the slot of the worker that was caught inside a handler; NotRun where none is for long."""
    deadline = time.monotonic() + FIND_S
    while time.monotonic() < deadline:
        slot = drill.chance.randrange(len(drill.workers))
        if catch(slot, drill.workers[slot]):
            return slot
        time.sleep(0.0005)
    raise NotRun("no worker was inside a handler")


type Fault = Callable[["Drill"], None]

KILLS: tuple[Fault, ...] = (kill_worker, kill_worker, kill_worker, kill_worker_anywhere, kill_emitter)
BLOWS: tuple[Fault, ...] = (
    restart,
    restart_immediate,
    kill_postmaster,
    end_sessions,
    freeze_worker,
    hold_a_transaction,
    prepare_a_transaction,
    exhaust_connections,
    fill_the_disk,
)
BY_NAME = {fault.__name__: fault for fault in (*KILLS, *BLOWS)}

KILLS_MIN, EVENTS_PER_KILL = 50, 1_800
EVENTS_PER_BLOW = 10_000


def plan(chance: random.Random, events: int) -> list[tuple[int, str]]:
    """Draw after how many committed events which fault comes; every blow comes at least once."""
    kills = max(KILLS_MIN, events // EVENTS_PER_KILL)
    drawn = [chance.choice(KILLS) for _ in range(kills)]
    rounds = max(1, events // EVENTS_PER_BLOW // len(BLOWS))
    drawn += list(BLOWS) * rounds
    return sorted((chance.randrange(events), fault.__name__) for fault in drawn)
