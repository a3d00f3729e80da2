"""Workers are killed inside their batches, again and again, and nothing is lost, doubled or disordered."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from apps.events import deadletters, health, sequencer, wakeup
from apps.events.models import EventLog

from .audit import ECHO_EVERY, KEYS, TABLES, audit, is_quiet
from .zygote import Zygote

EMITTERS = 8
WORKERS = 3
PATIENCE_S = 400
# Seed, events of each emitter, workers killed.
SIZES = [
    (1, 600, 15),
    *(pytest.param(seed, 2_030, 50, marks=pytest.mark.slow) for seed in (1, 2, 3)),
]


@pytest.fixture
def zygote(transactional_db: None, tmp_path: Path) -> Iterator[Zygote]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    one = Zygote(tmp_path, workers=WORKERS, database=str(connection.settings_dict["NAME"]))
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


@pytest.fixture
def auditor(transactional_db: None) -> Iterator[psycopg.Connection]:
    with wakeup.connect() as session:
        yield session


@pytest.mark.parametrize(("seed", "events", "wanted"), SIZES)
def test_kill(
    zygote: Zygote,
    open_writer: psycopg.Connection,
    auditor: psycopg.Connection,
    seed: int,
    events: int,
    wanted: int,
) -> None:
    chance = random.Random(seed)
    emitters = [zygote.fork("emitter", n, events, seed * 100 + n) for n in range(EMITTERS)]
    workers = {slot: zygote.fork("worker", slot, 0, seed * 1000 + slot) for slot in range(WORKERS)}
    kills = 0
    deadline = time.monotonic() + PATIENCE_S
    pause_until = 0.0
    while True:
        assert time.monotonic() < deadline, [one for one in health.status() if one.lag or one.retrying]
        emitting = zygote.any_alive(emitters)
        slot = chance.randrange(WORKERS)
        if kills < wanted and time.monotonic() > pause_until and zygote.kill_inside(slot, workers[slot]):
            kills += 1
            workers[slot] = zygote.fork("worker", slot, 0, seed * 1000 + 100 + kills)
            pause_until = time.monotonic() + chance.random() * 0.2
        if not emitting:
            open_writer.commit()
            # An event whose worker was killed three times running is suspected of having done it.
            for letter in deadletters.waiting():
                deadletters.retry(letter.pk, by="the test", reason="killed by the test")
            if is_quiet(auditor):
                break
            time.sleep(0.05)
        time.sleep(0.001)
    for pid in workers.values():
        os.kill(pid, signal.SIGTERM)
    while zygote.any_alive(workers.values()):
        assert time.monotonic() < deadline
        time.sleep(0.02)

    told = zygote.told()
    findings = audit(auditor, told)
    sys.stdout.write(f"seed={seed} {findings} kills={kills}\n")
    assert findings.is_clean, findings
    assert kills == wanted
    committed = EMITTERS * events
    assert sum(told.values()) == committed
    # Every fourth number of a key has its echo.
    assert findings.events > committed + committed // ECHO_EVERY - KEYS
    # Monitoring may have said meanwhile that nobody watches.
    alerts = EventLog.objects.filter(event_type__startswith="alert_").count()
    assert sequencer.head() == findings.events + alerts


def test_everything_breaks() -> None:
    """The drill, small: the server is stopped, killed and starved, sessions end, workers freeze."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--seed", "4", "--events", "4000"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    line = done.stdout.splitlines()[-1]
    assert re.fullmatch(
        r"events=4000 effects=\d{4,} subscribers=3 kills=\d\d restarts=[4-9]"
        r" lost=0 doubled=0 disordered=0",
        line,
    ), line
