"""`send`: checked, written in the emitter's transaction, and never swallowed."""

import contextlib
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils.safestring import mark_safe

from apps.events import DomainEvent, Event, InvalidEvent, context, domain_event, emit, occurring_at
from apps.events.errors import EventLoop, InvalidDeclaration
from apps.events.models import EventLog
from apps.events.testing import emitted

from . import sample

pytestmark = pytest.mark.django_db
TYPED: dict[str, Any] = {
    "user_id": 7,
    "colour": sample.Colour.RED,
    "name": mark_safe("Zoé"),
    "at": datetime(2018, 8, 19, 20, 0, tzinfo=UTC),
    "price": Decimal("1.50"),
    "token": uuid.UUID(int=5),
    "tags": ["a"],
}


@pytest.fixture
def hears() -> Any:
    """Connect receivers for the length of a test."""
    connected: list[tuple[DomainEvent[Any], Any]] = []

    def connect(event: DomainEvent[Any], receiver: Any) -> None:
        event.connect(receiver)
        connected.append((event, receiver))

    yield connect
    for event, receiver in connected:
        event.disconnect(receiver)


def test_an_event_is_one_row() -> None:
    sample.pinged.send(sender=None, user_id=7, text="hello")
    log = EventLog.objects.get()
    assert (log.event_type, log.version, log.key, log.user_id) == ("pinged", 1, "user:7", 7)
    assert log.payload == {"user_id": 7, "text": "hello"}
    assert log.subject_ids == [7]
    assert log.occurred_at == log.created_at
    assert log.uid.version == 7


def test_positional_arguments_are_bound_by_the_signature() -> None:
    with emitted() as events:
        sample.pinged.send(None, 7, "hello")
    assert events == [("pinged", {"user_id": 7, "text": "hello"})]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"user_id": "7"},
        {"user_id": True},
        {"user_id": None},
        {"user_id": 7, "text": 5},
        {"user_id": 7, "extra": 1},
        {"user_id": 7.0},
    ],
)
def test_arguments_that_do_not_fit_are_refused_and_nothing_is_written(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidEvent, match="pinged"):
        sample.pinged.send(sender=None, **arguments)
    assert not EventLog.objects.exists()


def test_too_many_positional_arguments_are_refused() -> None:
    with pytest.raises(InvalidEvent):
        sample.pinged.send(None, 7, "a", "b")  # type: ignore[call-arg]


def test_both_kinds_of_reaction_get_the_same_values(hears: Any, subscribe: Any) -> None:
    seen: list[dict[str, Any]] = []

    def in_transaction(sender: Any, signal: Any, event: Any, **values: Any) -> None:
        seen.append(values)

    hears(sample.typed, in_transaction)

    @subscribe(sample.typed)
    def durable(sender: Any, event: Any, **values: Any) -> None:
        seen.append(values)

    sample.typed.send(sender=None, **TYPED)
    assert len(seen) == 2
    assert seen[0] == seen[1] == {**TYPED, "size": None}
    assert type(seen[0]["name"]) is str
    stored = EventLog.objects.get()
    assert sample.typed.decode(stored.payload) == seen[0]
    assert stored.payload["colour"] == "red"


def test_erased_personal_values_decode_as_none() -> None:
    payload = sample.typed.normalise(TYPED) | {"name": None}
    decoded = sample.typed.decode(payload)
    assert decoded == {**TYPED, "name": None, "size": None}


def test_the_key_may_be_another_argument() -> None:
    sample.team_pinged.send(sender=None, team_id=3)
    sample.nodded.send(sender=None, follower_id=4, followed_id=5)
    team, nod = EventLog.objects.order_by("id")
    assert (team.key, team.user_id, team.subject_ids) == ("team:3", None, [])
    assert (nod.key, nod.user_id, nod.subject_ids) == ("user:4", 4, [4, 5])


