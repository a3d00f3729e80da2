"""Wake-ups: few for many, each on its channel; what a process rang itself it knows."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from apps.events import wakeup

pytestmark = pytest.mark.django_db(transaction=True)
OTHERS = "tests_others"
WAIT_S = 10.0


@pytest.fixture
def listener() -> Iterator[psycopg.Connection]:
    """A session that hears both channels; an earlier test may have ended the one that rings."""
    wakeup.close()
    with closing(wakeup.connect()) as session:
        session.execute(f"LISTEN {wakeup.CHANNEL}")
        session.execute(f"LISTEN {OTHERS}")
        yield session
    wakeup.close()


def test_a_ring_reaches_its_channel_alone(listener: psycopg.Connection) -> None:
    wakeup.ring(OTHERS)
    [heard] = listener.notifies(timeout=WAIT_S, stop_after=1)
    assert heard.channel == OTHERS
    wakeup.ring()
    [heard] = listener.notifies(timeout=WAIT_S, stop_after=1)
    assert heard.channel == wakeup.CHANNEL


def test_many_rings_are_few_wake_ups(listener: psycopg.Connection) -> None:
    for _ in range(500):
        wakeup.ring()
        wakeup.ring(OTHERS)
    heard = [each.channel for each in listener.notifies(timeout=1)]
    assert {*heard} == {wakeup.CHANNEL, OTHERS}
    assert len(heard) < 100


def test_a_process_knows_its_own_rings(listener: psycopg.Connection) -> None:
    wakeup.ring()
    [own] = listener.notifies(timeout=WAIT_S, stop_after=1)
    assert wakeup.is_own(own)
    with closing(wakeup.connect()) as another:
        another.execute(f"NOTIFY {wakeup.CHANNEL}")
    [other] = listener.notifies(timeout=WAIT_S, stop_after=1)
    assert not wakeup.is_own(other)
