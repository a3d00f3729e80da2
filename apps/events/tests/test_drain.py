"""One turn is one transaction: exactly once, in order per key, and failures park one key alone."""

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from apps.events import EventFailed, deadletters, registry, sequencer, stored, stream
from apps.events.delivery import drain as draining
from apps.events.delivery import failures
from apps.events.delivery.drain import Outcome, drain
from apps.events.errors import TryAgain
from apps.events.models import DeadLetter, EventLog, Lane, Subscription
from apps.events.testing import deliver_all

from . import sample
from .conftest import Effects
from .test_sequencer import fill, in_thread

pytestmark = pytest.mark.django_db(transaction=True)


def ping(*texts: str, user_id: int = 1) -> None:
    for text in texts:
        sample.pinged.send(sender=None, user_id=user_id, text=text)


def subscription(name: str = "tests.recorder") -> Subscription:
    return Subscription.objects.get(name=name)


def turn(name: str = "tests.recorder", **options: Any) -> Outcome:
    """Store, stamp and run one turn."""
    stored.store()
    sequencer.stamp()
    return drain(registry.subscribers[name], **options)


@pytest.fixture
def broken(effects: Effects, subscribe: Any) -> dict[str, Any]:
    """A recorder that fails on the texts in `broken["on"]`."""
    state: dict[str, Any] = {"on": set(), "calls": 0}

    @subscribe(sample.pinged, name="tests.recorder")
    def record(user_id: int, text: str, **_: Any) -> None:
        state["calls"] += 1
        effects.add(user_id, text)
        if text in state["on"]:
            raise ValueError(f"cannot handle {text}")

    return state


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


def test_the_last_attempt_makes_a_dead_letter_and_the_key_waits(
    broken: dict[str, Any], effects: Effects
) -> None:
    broken["on"] = {"b"}
    ping("a", "b", "c")
    ping("x", user_id=2)
    deliver_all()
    assert effects.all() == [(1, "a"), (2, "x")]
    letter = DeadLetter.objects.get()
    assert (letter.key, letter.event_type, letter.attempts) == ("user:1", "pinged", failures.ATTEMPTS_MAX)
    assert letter.error.startswith("ValueError: cannot handle b")
    assert subscription().failed == failures.ATTEMPTS_MAX
    ping("d")
    deliver_all()
    assert effects.all() == [(1, "a"), (2, "x")]


def test_a_dead_letter_retried_goes_on_in_order(broken: dict[str, Any], effects: Effects) -> None:
    broken["on"] = {"b"}
    ping("a", "b", "c")
    deliver_all()
    broken["on"] = set()
    deadletters.retry(DeadLetter.objects.get().pk, by="ops", reason="mended")
    deliver_all()
    assert [text for _, text in effects.all()] == ["a", "b", "c"]
    letter = DeadLetter.objects.get()
    assert (letter.resolution, letter.resolved_by, letter.reason) == ("retried", "ops", "mended")
    assert not deadletters.waiting().exists()
    assert not Lane.objects.exists()


def test_a_dead_letter_retried_in_vain_dies_again(broken: dict[str, Any]) -> None:
    broken["on"] = {"a"}
    ping("a")
    deliver_all()
    deadletters.retry(DeadLetter.objects.get().pk, by="ops")
    deliver_all()
    assert list(DeadLetter.objects.order_by("id").values_list("resolution", flat=True)) == ["retried", ""]


def test_a_dead_letter_discarded_lets_the_rest_go(broken: dict[str, Any], effects: Effects) -> None:
    broken["on"] = {"b"}
    ping("a", "b", "c")
    deliver_all()
    letter = DeadLetter.objects.get()
    with pytest.raises(ValueError, match="reason"):
        deadletters.discard(letter.pk, by="ops", reason=" ")
    deadletters.discard(letter.pk, by="ops", reason="a test event")
    with pytest.raises(deadletters.NotDead):
        deadletters.discard(letter.pk, by="ops", reason="again")
    with pytest.raises(deadletters.NotDead):
        deadletters.retry(letter.pk + 1, by="ops")
    deliver_all()
    assert [text for _, text in effects.all()] == ["a", "c"]


def test_on_dead_skip_lets_the_key_go_on(effects: Effects, subscribe: Any) -> None:
    bad = {"b"}

    @subscribe(sample.pinged, name="tests.recorder", on_dead="skip")
    def record(user_id: int, text: str, **_: Any) -> None:
        if text in bad:
            raise ValueError(text)
        effects.add(user_id, text)

    ping("a", "b", "c")
    deliver_all()
    assert [text for _, text in effects.all()] == ["a", "c"]
    letter = DeadLetter.objects.get()
    with pytest.raises(deadletters.StillFails, match="ValueError: b"):
        deadletters.retry(letter.pk, by="ops")
    assert deadletters.waiting().count() == 1
    bad.clear()
    deadletters.retry(letter.pk, by="ops")
    assert [text for _, text in effects.all()] == ["a", "c", "b"]
    assert not deadletters.waiting().exists()