def test_send_many_is_one_insert(django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        sample.pinged.send_many(None, [{"user_id": n, "text": str(n)} for n in range(100)])
    told = EventLog.objects.order_by("id").values_list("user_id", flat=True)
    assert list(told) == list(range(100))


def test_send_many_writes_nothing_when_one_row_is_wrong() -> None:
    with pytest.raises(InvalidEvent):
        sample.pinged.send_many(None, [{"user_id": 1}, {"user_id": "2"}])
    assert not EventLog.objects.exists()


def test_each_row_may_have_a_cause_of_its_own(hears: Any, django_assert_num_queries: Any) -> None:
    then = datetime(2018, 8, 19, tzinfo=UTC)
    causes: list[Event] = []
    caused: list[Event] = []
    hears(sample.ponged, lambda event, **_: causes.append(event))
    hears(sample.pinged, lambda event, **_: caused.append(event))
    for actor in (8, 9):
        with context.acting(actor=actor, correlation_id=uuid.UUID(int=actor)), occurring_at(then):
            sample.ponged.send(sender=None, user_id=actor)
    rows = [{"user_id": 1}, {"user_id": 2}]
    with transaction.atomic(), django_assert_num_queries(1):
        sample.pinged.send_many(None, rows, causes=causes)
    columns = ("causation_id", "correlation_id", "actor_id", "depth", "occurred_at")
    expected = [(cause.id, cause.correlation_id, cause.actor_id, 1, then) for cause in causes]
    assert [tuple(getattr(event, name) for name in columns) for event in caused] == expected
    told = EventLog.objects.filter(event_type="pinged").order_by("id")
    assert list(told.values_list(*columns)) == expected
    with pytest.raises(InvalidEvent, match="2 rows have 1 causes"):
        sample.pinged.send_many(None, rows, causes=causes[:1])


def test_what_a_receiver_emits_comes_later_and_names_its_cause(hears: Any) -> None:
    def answer(user_id: int, **_: Any) -> None:
        sample.ponged.send(sender=None, user_id=user_id)

    hears(sample.pinged, answer)
    with context.acting(actor=9, correlation_id=uuid.UUID(int=1)):
        sample.pinged.send(sender=None, user_id=7)
    ping, pong = EventLog.objects.order_by("id")
    assert (ping.event_type, pong.event_type) == ("pinged", "ponged")
    assert pong.causation_id == ping.uid
    assert ping.causation_id is None
    assert pong.correlation_id == ping.correlation_id == uuid.UUID(int=1)
    assert (ping.actor_id, pong.actor_id, ping.depth, pong.depth) == (9, 9, 0, 1)


def test_occurred_at_is_the_history_s_own_time() -> None:
    then = datetime(2018, 8, 19, tzinfo=UTC)
    with occurring_at(then):
        sample.pinged.send(sender=None, user_id=1)
    sample.pinged.send(sender=None, user_id=2, occurred_at=then)
    assert set(EventLog.objects.values_list("occurred_at", flat=True)) == {then}
    with pytest.raises(ValueError, match="aware"), occurring_at(datetime(2018, 1, 1)):
        pass
    with pytest.raises(InvalidEvent, match="timezone"):
        sample.pinged.send(sender=None, user_id=2, occurred_at=datetime(2018, 1, 1))


def test_an_endless_chain_is_cut(hears: Any) -> None:
    hears(sample.pinged, lambda user_id, **_: sample.pinged.send(sender=None, user_id=user_id))
    with pytest.raises(EventLoop), transaction.atomic():
        sample.pinged.send(sender=None, user_id=1)
    assert not EventLog.objects.exists()


@pytest.mark.parametrize("word", ["send_robust", "asend", "asend_robust"])
def test_ways_to_lose_an_event_are_refused(word: str) -> None:
    with pytest.raises(InvalidDeclaration, match="pinged"):
        getattr(sample.pinged, word)(None, user_id=1)


def test_async_receivers_are_refused() -> None:
    async def later(**_: Any) -> None: ...

    with pytest.raises(InvalidDeclaration, match="async"):
        sample.pinged.connect(later)


def test_declarations_that_cannot_work_are_refused() -> None:
    def undocumented(user_id: int) -> None: ...

    def keyless(name: str) -> None:
        """Something. Announced by nobody."""

    def untyped(user_id: int, name) -> None:  # type: ignore[no-untyped-def]
        """Something. Announced by nobody."""

    def reserved(user_id: int, sender: str) -> None:
        """Something. Announced by nobody."""

    for definition in (undocumented, keyless, untyped, reserved):
        with pytest.raises(InvalidDeclaration, match=definition.__name__):
            domain_event(version=1)(definition)


@pytest.mark.django_db(transaction=True)
class TestTransactions:
    """What commits and what does not, on real transactions."""

    def test_the_event_goes_with_its_transaction(self) -> None:
        def half_way() -> None:
            with transaction.atomic():
                sample.pinged.send(sender=None, user_id=1)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            half_way()
        assert not EventLog.objects.exists()

    def test_send_opens_a_transaction_when_there_is_none(self, hears: Any) -> None:
        open_transactions = []
        hears(sample.pinged, lambda **_: open_transactions.append(connection.in_atomic_block))
        sample.pinged.send(sender=None, user_id=1)
        assert open_transactions == [True]
        assert EventLog.objects.count() == 1

    def test_a_receiver_s_exception_rolls_back_even_when_it_is_caught(self, hears: Any) -> None:
        def refuse(**_: Any) -> None:
            raise RuntimeError("no")

        hears(sample.pinged, refuse)
        with transaction.atomic():
            sample.ponged.send(sender=None, user_id=1)
            with contextlib.suppress(RuntimeError):
                sample.pinged.send(sender=None, user_id=1)
        assert not EventLog.objects.exists()

    def test_rows_keep_the_top_level_transaction_inside_a_savepoint(self) -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()::text")
                [xid] = cursor.fetchone()
            with transaction.atomic():
                sample.pinged.send(sender=None, user_id=1)
        assert EventLog.objects.get().xid == xid


@pytest.mark.django_db
def test_a_family_without_end_is_cut(subscribe: Any, monkeypatch: Any) -> None:
    """Two events from every handler: the chain is short, the tree is not."""
    monkeypatch.setattr(emit, "DESCENDANTS_MAX", 300)

    @subscribe(sample.pinged)
    def twice(user_id: int, **_: Any) -> None:
        sample.pinged.send(sender=None, user_id=user_id)
        sample.pinged.send(sender=None, user_id=user_id)

    with pytest.raises(EventLoop, match="300 events"), transaction.atomic():
        sample.pinged.send(sender=None, user_id=1)
    assert not EventLog.objects.exists()
