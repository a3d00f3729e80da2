"""`EVENTS_ENGINE=celery` on real brokers: whatever happens to the messages, the effects are there once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from apps.events.verify import verify
from apps.user_profile.models import FollowCounts
from apps.user_profile.services import accounts, follows
from tests.checkouts import CHECKOUT, eventually, server_url

from . import brokers
from .brokers import START_S

PLAYERS = 12

pytestmark = pytest.mark.django_db(transaction=True)


class Broker(Protocol):
    """What a test does to a broker."""

    url: str

    def start(self) -> None:
        """Let it answer."""

    def stop(self) -> None:
        """Kill it."""

    def purge(self) -> None:
        """Lose every message."""


@pytest.fixture(
    params=["redis", pytest.param("rabbitmq", marks=pytest.mark.slow)],
)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A broker of this test's own."""
    one = brokers.of(request.param, tmp_path)
    try:
        one.start()
        yield one
    finally:
        one.stop()


class Engine:
    """The three kinds of processes, on the test's database."""

    COMMANDS = {
        "dispatcher": ["manage.py", "worker"],
        "beat": ["-m", "celery", "-A", "config.celery", "beat", "--schedule", "{folder}/beat", "--pidfile="],
        "tasks": [
            "-m", "celery", "-A", "config.celery", "worker", "-c", "2", "-l", "info",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ],
    }  # fmt: skip

    def __init__(self, broker: Broker, folder: Path) -> None:
        self.folder = folder
        database = connection.settings_dict["NAME"]
        self.environment = {
            **os.environ,
            "EVENTS_ENGINE": "celery",
            "EVENTS_BROKER_URL": broker.url,
            "DATABASE_URL": server_url().replace("/deltacrown?", f"/{database}?"),
            "SECRET_KEY": "for-tests-only",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start one of them; what it says is kept for a failure."""
        words = [word.format(folder=self.folder) for word in self.COMMANDS[name]]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *words],
                cwd=CHECKOUT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def start_tasks(self) -> None:
        """Start the worker of the tasks, and wait until it takes them."""
        ready = self.said("tasks").count(" ready.")
        self.start("tasks")
        eventually(lambda: self.said("tasks").count(" ready.") > ready, START_S)

    def kill(self, name: str) -> None:
        """End one of them, children and all, without a word."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def said(self, name: str) -> str:
        """Return what one of them has said."""
        log = self.folder / f"{name}.log"
        return log.read_text(errors="replace") if log.exists() else ""


@pytest.fixture
def engine(broker: Broker, tmp_path: Path) -> Iterator[Engine]:
    """The engine, running."""
    one = Engine(broker, tmp_path)
    try:
        one.start_tasks()
        one.start("beat")
        one.start("dispatcher")
        yield one
    finally:
        for name in list(one.processes):
            one.kill(name)


@pytest.fixture
def players() -> list[int]:
    """Players who may follow one another."""
    for number in range(PLAYERS):
        accounts.sign_up(username=f"player{number}", password="a long enough password")
    return sorted(get_user_model().objects.values_list("pk", flat=True))


def everybody_follows(players: list[int], step: int) -> None:
    """Let every player follow the one that stands `step` places further."""
    for place, player in enumerate(players):
        follows.follow(follower_id=player, followed_id=players[(place + step) % len(players)])


def counted(number: int) -> Callable[[], bool]:
    """Return whether every player has so many followers, as counted by the subscribers."""

    def is_so() -> bool:
        return FollowCounts.objects.filter(follower_count=number).count() == PLAYERS

    return is_so


def test_only_time_is_lost(engine: Engine, broker: Broker, players: list[int]) -> None:
    everybody_follows(players, 1)
    eventually(counted(1))
    eventually(lambda: "Task events.drain" in engine.said("tasks"))

    everybody_follows(players, 2)
    broker.purge()
    eventually(counted(2))

    engine.kill("tasks")  # the dispatcher finds that nobody comes
    everybody_follows(players, 3)
    eventually(counted(3))

    broker.stop()
    everybody_follows(players, 4)
    eventually(counted(4))

    broker.start()
    engine.start_tasks()
    engine.kill("dispatcher")  # the clock finds what there is to do
    everybody_follows(players, 5)
    eventually(counted(5))
    assert not [found.name for found in verify() if found.drift]


def test_a_broker_may_come_back_under_a_running_engine(
    engine: Engine, broker: Broker, players: list[int]
) -> None:
    everybody_follows(players, 1)
    broker.stop()
    everybody_follows(players, 2)
    broker.start()
    eventually(counted(2))
    everybody_follows(players, 3)
    eventually(counted(3))
    assert not [found.name for found in verify() if found.drift]


def test_a_request_may_come_twice(engine: Engine, broker: Broker, players: list[int]) -> None:
    from config.celery import app, drain, queue_of

    everybody_follows(players, 1)
    name = "user_profile.count_follows"
    with app.connection_for_write(broker.url) as link:
        for _ in range(20):
            drain.apply_async((name,), queue=queue_of(name), connection=link)
    eventually(counted(1))
    eventually(lambda: engine.said("tasks").count("events.drain[") >= 20)
    assert not [found.name for found in verify() if found.drift]
