"""Whose turn it is: of those who hear what happened, and of nobody else; nobody is forgotten."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.events import lookout, sequencer, stored
from apps.events.delivery import pauses
from apps.events.models import Subscription
from apps.events.worker import LOOK_AFTER, Worker

from . import sample

pytestmark = pytest.mark.django_db(transaction=True)
PINGS, PONGS = "tests.pings", "tests.pongs"


@pytest.fixture
def worker(subscribe: Callable[..., Any]) -> Iterator[Worker]:
    """A worker whose two subscribers hear a type each, and have heard all there was."""

    @subscribe(sample.pinged, name=PINGS)
    def hear_pings(**_: Any) -> None: ...

    @subscribe(sample.ponged, name=PONGS)
    def hear_pongs(**_: Any) -> None: ...

    stored.store()
    one = Worker()
    work(one)
    yield one
    one.witness.close()


def work(worker: Worker) -> None:
    """Give turns until there is nothing to do."""
    sequencer.stamp()
    while names := worker.candidates():
        for name in names:
            worker.turn(name)


def happen(event: Any, count: int = 1) -> None:
    """Send events, and put them into the stream."""
    event.send_many(None, [{"user_id": n} for n in range(1, count + 1)])
    sequencer.stamp()


def test_an_event_gives_a_turn_to_those_who_hear_it(worker: Worker) -> None:
    happen(sample.pinged)
    assert worker.candidates() == [PINGS]
    work(worker)
    assert worker.candidates() == []
    happen(sample.ponged)
    assert worker.candidates() == [PONGS]
    happen(sample.pinged)
    assert sorted(worker.candidates()) == [PINGS, PONGS]


def test_it_asks_again_until_the_turn_was_taken(worker: Worker) -> None:
    happen(sample.pinged)
    for _cycle in range(3):
        assert worker.candidates() == [PINGS]


def test_who_hears_nothing_for_long_has_a_turn_all_the_same(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a worker that begins would have to look further and further back."""
    monkeypatch.setattr(lookout, "IDLE_LAG_MAX", 10)
    monkeypatch.setattr("apps.events.delivery.drain.IDLE_LAG_MAX", 10)
    for _ in range(5):
        happen(sample.pinged, 5)
        work(worker)
    head = sequencer.head()
    assert head - Subscription.objects.get(name=PONGS).position <= 10
    happen(sample.ponged)
    assert worker.candidates() == [PONGS]


def test_a_worker_that_begins_finds_what_waits(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much happened since."""
    monkeypatch.setattr(lookout, "IDLE_LAG_MAX", 10)
    monkeypatch.setattr("apps.events.delivery.drain.IDLE_LAG_MAX", 10)
    happen(sample.ponged)
    happen(sample.pinged, 30)
    beginning = Worker()
    assert sorted(beginning.candidates()) == [PINGS, PONGS]
    beginning.witness.close()


def test_a_pause_loses_nothing(worker: Worker) -> None:
    pauses.pause(PONGS, by="ada", reason="a drill")
    happen(sample.ponged)
    happen(sample.pinged)
    work(worker)
    pauses.resume(PONGS)
    assert worker.candidates() == [PONGS]


def test_what_a_worker_appends_itself_it_hands_out_without_a_look(worker: Worker) -> None:
    sample.pinged.send(None, user_id=1)
    with CaptureQueriesContext(connection) as queries:
        appended = sequencer.append()
        assert worker.whose_turn(appended) == [PINGS]
    assert not any("event_subscription" in each["sql"] for each in queries)
    worker.turn(PINGS)
    assert worker.candidates() == []


def test_nobody_waits_for_long_beside_what_happens_all_the_time(worker: Worker) -> None:
    happen(sample.ponged)
    given = []
    for _cycle in range(LOOK_AFTER + 1):
        sample.pinged.send(None, user_id=1)
        given += worker.whose_turn(sequencer.append())
    assert PONGS in given


def test_the_shortest_turn_comes_first(worker: Worker) -> None:
    worker.turns_s.update({PINGS: 0.2, PONGS: 0.1})
    happen(sample.pinged)
    happen(sample.ponged)
    assert worker.whose_turn(sequencer.append()) == [PONGS, PINGS]


def test_the_urgent_come_before_all_others(worker: Worker, subscribe: Callable[..., Any]) -> None:
    @subscribe(sample.pinged, name="tests.urgent", urgent=True)
    def hear_at_once(**_: Any) -> None: ...

    stored.store()
    worker.turns_s.update({"tests.urgent": 0.3, PINGS: 0.1})
    sample.pinged.send(None, user_id=1)
    assert worker.whose_turn(sequencer.append()) == ["tests.urgent", PINGS]
