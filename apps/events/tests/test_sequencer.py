"""The order is the order of commits: nothing lost, nothing twice, nobody waits for a stranger."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from apps.events import sequencer, stored, wakeup
from apps.events.models import EventLog, EventStream, Sequencer

from . import sample
from .conftest import OtherSession

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[[], OtherSession]


def streamed() -> list[str]:
    """Return the texts in the order of the stream."""
    return list(EventStream.objects.order_by("position").values_list("log__payload__text", flat=True))


def in_thread(work: Callable[[], Any]) -> None:
    """Run `work` on a session of its own and wait for it."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()


def test_positions_are_dense_and_begin_at_one() -> None:
    for text in "abc":
        sample.pinged.send(sender=None, user_id=1, text=text)
    assert sequencer.stamp() == 3
    sample.pinged.send(sender=None, user_id=1, text="d")
    assert sequencer.stamp() == 1
    assert list(EventStream.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4]
    assert streamed() == ["a", "b", "c", "d"]
    assert sequencer.head() == 4


def test_it_tells_what_it_appended() -> None:
    sample.pinged.send_many(None, [{"user_id": 1}, {"user_id": 2}])
    assert sequencer.append() == sequencer.Appended(0, 2, {"pinged": 2})
    sample.ponged.send(sender=None, user_id=1, text="a")
    sample.pinged.send(sender=None, user_id=1)
    assert sequencer.append() == sequencer.Appended(2, 2, {"ponged": 3, "pinged": 4})
    assert sequencer.append().count == 0


def test_an_id_drawn_before_another_s_commit_is_not_lost(session: Open) -> None:
    slow = session()
    slow.emit(1, "drawn first")
    sample.pinged.send(sender=None, user_id=2, text="committed first")
    assert sequencer.stamp() == 1
    slow.commit()
    assert sequencer.stamp() == 1
    assert streamed() == ["committed first", "drawn first"]


def test_an_open_writer_delays_nobody(session: Open) -> None:
    """Also one that has drawn its transaction id long before: a gate at the oldest transaction would wait."""
    writer = session()
    writer.execute("SELECT pg_current_xact_id()")
    sample.pinged.send(sender=None, user_id=1, text="a")
    assert sequencer.stamp() == 1
    sample.pinged.send(sender=None, user_id=1, text="b")
    assert sequencer.stamp() == 1
    writer.emit(2, "c")
    writer.commit()
    assert sequencer.stamp() == 1
    assert streamed() == ["a", "b", "c"]


def test_what_is_rolled_back_never_appears(session: Open) -> None:
    writer = session()
    writer.emit(1, "ghost")
    sequencer.stamp()
    writer.rollback()
    sample.pinged.send(sender=None, user_id=1, text="a")
    sequencer.stamp()
    assert streamed() == ["a"]


def test_a_key_keeps_the_order_in_which_its_row_was_locked(session: Open) -> None:
    """Two sessions take turns on one user in one window. Ids must not be cached per session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    one, two = session(), session()
    for number in range(6):
        turn = (one, two)[number % 2]
        turn.execute("LOCK TABLE event_sequencer IN SHARE ROW EXCLUSIVE MODE")
        turn.emit(1, str(number))
        turn.commit()
    sequencer.stamp()
    assert streamed() == list("012345")


def test_an_event_committed_while_the_window_is_written_goes_into_the_next(monkeypatch: Any) -> None:
    """The end of a window is taken before its rows are read, not after."""
    sample.pinged.send(sender=None, user_id=1, text="a")
    original = sequencer._append

    def append_and_emit(window: sequencer.Window) -> sequencer.Appended:
        appended = original(window)
        in_thread(lambda: sample.pinged.send(sender=None, user_id=2, text="meanwhile"))
        return appended

    monkeypatch.setattr(sequencer, "_append", append_and_emit)
    assert sequencer.stamp() == 1
    monkeypatch.undo()
    assert sequencer.stamp() == 1
    assert streamed() == ["a", "meanwhile"]


def test_two_sequencers_and_a_stale_snapshot(session: Open, monkeypatch: Any) -> None:
    """An old open writer keeps xmin and xmax apart from what is visible, so a stale end looks current."""
    # A NOTIFY takes a transaction id, which would tell the two snapshots apart.
    monkeypatch.setattr(wakeup, "ring", lambda *_: None)
    old, other = session(), session()
    old.emit(1, "old")
    other.emit(2, "other")
    sample.pinged.send(sender=None, user_id=3, text="a")
    sequencer.stamp()

    def meanwhile(execute: Any, sql: str, *others: Any) -> Any:
        answer = execute(sql, *others)
        if "pg_current_snapshot" in sql and other.connection.info.transaction_status.name == "INTRANS":
            # Between our snapshot and what follows, an event commits and another process wants to stamp it.
            other.commit()
            in_thread(sequencer.stamp)
        return answer

    with connection.execute_wrapper(meanwhile):
        sequencer.stamp()
    sequencer.stamp()
    old.commit()
    sequencer.stamp()
    assert sorted(streamed()) == ["a", "old", "other"]
    assert Sequencer.objects.get().position == 3


def test_the_lock_takes_no_transaction_id_and_an_empty_window_writes_nothing() -> None:
    """Ids are the cluster's, and others work in it: so it is tried until none of them took one."""
    sequencer.stamp()

    def ids() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
            return str(cursor.fetchone()[0])

    def takes_none() -> bool:
        before = ids()
        assert sequencer.stamp() == 0
        return ids() == before

    assert any(takes_none() for _ in range(100))


def test_only_one_stamps_at_a_time(session: Open) -> None:
    sample.pinged.send(sender=None, user_id=1)
    other = session()
    other.execute(f"SELECT pg_advisory_xact_lock({sequencer.LOCK_KEY})")
    assert sequencer.stamp() == 0
    other.commit()
    assert sequencer.stamp() == 1


def test_a_window_is_found_by_index() -> None:
    """Whole-log scans are what made an earlier sequencer slow on a long log."""
    fill(50_000)
    window = {"position": 0, "bottom": "3", "top": "4", "running": ["3"], "upto": "3:4:"}
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sequencer.STAMP, window)
        plan = "\n".join(line for [line] in cursor.fetchall())
    assert "Seq Scan on event_log" not in plan, plan


def test_the_rows_come_back_after_a_flush() -> None:
    Sequencer.objects.all().delete()
    stored.store()
    stored.store()
    assert Sequencer.objects.get().since == sequencer.BLANK


def fill(count: int) -> None:
    """Write a log of `count` events in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO event_log (uid, event_type, version, key, user_id, subject_ids, payload, occurred_at,
                                   correlation_id, depth)
            SELECT gen_random_uuid(), 'pinged', 1, 'user:' || mod(n, 1000), mod(n, 1000), '{}',
                   jsonb_build_object('user_id', mod(n, 1000), 'text', n::text), now(), gen_random_uuid(), 0
              FROM generate_series(1, %s) AS n
            """,
            [count],
        )
        cursor.execute("ANALYZE event_log")
    assert EventLog.objects.count() == count


def test_a_window_may_take_its_time() -> None:
    """A worker's statements are limited, but a bulk import is one window, and a window is never cut."""
    fill(20_000)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '5ms'")
        try:
            assert sequencer.stamp() == 20_000
        finally:
            cursor.execute("SET statement_timeout = 0")
