"""A worker among busy web requests: whoever waits for the other's rows, the worker gives way."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import InterfaceError, connection, transaction

from apps.events import registry, sequencer, stored
from apps.events.delivery.drain import BATCH, drain
from apps.events.errors import TryAgain
from apps.events.models import Lane, Subscription
from apps.events.worker import Worker, prepare_session
from tests.threads import other_threads, wait_until_somebody_waits_for_us

from . import sample
from .conftest import Effects, OtherSession

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "tests.counter"
# PostgreSQL looks for deadlocks after a second; who waits shorter is never found guilty of one.
DEADLOCK_TIMEOUT_S = 1.0


@pytest.fixture
def counter(subscribe: Any, effects: Effects) -> Iterator[Callable[[], dict[int, int]]]:
    """Count pings in one row per user; return how to read the counts."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_count (user_id bigint PRIMARY KEY, pings int NOT NULL)")
        cursor.execute("INSERT INTO test_count SELECT n, 0 FROM generate_series(1, 3) AS n")

    @subscribe(sample.pinged, name=NAME)
    def count(user_id: int, **_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE test_count SET pings = pings + 1 WHERE user_id = %s", [user_id])

    def read() -> dict[int, int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT user_id, pings FROM test_count")
            return dict(cursor.fetchall())

    yield read
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE test_count")


@pytest.fixture
def as_worker(transactional_db: None) -> Iterator[None]:
    """Give this session the limits of a worker's; the next test has a session of its own."""
    prepare_session(connection=connection)
    yield
    connection.close()


@pytest.fixture
def worker(as_worker: None) -> Iterator[Worker]:
    """Be a worker that does not run by itself."""
    worker = Worker()
    yield worker
    worker.disconnect()


def ping(*user_ids: int) -> None:
    for user_id in user_ids:
        sample.pinged.send(sender=None, user_id=user_id)
    stored.store(strict=False)
    sequencer.stamp()


def test_a_turn_that_waits_for_a_web_request_gives_up_early(
    counter: Any, as_worker: None, session: Callable[[], OtherSession]
) -> None:
    ping(1, 2)
    web = session()
    web.execute("SELECT FROM test_count WHERE user_id = 2 FOR UPDATE")
    began = time.monotonic()
    with pytest.raises(TryAgain, match="lock timeout"):
        drain(registry.subscribers[NAME])
    assert time.monotonic() - began < DEADLOCK_TIMEOUT_S
    # Nobody's fault: no effect, no attempt, nobody parked.
    assert counter() == {1: 0, 2: 0, 3: 0}
    row = Subscription.objects.get(pk=NAME)
    assert (row.position, row.failed, row.parked) == (0, 0, 0)


def test_the_worker_takes_less_after_a_loss_and_more_after_a_turn(
    counter: Any, worker: Worker, session: Callable[[], OtherSession]
) -> None:
    ping(1, 2)
    web = session()
    web.execute("SELECT FROM test_count WHERE user_id = 2 FOR UPDATE")
    assert worker.turn(NAME)
    assert worker.limits[NAME] == BATCH // 4
    assert worker.turn(NAME)
    assert worker.limits[NAME] == BATCH // 16
    web.commit()
    assert worker.turn(NAME)
    assert worker.limits[NAME] == BATCH // 16 + BATCH // 64 + 1
    assert counter() == {1: 1, 2: 1, 3: 0}
    assert not Lane.objects.exists()


def test_in_a_deadlock_the_web_request_wins(counter: Any) -> None:
    """The request has row 2 and wants row 1, the turn has row 1 and wants row 2."""
    add = "UPDATE test_count SET pings = pings + 10 WHERE user_id = %s"

    def turn() -> None:
        prepare_session(connection=connection)
        with pytest.raises(TryAgain, match="lock timeout"):
            drain(registry.subscribers[NAME])

    ping(1, 2)
    with other_threads() as start:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(add, [2])
            worker = start(turn)
            wait_until_somebody_waits_for_us()
            began = time.monotonic()
            cursor.execute(add, [1])
            assert time.monotonic() - began < DEADLOCK_TIMEOUT_S
        worker.result()
    drain(registry.subscribers[NAME])
    assert counter() == {1: 11, 2: 11, 3: 0}


@pytest.mark.parametrize("batch", [False, True])
def test_a_link_that_is_cut_in_mid_turn_is_no_event_s_fault(
    batch: bool, effects: Effects, subscribe: Callable[..., Any], worker: Worker
) -> None:
    """Also when there is another one at once: the error has no code, and the connection looks well."""
    cuts = 2

    @subscribe(sample.pinged, name=NAME, batch=batch)
    def record(**event: Any) -> None:
        nonlocal cuts
        if cuts:
            cuts -= 1
            with socket.socket(fileno=os.dup(connection.connection.fileno())) as link:
                link.shutdown(socket.SHUT_RDWR)
        for user_id in [each.args["user_id"] for each in event["events"]] if batch else [event["user_id"]]:
            effects.add(user_id, "heard")

    stored.store()
    sample.pinged.send_many(None, [{"user_id": 1}, {"user_id": 2}])
    sequencer.stamp()
    for _ in range(6):
        try:
            worker.turn(NAME)
        except InterfaceError:
            assert connection.connection is None or connection.connection.closed
    assert effects.all() == [(1, "heard"), (2, "heard")]
    assert not Lane.objects.exists()
    assert Subscription.objects.get(name=NAME).failed == 0
