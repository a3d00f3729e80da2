"""Replays and workers are killed again and again; in the end everything was said and counted once."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from urllib.parse import urlencode

import pytest
from django.conf import settings

from apps.events import deadletters
from apps.events.models import EventLog
from apps.events.testing import deliver_all, wait_until
from apps.events.verify import verify
from apps.tournaments.models import Match, MatchParticipant, SourceName, Status, Tournament
from apps.user_profile.selectors import stats_of
from config.database import raw_connection_params

from . import actors, season

EVENTS = ["2018-04-19-relegation.csv", "2018-04-22-seattle.csv"]
REPLAYS_KILLED = 8
WORKERS = 2
WORKER_LIVES_S = (0.3, 1.0)
# Then they may live: on a busy machine one that is killed so soon hardly begins.
WORKERS_KILLED = 30
PATIENCE_S = 400


class Zygote:
    """The process that forks the others."""

    def __init__(self, folder):
        given = raw_connection_params()
        address = {name: given[name] for name in ("host", "port", "user", "password") if given.get(name)}
        url = f"postgresql:///{given['dbname']}?{urlencode(address)}"
        own = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "TESTING": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", actors.__name__, str(folder)],
            cwd=settings.BASE_DIR,
            env=os.environ | own,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.children = set()

    def fork(self, role):
        self.process.stdin.write(f"{role}\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        self.children.add(pid)
        return pid

    def alive(self, pid):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            self.children.discard(pid)
            return False
        return True

    def kill(self, pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def end(self):
        for pid in self.children:
            self.kill(pid)
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=60)


@pytest.fixture
def zygote(transactional_db, tmp_path):
    for name in [*EVENTS, "events.csv"]:
        shutil.copy(season.SEASON / name, tmp_path)
    one = Zygote(tmp_path)
    yield one
    one.end()


def done():
    return Tournament.objects.filter(status=Status.COMPLETED).count() == len(EVENTS)


def test_killed_replays_and_workers_lose_and_double_nothing(zygote):
    chance = random.Random(5)
    replay, killed, next_kill = zygote.fork("replay"), 0, 1
    workers = {
        zygote.fork("worker"): time.monotonic() + chance.uniform(*WORKER_LIVES_S) for _ in range(WORKERS)
    }
    mortal = WORKERS_KILLED
    patience = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < patience, f"{Match.objects.count()} series after {killed} kills"
        time.sleep(0.02)
        if not zygote.alive(replay):
            replay = zygote.fork("replay")
        elif killed < REPLAYS_KILLED and (played := Match.objects.count()) >= next_kill:
            zygote.kill(replay)
            killed += 1
            next_kill = played + chance.randint(1, 10)
        for worker, dies_at in list(workers.items()):
            if mortal and time.monotonic() > dies_at:
                mortal -= 1
                zygote.kill(worker)
                del workers[worker]
                workers[zygote.fork("worker")] = time.monotonic() + chance.uniform(*WORKER_LIVES_S)
    assert killed == REPLAYS_KILLED
    for worker in workers:
        zygote.kill(worker)
    wait_until(lambda: not zygote.alive(replay), timeout_s=PATIENCE_S)  # it delivers, too, before it ends
    deliver_all()
    # An event whose worker was killed three times running is suspected of having done it.
    for letter in deadletters.waiting():
        deadletters.retry(letter.pk, by="the test", reason="killed by the test")
    deliver_all()
    assert not list(deadletters.waiting())
    found = verify()
    assert [finding for finding in found if finding.drift] == []
    assert all(finding.rows_checked for finding in found if finding.name.startswith("user_profile.stats."))
    told = Counter(EventLog.objects.values_list("event_type", flat=True))
    assert told["tournament_match_completed"] == MatchParticipant.objects.count()
    assert told["match_won"] * 2 == MatchParticipant.objects.count()
    compare_with_files()


def compare_with_files():
    """Assert that the players' sums are those of the files, and that every series is there once."""
    rows = [(event, row) for event in EVENTS for row in season.rows(event)]
    assert Match.objects.count() == len({(event, row["series id"]) for event, row in rows})
    sums = {}
    for _, row in rows:
        sums.setdefault(row["player"], Counter()).update(
            {name: int(row[name]) for name in ("kills", "deaths")}
        )
    people = SourceName.objects.filter(kind="PLAYER").values_list("name", "user_id")
    found = {name: stats_of(user_id) for name, user_id in people}
    assert {name: (own["kills"], own["deaths"]) for name, own in sums.items()} == {
        name: (stats.kills, stats.deaths) for name, stats in found.items()
    }
