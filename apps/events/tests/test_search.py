"""The log for people: what is found, in which order, by which index; and what became of one event."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.events import again, context, deadletters, outcomes, registry, search, sequencer, stored
from apps.events.again import Selection
from apps.events.delivery import pauses
from apps.events.delivery.drain import drain
from apps.events.models import DeadLetter, EventLog
from apps.events.outcomes import State
from apps.events.protection import log_unlocked
from apps.events.search import Found, Query
from apps.events.testing import deliver_all

from . import sample
from .conftest import Effects
from .turns import ping

NAME = "tests.recorder"


def texts(found: list[Found]) -> list[str]:
    payloads = dict(EventLog.objects.values_list("pk", "payload__text"))
    return [payloads[one.id] for one in found]


def newest() -> Found:
    return search.page(Query(), limit=1)[0]


@pytest.mark.django_db
def test_found_by_what_is_asked() -> None:
    ping("a")
    ping("b", user_id=2)
    sample.ponged.send(None, user_id=2, text="c")
    with context.acting(actor=5):
        ping("d")
    assert texts(search.page(Query(), limit=9)) == ["d", "c", "b", "a"]
    assert texts(search.page(Query(event_type="pinged"), limit=9)) == ["d", "b", "a"]
    assert texts(search.page(Query(user_id=2), limit=9)) == ["c", "b"]
    assert texts(search.page(Query(event_type="pinged", user_id=2), limit=9)) == ["b"]
    assert search.page(Query(event_type="typed"), limit=9) == []
    first, second = search.page(Query(), limit=2)
    assert texts(search.page(Query(), before=second.id, limit=1)) == ["b"]
    assert texts(search.page(Query(correlation_id=first.correlation_id), limit=9)) == ["d"]
    later = search.page(Query(since=second.created_at), limit=9)
    assert texts(later) == ["d", "c"]
    assert texts(search.page(Query(until=second.created_at, user_id=2), limit=9)) == ["b"]
    assert search.page(Query(since=timezone.now() + timedelta(days=1)), limit=9) == []


@pytest.mark.django_db
def test_whom_an_event_names_beside_its_key_is_found() -> None:
    sample.nodded.send(None, follower_id=3, followed_id=4)
    assert len(search.page(Query(user_id=4), limit=9)) == 1


@pytest.mark.django_db
@settings(max_examples=20, deadline=None)
@given(gaps=st.lists(st.booleans(), max_size=12), at=st.integers(-1, 13))
def test_a_time_is_looked_up_among_ids_with_gaps(gaps: list[bool], at: int) -> None:
    """Every other id may be missing: rolled back, or pruned."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    with log_unlocked():
        EventLog.objects.all().delete()
        ping(*["x"] * len(gaps)) if gaps else None
        rows = list(EventLog.objects.order_by("pk"))
        for place, (row, is_gone) in enumerate(zip(rows, gaps, strict=True)):
            if is_gone:
                row.delete()
            else:
                EventLog.objects.filter(pk=row.pk).update(created_at=began + timedelta(minutes=place))
    found = search.first_at(began + timedelta(minutes=at))
    kept = list(EventLog.objects.values_list("pk", "created_at"))
    expected = [pk for pk, created_at in kept if created_at >= began + timedelta(minutes=at)]
    assert sorted(pk for pk, _ in kept if pk >= found) == sorted(expected)


@pytest.mark.django_db
def test_every_search_goes_by_an_index() -> None:
    """On a log that is long enough for the planner to care."""
    rows = [{"user_id": number % 500, "text": str(number)} for number in range(20_000)]
    sample.pinged.send_many(None, rows)
    sample.nodded.send(None, follower_id=3, followed_id=4)
    one = newest()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE event_log")
    queries = [
        Query(),
        Query(event_type="pinged"),
        Query(event_type="nodded"),
        Query(user_id=7),
        Query(user_id=4, event_type="nodded"),
        Query(correlation_id=one.correlation_id),
        Query(since=one.created_at, until=one.created_at + timedelta(days=1)),
    ]
    for query in queries:
        for sql in statements(lambda query=query: search.page(query, before=one.id + 1, limit=51)):
            assert "Seq Scan on event_log" not in plan_of(sql), (query, plan_of(sql))
    for sql in statements(lambda: (search.causes(one), search.consequences(one), search.one(one.uid))):
        assert "Seq Scan on event_log" not in plan_of(sql)


def statements(work: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as made:
        work()
    return [query["sql"] for query in made]


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.django_db
def test_what_caused_what(subscribe: Any) -> None:
    @subscribe(sample.pinged, name=NAME)
    def answer(user_id: int, text: str, event: Any, **_: Any) -> None:
        if text != "leaf":
            sample.ponged.send(None, user_id=user_id, text="echo")
            ping("leaf", user_id=2)

    ping("root")
    nodes = search.request(newest().correlation_id)
    assert [(node.event.type, node.level) for node in nodes] == [("pinged", 0), ("ponged", 1), ("pinged", 1)]
    root, _, leaf = (node.event for node in nodes)
    assert search.causes(leaf) == [root]
    assert search.causes(root) == []
    assert [(node.event.type, node.level) for node in search.consequences(root)] == [
        ("ponged", 0),
        ("pinged", 0),
    ]
    assert search.consequences(leaf) == []


def states() -> dict[str, State]:
    """Return what became of every ping of the recorder, by its text."""
    found = search.page(Query(event_type="pinged"), limit=20)
    said = dict(zip(texts(found), found, strict=True))
    return {text: state_of(event) for text, event in said.items()}


def state_of(event: Found) -> State:
    return next(one.state for one in outcomes.of(event) if one.subscriber == NAME)


@pytest.mark.django_db(transaction=True)
def test_outcomes(broken: dict[str, Any], effects: Effects) -> None:
    stored.store(strict=False)
    broken["on"] = {"b"}
    ping("a", "b", "c")
    ping("x", user_id=2)
    assert set(states().values()) == {State.WAITING}
    sequencer.stamp()
    drain(registry.subscribers[NAME])
    assert states() == {
        "a": State.DELIVERED,
        "b": State.RETRYING,
        "c": State.BEHIND,
        "x": State.DELIVERED,
    }
    deliver_all()
    assert states() == {
        "a": State.DELIVERED,
        "b": State.DEAD,
        "c": State.BEHIND,
        "x": State.DELIVERED,
    }
    deadletters.discard(DeadLetter.objects.get().pk, by="ops", reason="a test event")
    deliver_all()
    assert states()["b"] is State.DISCARDED
    assert states()["c"] is State.DELIVERED
    pauses.pause(NAME, by="ops", reason="a drill")
    again.replay(NAME, Selection())
    ping("later")
    assert states()["a"] is State.AGAIN
    assert states()["later"] is State.WAITING


@pytest.mark.django_db(transaction=True)
def test_who_began_later_never_heard_it(subscribe: Any) -> None:
    ping("before")
    deliver_all()

    @subscribe(sample.pinged, name=NAME, since="now")
    def record(**_: Any) -> None: ...

    deliver_all()
    assert states() == {"before": State.BEFORE}
