"""The sender at work while its receiver is killed again and again: each message at least once, in order."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from apps.events.models import EventLog
from apps.events.testing import database_url, deliver_all, wait_until
from apps.gamification.signals import level_up
from apps.user_profile.testing import create_user
from apps.webhooks.models import Attempt, Delivery, Endpoint, Outcome, State
from apps.webhooks.sending.sender import Sender
from apps.webhooks.services.results import Pace
from apps.webhooks.testing import closed_port, create_endpoint, receiving

pytestmark = pytest.mark.django_db(transaction=True)

# Patient in the number of attempts, impatient in everything else.
PACE = Pace(schedule_s=(0.0,) + (0.01,) * 30_000, breaker_s=0.01, breaker_s_max=0.05)
SCRIPT = Path(__file__).with_name("receiver.py")
SIZES = [pytest.param(200, 4, id="small"), pytest.param(10_000, 50, id="full", marks=pytest.mark.slow)]


@contextmanager
def sending() -> Iterator[None]:
    """Run a real sender in a thread for the length of the block."""
    sender = Sender(pace=PACE, timeout_s=5)
    loop = asyncio.new_event_loop()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            loop.run_until_complete(sender.run())
        except BaseException as error:
            failed.append(error)
            raise

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(sender.stop)
        thread.join()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
    assert not failed


def start(port: int, secret: str, path: Path) -> subprocess.Popen[bytes]:
    """Start the receiver."""
    return subprocess.Popen([sys.executable, str(SCRIPT), str(port), secret, str(path)])


def ids_in(path: Path) -> list[str]:
    """Return what the receiver wrote down; a line that was cut off by a kill was not answered either."""
    return [line.strip() for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.parametrize(("count", "restarts"), SIZES)
def test_a_receiver_that_is_killed_again_and_again(tmp_path: Path, count: int, restarts: int) -> None:
    path, port = tmp_path / "received", closed_port()
    path.touch()
    ada = create_user("ada")
    _endpoint, secret = create_endpoint(
        f"http://127.0.0.1:{port}/hook", "level_up", created_by_id=ada.pk, is_ordered=True
    )
    level_up.send_many(None, [{"user_id": ada.pk, "level": level} for level in range(2, count + 2)])
    deliver_all()
    assert Delivery.objects.count() == count
    receiver = start(port, secret, path)
    try:
        with sending():
            for turn in range(1, restarts + 1):
                wanted = turn * count // (restarts + 1)
                wait_until(lambda wanted=wanted: len(ids_in(path)) >= wanted, timeout_s=120)  # type: ignore[misc]
                receiver.kill()
                receiver.wait()
                receiver = start(port, secret, path)
            wait_until(lambda: not Delivery.objects.filter(outcome=Outcome.WAITING).exists(), timeout_s=120)
    finally:
        receiver.kill()
        receiver.wait()
    logged = EventLog.objects.filter(event_type="level_up").order_by("id").values_list("uid", flat=True)
    # Exactly once after deduplication by the id, and in the order of the log.
    assert list(dict.fromkeys(ids_in(path))) == [str(each) for each in logged]
    assert set(Delivery.objects.values_list("outcome", flat=True)) == {Outcome.DELIVERED}
    assert Endpoint.objects.get().state == State.ACTIVE
    assert Attempt.objects.filter(status=204).count() == count


def test_a_crowd_of_endpoints_some_of_them_dead(tmp_path: Path) -> None:
    """Side by side, two senders at once: nothing twice, and the dead hold up nobody."""
    ada = create_user("ada")
    dead = closed_port()
    with receiving() as receiver:
        for number in range(10):
            url = f"http://127.0.0.1:{dead}/" if number % 5 == 0 else f"{receiver.url}/{number}"
            create_endpoint(url, "level_up", created_by_id=ada.pk)
        level_up.send_many(None, [{"user_id": ada.pk, "level": level} for level in range(2, 22)])
        deliver_all()
        alive = Delivery.objects.exclude(endpoint__shown_url__contains=str(dead))
        with sending(), sending():
            wait_until(lambda: not alive.filter(outcome=Outcome.WAITING).exists())
    got = [(each.path, each.headers["webhook-id"]) for each in receiver.received]
    assert len(got) == len(set(got)) == alive.count() == 160


def test_the_command(tmp_path: Path) -> None:
    """A process that hears of an event by itself, brings it out and leaves when it is told to."""
    ada = create_user("ada")
    with receiving() as receiver:
        create_endpoint(receiver.url, "level_up", created_by_id=ada.pk)
        environment = {**os.environ, "DATABASE_URL": database_url(), "TESTING": "1"}
        command = [sys.executable, str(Path(str(settings.BASE_DIR)) / "manage.py"), "deliver_webhooks"]
        process = subprocess.Popen(command, env=environment)
        try:
            level_up.send(None, user_id=ada.pk, level=2)
            deliver_all()
            wait_until(lambda: Delivery.objects.filter(outcome=Outcome.DELIVERED).exists(), timeout_s=60)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
            process.wait()
    assert len(receiver.received) == 1
