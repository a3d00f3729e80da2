"""The dispatcher: what it asks for, how often, and when it takes the turn itself. The queue is the test's."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.events import dispatcher as module
from apps.events import periodic, registry, schedule, stored
from apps.events.dispatcher import Dispatcher, QueueAway
from apps.events.models import Job

from . import sample
from .conftest import Effects
from .test_schedule import ran  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "tests.heard"


@pytest.fixture
def heard(subscribe: Any, effects: Effects) -> list[int]:
    """Whose pings were heard."""
    users: list[int] = []

    @subscribe(sample.pinged, name=NAME)
    def hear(user_id: int, **_: Any) -> None:
        users.append(user_id)

    stored.store()
    return users


class Queue:
    """Names that were asked for; a queue that is away takes none."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.is_away = False

    def ask(self, name: str) -> None:
        if self.is_away:
            raise QueueAway("nobody answers")
        if name == NAME:
            self.names.append(name)


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def dispatcher(queue: Queue, heard: list[int]) -> Iterator[Dispatcher]:
    one = Dispatcher(queue.ask)
    yield one
    one.witness.close()


def test_it_asks_once_until_it_is_served(dispatcher: Dispatcher, queue: Queue, heard: list[int]) -> None:
    sample.pinged.send(sender=None, user_id=1)
    for _ in range(3):
        dispatcher.cycle()
    assert queue.names == [NAME]
    assert heard == []
    dispatcher.take(NAME, seconds=5)
    assert heard == [1]
    sample.pinged.send(sender=None, user_id=2)
    dispatcher.cycle()
    assert queue.names == [NAME, NAME]


def test_who_hears_nothing_of_it_is_not_asked_for(
    dispatcher: Dispatcher, queue: Queue, heard: list[int]
) -> None:
    sample.ponged.send(sender=None, user_id=1)
    dispatcher.cycle()
    assert queue.names == []


def test_without_a_queue_the_turn_is_taken_here(
    dispatcher: Dispatcher, queue: Queue, heard: list[int]
) -> None:
    queue.is_away = True
    sample.pinged.send(sender=None, user_id=1)
    dispatcher.cycle()
    assert heard == [1]


def test_a_request_that_nobody_answers_is_made_again_and_then_served_here(
    dispatcher: Dispatcher, queue: Queue, heard: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    sample.pinged.send(sender=None, user_id=1)
    dispatcher.cycle()
    dispatcher.cycle()
    assert queue.names == [NAME, NAME]
    monkeypatch.setattr(module, "LATE_S", 0.0)
    dispatcher.cycle()
    assert heard == [1]


def test_a_name_of_other_code_is_left_alone(
    dispatcher: Dispatcher, heard: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    assert "tests.unknown" not in registry.subscribers
    dispatcher.take("tests.unknown", seconds=1)
    assert "not known here" in caplog.text


def test_jobs_are_run_here_only_when_nobody_did(
    dispatcher: Dispatcher,
    ran: list[str],  # noqa: F811
) -> None:
    periodic(every=timedelta(hours=1), name="tests.hourly")(lambda: ran.append("hourly"))
    schedule.store()
    dispatcher.run_jobs()
    assert ran == []  # it is due, but not for long
    Job.objects.update(next_run_at=datetime(2020, 1, 1, tzinfo=UTC))
    dispatcher.jobs_at = 0.0
    dispatcher.run_jobs()
    assert ran == ["hourly"]
