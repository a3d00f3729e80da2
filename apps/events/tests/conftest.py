"""An effects table without constraints, so that a doubled effect is seen and not refused."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from apps.events import emit, registry, subscriber, wakeup

from . import sample


class Effects:
    """What handlers did: rows of (handler, user, text), in order."""

    def add(self, user_id: int | None, text: str, handler: str = "") -> None:
        """Record an effect on the caller's connection."""
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO test_effect VALUES (%s, %s, %s)", [handler, user_id, text])

    def all(self, handler: str = "") -> list[tuple[int, str]]:
        """Return the effects that are visible, in the order they were written."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT user_id, text FROM test_effect WHERE handler = %s ORDER BY place", [handler]
            )
            return cursor.fetchall()


@pytest.fixture
def effects(db: None) -> Iterator[Effects]:
    create = "CREATE {} TABLE test_effect (handler text, user_id bigint, text text, place serial)"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS test_effect")
        cursor.execute(create.format("" if not connection.in_atomic_block else "TEMP"))
    yield Effects()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS test_effect")


@pytest.fixture
def subscribe() -> Iterator[Callable[..., Any]]:
    """Declare subscribers that live as long as the test; nobody else's hear anything."""
    others = dict(registry.subscribers)
    registry.subscribers.clear()
    yield lambda *events, since="beginning", **options: subscriber(*events, since=since, **options)
    registry.subscribers.clear()
    registry.subscribers.update(others)


@pytest.fixture
def recorder(effects: Effects, subscribe: Callable[..., Any]) -> Effects:
    """Subscribe a handler that writes down every ping."""

    @subscribe(sample.pinged, name="tests.recorder")
    def record(user_id: int, text: str, **_: Any) -> None:
        effects.add(user_id, text)

    return effects


class OtherSession:
    """A second session of the database, which may leave its transaction open."""

    def __init__(self) -> None:
        self.connection = wakeup.connect()
        self.connection.autocommit = False

    def emit(self, user_id: int, text: str = "") -> None:
        """Write an event as `send` would, in this session's transaction."""
        payload = sample.pinged.normalise({"user_id": user_id, "text": text})
        self.connection.execute(*emit.statement(emit.parameters(sample.pinged, [payload], [emit.origin()])))

    def execute(self, sql: str) -> psycopg.Cursor[Any]:
        """Run a statement."""
        return self.connection.execute(sql)

    def commit(self) -> None:
        self.connection.commit()

    def rollback(self) -> None:
        self.connection.rollback()


@pytest.fixture
def session(transactional_db: None) -> Iterator[Callable[[], OtherSession]]:
    """Return a function that opens sessions; they are closed after the test."""
    opened: list[OtherSession] = []

    def open_session() -> OtherSession:
        opened.append(OtherSession())
        return opened[-1]

    yield open_session
    for one in opened:
        one.connection.close()


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
