"""A batch that failed is gone over carefully: the culprits are found, and nobody else suffers."""

from typing import Any

import pytest
from django.db import DatabaseError, connection

from apps.events import EventFailed
from apps.events.delivery.drain import Outcome
from apps.events.errors import TryAgain
from apps.events.models import Lane
from apps.events.testing import deliver_all

from . import sample
from .conftest import Effects
from .turns import ping, subscription, turn

pytestmark = pytest.mark.django_db(transaction=True)


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
    assert calls == [16, 15]


def test_a_batch_handler_names_many_culprits_at_once(effects: Effects, subscribe: Any) -> None:
    """What comes before the first failure of a key is handled, what comes after it waits."""
    calls = []

    @subscribe(sample.pinged, name="tests.recorder", batch=True)
    def record_all(events: Any, **_: Any) -> None:
        calls.append(len(events))
        if bad := [event for event in events if event.args["text"].startswith("bad")]:
            raise EventFailed(bad[0], also=bad[1:])
        for event in events:
            effects.add(event.args["user_id"], event.args["text"])

    for text in ("first", "bad", "bad again", "last"):
        for user_id in range(4):
            ping(text if user_id % 2 else f"good {text}", user_id=user_id)
    turn()
    assert calls == [16, 10]
    assert effects.all().count((1, "first")) == effects.all().count((3, "first")) == 1
    assert len(effects.all()) == 10
    bad = {lane.key: lane for lane in Lane.objects.all()}
    assert set(bad) == {"user:1", "user:3"}
    assert "and 3 others" in bad["user:1"].error
    assert subscription().failed == 2


def test_a_batch_handler_names_a_late_culprit_before_an_early_one(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.pinged, name="tests.recorder", batch=True)
    def record_all(events: Any, **_: Any) -> None:
        if bad := [event for event in events if event.args["text"] == "bad"]:
            raise EventFailed(bad[-1])
        for event in events:
            effects.add(event.args["user_id"], event.args["text"])

    for text in ("first", "bad", "between", "bad", "last"):
        ping(text, user_id=1)
        ping("good", user_id=2)
    turn()
    assert [text for who, text in effects.all() if who == 1] == ["first"]
    [lane] = Lane.objects.all()
    assert (lane.key, subscription().position - lane.position) == ("user:1", 8)


def test_each_failure_tells_of_itself_alone(broken: dict[str, Any], effects: Effects) -> None:
    broken["on"] = {f"{n}:1" for n in range(20)}
    for user_id in range(20):
        ping(f"{user_id}:1", user_id=user_id)
    turn()
    errors = list(Lane.objects.values_list("error", flat=True))
    assert len(errors) == 20
    assert all(error.count("Traceback") <= 2 for error in errors), max(errors, key=len)


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