def test_several_keys_fail_in_one_batch(broken: dict[str, Any], effects: Effects) -> None:
    broken["on"] = {f"{n}:1" for n in range(0, 60, 7)}
    for number in range(3):
        for user_id in range(60):
            ping(f"{user_id}:{number}", user_id=user_id)
    turn()
    assert Lane.objects.count() == 9
    assert len(effects.all()) == 180 - 9 * 2
    broken["on"] = set()
    deliver_all()
    told = effects.all()
    assert len(told) == len(set(told)) == 180
    for user_id in range(60):
        assert [text for who, text in told if who == user_id] == [f"{user_id}:{n}" for n in range(3)]


def test_a_batch_handler_names_its_culprit(effects: Effects, subscribe: Any) -> None:
    calls = []

    @subscribe(sample.pinged, name="tests.recorder", batch=True)
    def record_all(events: Any, **_: Any) -> None:
        calls.append(len(events))
        for event in events:
            if event.args["text"] == "bad":
                raise EventFailed(event)
        for event in events:
            effects.add(event.args["user_id"], event.args["text"])

    for user_id in range(16):
        ping("bad" if user_id == 9 else "good", user_id=user_id)
    turn()
    assert len(effects.all()) == 15
    assert Lane.objects.get().key == "user:9"
    assert calls == [16, 16, 9, 6]


def test_a_batch_handler_that_names_nobody_is_halved(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.pinged, name="tests.recorder", batch=True)
    def record_all(events: Any, **_: Any) -> None:
        for event in events:
            effects.add(event.args["user_id"], event.args["text"])
            if event.args["text"] == "bad":
                raise RuntimeError("somewhere in here")

    for user_id in range(16):
        ping("bad" if user_id in (3, 9) else "good", user_id=user_id)
    turn()
    assert sorted(Lane.objects.values_list("key", flat=True)) == ["user:3", "user:9"]
    assert len(effects.all()) == 14


def test_a_failure_at_the_commit_is_found(effects: Effects, subscribe: Any) -> None:
    """Foreign keys are checked at the COMMIT, long after the handler has returned."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_owner (id bigint PRIMARY KEY)")
        cursor.execute(
            "CREATE TABLE test_owned (id bigint REFERENCES test_owner DEFERRABLE INITIALLY DEFERRED)"
        )
        cursor.execute("INSERT INTO test_owner VALUES (1), (3)")
    try:

        @subscribe(sample.pinged, name="tests.recorder")
        def own(user_id: int, **_: Any) -> None:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO test_owned VALUES (%s)", [user_id])

        for user_id in (1, 2, 3):
            ping("a", user_id=user_id)
        assert turn() is Outcome.WORKED
        lane = Lane.objects.get()
        assert lane.key == "user:2"
        assert "test_owned" in lane.error
        assert subscription().delivered == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE test_owned, test_owner")


def test_an_sql_error_that_the_handler_swallowed_is_a_failure(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.pinged, name="tests.recorder")
    def careless(user_id: int, text: str, **_: Any) -> None:
        effects.add(user_id, text)
        if user_id == 2:
            with connection.cursor() as cursor:
                try:
                    cursor.execute("SELECT 1/0")
                except DatabaseError:
                    return

    for user_id in (1, 2, 3):
        ping("a", user_id=user_id)
    turn()
    assert Lane.objects.get().key == "user:2"
    assert effects.all() == [(1, "a"), (3, "a")]


def test_nobody_s_fault_is_no_attempt(effects: Effects, subscribe: Any) -> None:
    """A deadlock, a lock time-out, a serialisation failure: the same turn again, nothing counted."""

    @subscribe(sample.pinged, name="tests.recorder")
    def unlucky(**_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'unlucky' USING ERRCODE = '40001'; END $$")

    ping("a")
    with pytest.raises(TryAgain):
        turn()
    assert not Lane.objects.exists()
    assert (subscription().failed, subscription().position) == (0, 0)


def test_a_lost_connection_is_nobody_s_fault(effects: Effects, subscribe: Any) -> None:
    cut = []

    @subscribe(sample.pinged, name="tests.recorder")
    def cut_off(user_id: int, text: str, **_: Any) -> None:
        effects.add(user_id, text)
        if not cut:
            cut.append(True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    ping("a")
    with pytest.raises(TryAgain):
        turn()
    connection.close()
    deliver_all()
    assert effects.all() == [(1, "a")]
    assert subscription().failed == 0


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
        for condition in ("", stream.NOT_PARKED, stream.OF_KEY):
            sql = "EXPLAIN " + stream.PAGE + condition + stream.ORDER
            cursor.execute(sql, {**parameters, **bounds})
            plan = "\n".join(line for [line] in cursor.fetchall())
            assert "Seq Scan on event_log" not in plan, plan
            assert "Seq Scan on event_stream" not in plan, plan
