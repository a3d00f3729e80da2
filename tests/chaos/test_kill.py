"""Workers are killed inside their batches, again and again, and nothing is lost, doubled or disordered."""

import contextlib
import mmap
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from apps.events import deadletters, health, sequencer, wakeup

from . import actors

EMITTERS = 8
EVENTS_PER_EMITTER = 2_030
WORKERS = 3
KILLS = 50
PATIENCE_S = 400

TABLES = """
DROP TABLE IF EXISTS chaos_key, chaos_effect;
CREATE TABLE chaos_key (id bigint PRIMARY KEY, seq bigint NOT NULL) WITH (fillfactor = 50);
INSERT INTO chaos_key SELECT n, 0 FROM generate_series(0, %s) AS n;
CREATE TABLE chaos_effect (handler text, key bigint, seq bigint, uid uuid, place bigserial);
"""
# What the log says against what the handlers did; the log has nothing that was rolled back.
LOST = """
SELECT count(*) FROM event_log l CROSS JOIN unnest(%s::text[]) AS h(handler)
 WHERE l.event_type = %s
   AND NOT EXISTS (SELECT FROM chaos_effect e WHERE e.uid = l.uid AND e.handler = h.handler)
"""
DOUBLED = "SELECT count(*) - count(DISTINCT (handler, uid)) FROM chaos_effect"
GHOSTS = "SELECT count(*) FROM chaos_effect e WHERE NOT EXISTS (SELECT FROM event_log l WHERE l.uid = e.uid)"
DISORDERED = """
SELECT count(*) FROM (SELECT seq < lag(seq) OVER (PARTITION BY handler, key ORDER BY place) AS back
                        FROM chaos_effect) AS steps WHERE back
"""
# An idle subscriber of rare events stays where its last one was: what counts is that none follows.
QUIET = """
SELECT (SELECT count(*) FROM event_log) = (SELECT position FROM event_sequencer)
   AND NOT EXISTS (SELECT FROM event_lane)
   AND NOT EXISTS (SELECT FROM event_subscription s JOIN event_stream e ON e.position > s.position
                    WHERE s.name LIKE 'chaos.%%' AND e.event_type = ANY(s.types))
"""
DENSE = "SELECT count(*) = max(position) AND count(*) = count(DISTINCT log_id) FROM event_stream"


class Zygote:
    """The process that forks the others, and the board where workers show what they are at."""

    def __init__(self, folder: Path) -> None:
        flags = folder / "flags"
        flags.write_bytes(bytes(WORKERS))
        with flags.open("r+b") as file:
            self.board = mmap.mmap(file.fileno(), 0)
        self.process = subprocess.Popen(
            [sys.executable, "-m", actors.__name__, str(connection.settings_dict["NAME"]), str(flags)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.children: set[int] = set()

    def fork(self, role: str, number: int, seed: int) -> int:
        """Start a process; return its pid."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{role} {number} {seed}\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        self.children.add(pid)
        return pid

    def alive(self, pid: int) -> bool:
        """Tell whether a process still runs."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            self.children.discard(pid)
            return False
        return True

    def any_alive(self, pids: Iterable[int]) -> bool:
        """Tell whether any of these processes still runs."""
        return any(self.alive(pid) for pid in pids)

    def end(self) -> None:
        """Kill whatever is left."""
        for pid in self.children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=10)
        self.board.close()


@pytest.fixture
def zygote(transactional_db: None, tmp_path: Path) -> Iterator[Zygote]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES % (actors.KEYS - 1))
    one = Zygote(tmp_path)
    yield one
    one.end()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE chaos_key, chaos_effect")


@pytest.fixture
def open_writer(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A transaction that has written and stays open while everything happens."""
    with wakeup.connect() as writer:
        writer.autocommit = False
        writer.execute("SELECT pg_current_xact_id()")
        yield writer


def count(sql: str, parameters: list[Any] | None = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        [found] = cursor.fetchone()
    return found


def kill_inside(zygote: Zygote, slot: int, pid: int) -> bool:
    """Kill a worker if it is inside a handler: freeze it first, so that it cannot leave meanwhile."""
    if not zygote.board[slot]:
        return False
    os.kill(pid, signal.SIGSTOP)
    inside = bool(zygote.board[slot])
    os.kill(pid, signal.SIGKILL if inside else signal.SIGCONT)
    if inside:
        zygote.board[slot] = 0
        zygote.children.discard(pid)
    return inside


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kill(zygote: Zygote, open_writer: psycopg.Connection, seed: int) -> None:
    chance = random.Random(seed)
    emitters = [zygote.fork("emitter", EVENTS_PER_EMITTER, seed * 100 + n) for n in range(EMITTERS)]
    workers = {slot: zygote.fork("worker", slot, seed * 1000 + slot) for slot in range(WORKERS)}
    kills = 0
    deadline = time.monotonic() + PATIENCE_S
    pause_until = 0.0
    while True:
        assert time.monotonic() < deadline, [one for one in health.status() if one.lag or one.retrying]
        emitting = zygote.any_alive(emitters)
        slot = chance.randrange(WORKERS)
        if kills < KILLS and time.monotonic() > pause_until and kill_inside(zygote, slot, workers[slot]):
            kills += 1
            workers[slot] = zygote.fork("worker", slot, seed * 1000 + 100 + kills)
            pause_until = time.monotonic() + chance.random() * 0.2
        if not emitting:
            open_writer.commit()
            # An event whose worker was killed three times running is suspected of having done it.
            for letter in deadletters.waiting():
                deadletters.retry(letter.pk, by="the test", reason="killed by the test")
            if is_quiet():
                break
            time.sleep(0.05)
        time.sleep(0.001)
    for pid in workers.values():
        os.kill(pid, signal.SIGTERM)
    while zygote.any_alive(workers.values()):
        assert time.monotonic() < deadline
        time.sleep(0.02)

    events = count("SELECT count(*) FROM event_log")
    sys.stdout.write(f"seed={seed} events={events} kills={kills}\n")
    assert events > 20_000
    assert kills == KILLS
    assert count("SELECT sum(seq) FROM chaos_key") == EMITTERS * EVENTS_PER_EMITTER
    assert (
        count("SELECT count(*) FROM event_log WHERE event_type = 'bumped'") == EMITTERS * EVENTS_PER_EMITTER
    )
    assert count("SELECT count(*) FROM event_log WHERE event_type = 'echoed'") == count(
        "SELECT sum(seq / 4) FROM chaos_key"
    )
    assert count(LOST, [["mirror", "relay"], "bumped"]) == 0
    assert count(LOST, [["echo"], "echoed"]) == 0
    assert count(DOUBLED) == 0
    assert count(GHOSTS) == 0
    assert count(DISORDERED) == 0
    assert count(DENSE)
    assert sequencer.head() == events


def is_quiet() -> bool:
    """Tell whether every event is stamped and every subscriber has come to the end."""
    return bool(count(QUIET))
