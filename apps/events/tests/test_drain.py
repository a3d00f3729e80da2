"""One turn is one transaction: exactly once, in order per key, and failures park one key alone."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.events import registry, sequencer, stored, stream
from apps.events.delivery import drain as draining
from apps.events.delivery.drain import Outcome, drain
from apps.events.errors import TryAgain
from apps.events.models import EventLog, Lane, Subscription
from apps.events.testing import deliver_all

from . import sample
from .conftest import Effects
from .test_sequencer import fill, in_thread
from .turns import ping, subscription, turn

pytestmark = pytest.mark.django_db(transaction=True)


def test_effects_come_once_and_in_order(recorder: Effects) -> None:
    ping("a", "b")
    ping("c", user_id=2)
    assert turn() is Outcome.WORKED
    assert turn() is Outcome.IDLE
    ping("d")
    deliver_all()
    assert recorder.all() == [(1, "a"), (1, "b"), (2, "c"), (1, "d")]
    assert subscription().delivered == 4


def test_the_effect_and_the_position_commit_together(effects: Effects, subscribe: Any) -> None:
    """A process that dies between the handler and the commit leaves neither."""
    died = []

    @subscribe(sample.pinged, name="tests.recorder")
    def record(user_id: int, text: str, **_: Any) -> None:
        effects.add(user_id, text)
        if not died:
            died.append(True)
            raise KeyboardInterrupt

    ping("a")
    with pytest.raises(KeyboardInterrupt):
        turn()
    assert effects.all() == []
    assert subscription().position == 0
    deliver_all()
    assert effects.all() == [(1, "a")]


def test_a_batch_handler_gets_them_all_at_once(effects: Effects, subscribe: Any) -> None:
    sizes = []

    @subscribe(sample.pinged, batch=True)
    def record_all(events: Any, **_: Any) -> None:
        sizes.append(len(events))
        for event in events:
            effects.add(event.args["user_id"], event.args["text"])

    ping(*"abc")
    deliver_all()
    assert sizes == [3]
    assert effects.all() == [(1, "a"), (1, "b"), (1, "c")]


def test_an_event_that_fails_parks_its_key_and_nobody_else(broken: dict[str, Any], effects: Effects) -> None:
    broken["on"] = {"b"}
    ping("a", "b", "c")
    ping("x", "y", user_id=2)
    turn()
    assert effects.all() == [(1, "a"), (2, "x"), (2, "y")]
    lane = Lane.objects.get()
    assert (lane.key, lane.state, lane.attempts) == ("user:1", "retry", 1)
    assert "ValueError: cannot handle b" in lane.error
    assert (subscription().parked, subscription().failed) == (1, 1)
    ping("d")
    ping("z", user_id=2)
    turn(lanes_first=False)
    assert effects.all()[-1] == (2, "z")
    broken["on"] = set()
    deliver_all()
    mine = [text for user_id, text in effects.all() if user_id == 1]
    assert mine == ["a", "b", "c", "d"]
    assert not Lane.objects.exists()
    assert subscription().parked == 0


def test_the_head_is_read_before_the_page(recorder: Effects, monkeypatch: Any) -> None:
    """What is stamped while the page is read belongs to the next turn, even for a page that is not full."""
    ping("a")
    original = stream.page

    def page_then_more(**options: Any) -> Any:
        found = original(**options)
        monkeypatch.undo()
        in_thread(lambda: (ping("meanwhile"), sequencer.stamp()))
        return found

    stored.store()
    sequencer.stamp()
    monkeypatch.setattr(stream, "page", page_then_more)
    drain(registry.subscribers["tests.recorder"])
    deliver_all()
    assert recorder.all() == [(1, "a"), (1, "meanwhile")]


def test_one_worker_at_a_time(recorder: Effects) -> None:
    ping("a")
    stored.store()
    sequencer.stamp()
    outcomes: list[Outcome] = []
    with transaction.atomic():
        Subscription.objects.select_for_update().get(name="tests.recorder")
        in_thread(lambda: outcomes.append(drain(registry.subscribers["tests.recorder"])))
    assert outcomes == [Outcome.BUSY]


def test_many_threads_at_once(recorder: Effects) -> None:
    for number in range(200):
        ping(str(number), user_id=number % 5)
    stored.store()

    def work() -> None:
        while True:
            worked = sequencer.stamp() > 0
            try:
                worked = drain(registry.subscribers["tests.recorder"]) is Outcome.WORKED or worked
            except TryAgain:
                continue
            if not worked and subscription().position == 200:
                break
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert [text for _, text in recorder.all()] == [str(n) for n in range(200)]


def test_a_paused_subscriber_is_left_alone(recorder: Effects) -> None:
    ping("a")
    stored.store()
    Subscription.objects.update(paused="by hand")
    assert turn() is Outcome.PAUSED
    assert recorder.all() == []


def test_since_now_hears_only_what_comes_after_it_was_stored(effects: Effects, subscribe: Any) -> None:
    ping("before")
    stored.store()
    sequencer.stamp()

    @subscribe(sample.pinged, since="now", name="tests.late")
    def record(user_id: int, text: str, **_: Any) -> None:
        effects.add(user_id, text)

    stored.store()
    ping("after")
    deliver_all()
    assert effects.all() == [(1, "after")]


def test_events_of_a_handler_name_their_cause_and_are_delivered(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.pinged)
    def answer(user_id: int, text: str, **_: Any) -> None:
        sample.ponged.send(sender=None, user_id=user_id, text=text)

    @subscribe(sample.ponged, name="tests.recorder")
    def record(user_id: int, text: str, event: Any, **_: Any) -> None:
        effects.add(user_id, f"{text} {event.depth}")

    ping("a")
    deliver_all()
    assert effects.all() == [(1, "a 1")]
    first, second = EventLog.objects.order_by("id")
    assert second.causation_id == first.uid
    assert second.correlation_id == first.correlation_id


def test_a_rare_subscriber_passes_over_what_it_does_not_hear(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.ponged, name="tests.recorder")
    def record(user_id: int, text: str, **_: Any) -> None:
        effects.add(user_id, text)

    ping(*map(str, range(draining.IDLE_LAG_MAX)))
    assert turn() is Outcome.IDLE
    assert subscription().position == 0
    ping("one more")
    assert turn() is Outcome.WORKED
    assert subscription().position == draining.IDLE_LAG_MAX + 1
    sample.ponged.send(sender=None, user_id=5, text="heard")
    deliver_all()
    assert effects.all() == [(5, "heard")]


def test_pages_are_read_by_index(recorder: Effects) -> None:
    fill(100_000)
    sequencer.stamp()
    parameters = {"name": "tests.recorder", "types": ["pinged"], "key": "user:7", "limit": 500}
    bounds = {"after": 60_000, "upto": 100_000, "replay_until": 0}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE event_stream")
        for condition in (stream.OF_TYPES, stream.OF_TYPES + stream.NOT_PARKED, stream.OF_KEY):
            cursor.execute("EXPLAIN " + stream.PAGE.format(condition), {**parameters, **bounds})
            plan = "\n".join(line for [line] in cursor.fetchall())
            assert "Seq Scan on event_log" not in plan, plan
            assert "Seq Scan on event_stream" not in plan, plan


def test_a_page_costs_what_it_holds_also_before_there_are_statistics(recorder: Effects) -> None:
    fill(30_000)
    stored.store()
    sequencer.stamp()
    with CaptureQueriesContext(connection) as queries:
        assert drain(registry.subscribers["tests.recorder"]) is Outcome.WORKED
    [sql] = [each["sql"] for each in queries if "l.payload" in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql)
        plan = cursor.fetchone()[0][0]["Plan"]
    assert rows_of(plan) <= 4 * stream.WINDOW_PAGES * draining.BATCH, plan


def rows_of(plan: dict[str, Any]) -> int:
    """Return how many rows all nodes of a plan handed on."""
    return plan["Actual Rows"] * plan["Actual Loops"] + sum(rows_of(each) for each in plan.get("Plans", ()))


def test_one_type_in_a_long_log_is_found_a_window_at_a_time(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.ponged, name="tests.recorder")
    def record(user_id: int, text: str, **_: Any) -> None:
        effects.add(user_id, text)

    fill(12_000)
    sample.ponged.send(sender=None, user_id=5, text="heard")
    assert turn() is Outcome.WORKED
    assert (subscription().position, effects.all()) == (10_000, [])
    assert turn() is Outcome.WORKED
    assert effects.all() == [(5, "heard")]


@pytest.mark.parametrize("limit", [1, 7])
def test_a_window_is_left_however_small_the_turn(limit: int, effects: Effects, subscribe: Any) -> None:
    """A worker gives a subscriber with nothing to do no further turn: so it has nothing at the end alone."""

    @subscribe(sample.ponged, name="tests.recorder")
    def record(user_id: int, text: str, **_: Any) -> None:
        effects.add(user_id, text)

    fill(2_500)
    sample.ponged.send(sender=None, user_id=5, text="heard")
    for _ in range(3):
        assert turn(limit=limit) is Outcome.WORKED
    assert effects.all() == [(5, "heard")]
