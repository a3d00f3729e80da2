"""Delivery: nothing is lost, order holds where it is asked for, and who fails delays nobody."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.events.testing import emitted
from apps.notifications.models import Notification
from apps.user_profile.models import User
from apps.webhooks.limits import RETRY_AFTER_S_MAX, SCHEDULE_S, TAKEN_MAX, UNDER_WAY_MAX
from apps.webhooks.models import Delivery, Endpoint, Outcome, State
from apps.webhooks.sending import exchange, runs, transport, turn
from apps.webhooks.sending.exchange import Message
from apps.webhooks.sending.room import Room
from apps.webhooks.services import claims, deliveries, endpoints, results
from apps.webhooks.services.results import PACE
from apps.webhooks.testing import Receiver, closed_port, create_endpoint, reach, seconds_until, work_off

pytestmark = pytest.mark.django_db
OK = (200, {}, "ok")

HURRIED_CLOCK = """
CREATE SCHEMA hurried;
CREATE SEQUENCE hurried.looks;
CREATE FUNCTION hurried.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT pg_catalog.clock_timestamp() + nextval('hurried.looks') * interval '1 s' $$;
SET search_path TO hurried, pg_catalog, public
"""


@pytest.fixture
def endpoint(receiver: Receiver, ada: User) -> Endpoint:
    return create_endpoint(receiver.url, "level_up", created_by_id=ada.pk)[0]


def levels_of(receiver: Receiver) -> list[int]:
    return [each.json()["data"]["level"] for each in receiver.received]


def test_the_schedule(endpoint: Endpoint, receiver: Receiver, ada: User) -> None:
    """Ten attempts, each after the pause of the schedule and at most a fifth more, then missed."""
    receiver.answers = [(500, {}, "no")] * 10
    reach(ada, 2)
    pauses = []
    for _ in SCHEDULE_S:
        Delivery.objects.update(due_at=timezone.now())
        Endpoint.objects.update(blocked_until=None)
        assert work_off(pace=PACE) == 1
        pauses.append(seconds_until(Delivery.objects.get().due_at))
    delivery = Delivery.objects.get()
    assert (delivery.outcome, delivery.attempts, delivery.tries.count()) == (Outcome.MISSED, 10, 10)
    for pause, planned in zip(pauses[:-1], SCHEDULE_S[1:], strict=True):
        assert planned - 5 < pause <= planned * 1.2
    assert len({each.headers["webhook-id"] for each in receiver.received}) == 1


@pytest.mark.parametrize(
    ("status", "asked", "pause"),
    [(429, "120", 120), (503, "120", 120), (429, "99999999999", RETRY_AFTER_S_MAX), (500, "120", 5),
     (429, "soon", 5), (429, "-7", 5), (429, "Wed, 21 Oct 2015 07:28:00 GMT", 5)],
)  # fmt: skip
def test_who_asks_for_time_gets_it(
    endpoint: Endpoint, receiver: Receiver, ada: User, status: int, asked: str, pause: float
) -> None:
    receiver.answers = [(status, {"retry-after": asked}, "")]
    reach(ada, 2)
    work_off(pace=PACE)
    assert pause - 5 < seconds_until(Delivery.objects.get().due_at) <= pause * 1.2


def test_gone_disables_tells_once_and_holds(endpoint: Endpoint, receiver: Receiver, ada: User) -> None:
    receiver.answers = [(410, {}, "")] * 4
    reach(ada, 2, 3)
    with emitted("webhook_endpoint_disabled"):
        work_off()
    reach(ada, 4)
    assert work_off() == 0
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.state_reason) == (
        State.DISABLED,
        "It answered 410: the address is gone.",
    )
    [told] = Notification.objects.standing().filter(recipient=ada, kind="webhook_disabled")
    assert told.url == f"/settings/webhooks/{endpoint.pk}/"
    receiver.received.clear()
    receiver.answers = []
    endpoints.switch_on(endpoint.pk)
    work_off()
    assert sorted(levels_of(receiver)) == [2, 3, 4]
    assert not Notification.objects.standing().filter(kind="webhook_disabled").exists()


def test_days_of_failure_disable(endpoint: Endpoint, receiver: Receiver, ada: User) -> None:
    reach(ada, 2)
    receiver.answers = [(500, {}, "")] * 2
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=5, minutes=1), failures=3)
    with emitted("webhook_endpoint_disabled"):
        work_off()
    endpoint.refresh_from_db()
    assert endpoint.state_reason.startswith("Nothing arrived since ")
    endpoints.switch_on(endpoint.pk)
    with emitted():
        work_off()
    assert Delivery.objects.get().outcome == Outcome.DELIVERED


def test_the_breaker_closes_the_way_then_lets_one_through(
    endpoint: Endpoint, receiver: Receiver, ada: User
) -> None:
    receiver.answers = [(500, {}, "")] * 8
    reach(ada, *range(2, 10))
    while work_off(pace=PACE, turns=1):
        pass
    endpoint.refresh_from_db()
    assert endpoint.blocked_until is not None
    assert endpoint.failures >= PACE.breaker_failures
    sent = len(receiver.received)
    assert claims.claim(uuid.uuid4(), limit=100) == []
    Endpoint.objects.update(blocked_until=timezone.now())
    Delivery.objects.update(due_at=timezone.now())
    assert len(claims.claim(uuid.uuid4(), limit=100)) == 1
    Delivery.objects.update(lease=None, leased_until=None)
    work_off(pace=PACE)
    assert (
        sorted(set(levels_of(receiver)[sent:])) == list(range(2, 10))[-len(set(levels_of(receiver)[sent:])) :]
    )
    assert set(Delivery.objects.values_list("outcome", flat=True)) == {Outcome.DELIVERED}


def test_order_holds_where_it_is_asked_for(receiver: Receiver, ada: User) -> None:
    create_endpoint(receiver.url, "level_up", created_by_id=ada.pk, is_ordered=True)
    receiver.answers = [OK, (500, {}, ""), OK, (503, {}, "")]
    reach(ada, *range(2, 12))
    work_off()
    arrived = list(dict.fromkeys(levels_of(receiver)))
    assert arrived == list(range(2, 12))
    assert levels_of(receiver)[:5] == [2, 3, 3, 4, 4]


def test_a_run_ends_at_what_did_not_arrive(receiver: Receiver, ada: User) -> None:
    """In order, several are taken at once; those after a failure go back, and wait for it."""
    create_endpoint(receiver.url, "level_up", created_by_id=ada.pk, is_ordered=True)
    reach(ada, *range(2, 8))
    receiver.answers = [OK, (500, {}, "")]
    assert work_off(pace=PACE) == 6
    assert levels_of(receiver) == [2, 3]
    waiting = Delivery.objects.filter(outcome=Outcome.WAITING).order_by("pk")
    assert [(each.attempts, each.lease) for each in waiting] == [(1, None), *[(0, None)] * 4]
    # Nobody overtakes: not those that are due, and not while one of them is under way.
    assert claims.claim(uuid.uuid4(), limit=100) == []
    waiting.update(due_at=timezone.now())
    Endpoint.objects.update(failures=0)
    assert len(claims.claim(uuid.uuid4(), limit=2)) == 2
    assert claims.claim(uuid.uuid4(), limit=100) == []


def test_a_run_is_over_when_it_is_told(receiver: Receiver, ada: User) -> None:
    """What was written too long ago, or is left when the sender ends, does not leave."""
    create_endpoint(receiver.url, "level_up", created_by_id=ada.pk, is_ordered=True)
    reach(ada, 2, 3, 4)
    ready = turn.take(uuid.uuid4(), limit=10).ready

    async def send() -> list[Any]:
        async with transport.client() as client:
            brought = runs.bring(client, ready, is_over=lambda: len(receiver.received) == 2)
            return [each async for each in brought]

    assert [each.claim.id for each, _reply in asyncio.run(send())] == [each.claim.id for each in ready[:2]]
    assert levels_of(receiver) == [2, 3]


def test_who_takes_long_gives_way() -> None:
    """Its place is another's then; how many sockets are open has a limit all the same."""

    async def story() -> None:
        freed = asyncio.Semaphore(0)
        room = Room(TAKEN_MAX + 1, freed.release)
        back = [room.take(is_doubtful=place == 0) for place in range(TAKEN_MAX + 1)]
        assert (room.free(), room.doubtful) == (0, 1)
        for _ in back:
            await freed.acquire()
        assert (room.free(), room.quick, room.late) == (TAKEN_MAX, 0, TAKEN_MAX + 1)
        for give_back in back:
            give_back()
        assert (room.quick, room.late, room.doubtful) == (0, 0, 0)
        room.late = UNDER_WAY_MAX
        assert room.free() == 0

    asyncio.run(story())


def test_connections_are_kept_for_the_next_message(receiver: Receiver) -> None:
    """One after the other on the same one; who says that it ends is believed."""
    address = f"{receiver.url}/h%20\N{LATIN SMALL LETTER U WITH DIAERESIS}?a=b+c"
    message = Message("POST", address, {}, "{}")

    async def story() -> list[int]:
        kept = []
        async with transport.client() as client:
            for _ in range(2):
                assert (await exchange.perform(client, message)).status == 200
                kept.append(client.kept)
            receiver.answers = [(200, {"connection": "close"}, "")]
            await exchange.perform(client, message)
            kept.append(client.kept)
            [first, second] = await asyncio.gather(*(exchange.perform(client, message) for _ in range(2)))
            assert (first.status, second.status) == (200, 200)
            return [*kept, client.kept]

    assert asyncio.run(story()) == [1, 1, 0, 2]
    assert {each.path for each in receiver.received} == {"/h%20%C3%BC?a=b+c"}
    assert receiver.received[0].headers["host"] == receiver.url.removeprefix("http://")


def test_two_senders_share_and_a_dead_one_s_leases_run_out(endpoint: Endpoint, ada: User) -> None:
    """An endpoint's concurrency is that of all senders together."""
    reach(ada, *range(2, 12))
    first, second = uuid.uuid4(), uuid.uuid4()
    taken = claims.claim(first, limit=100)
    assert len(taken) == endpoint.concurrency
    assert claims.claim(second, limit=100) == []
    Delivery.objects.filter(lease=first).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert [each.id for each in claims.claim(second, limit=100)] == [each.id for each in taken]
    assert turn.release(second) == endpoint.concurrency
    assert len(claims.claim(first, limit=2)) == 2


def test_a_result_that_comes_too_late_is_logged_and_not_believed(endpoint: Endpoint, ada: User) -> None:
    reach(ada, 2)
    dead, alive = uuid.uuid4(), uuid.uuid4()
    found = turn.take(dead, limit=1)
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    claims.claim(alive, limit=1)
    reply = results.Reply(timezone.now(), 5, 200)
    results.record([turn.result_of(found.ready[0], reply)], lease=dead)
    delivery = Delivery.objects.get()
    assert (delivery.outcome, delivery.lease, delivery.tries.count()) == (Outcome.WAITING, alive, 1)


def test_one_that_fails_delays_no_other(receiver: Receiver, ada: User) -> None:
    """Only half of a sender's room is for those whose last message did not arrive."""
    dead, _ = create_endpoint(
        f"http://127.0.0.1:{closed_port()}", "level_up", created_by_id=ada.pk, is_ordered=True
    )
    create_endpoint(receiver.url, "level_up", created_by_id=ada.pk)
    reach(ada, 2, 3)
    work_off(pace=PACE)
    assert sorted(levels_of(receiver)) == [2, 3]
    assert dead.deliveries.filter(outcome=Outcome.WAITING).count() == 2
    Endpoint.objects.update(blocked_until=None)
    Delivery.objects.update(due_at=timezone.now())
    assert claims.claim(uuid.uuid4(), limit=100, doubtful=False) == []
    assert len(claims.claim(uuid.uuid4(), limit=100)) == 1


def test_sending_again(endpoint: Endpoint, receiver: Receiver, ada: User) -> None:
    """One, a range, all that did not arrive: under the same ids."""
    receiver.answers = [(500, {}, "")] * 20
    reach(ada, 2, 3)
    work_off()
    assert set(Delivery.objects.values_list("outcome", flat=True)) == {Outcome.MISSED}
    ids = {each.headers["webhook-id"] for each in receiver.received}
    receiver.received.clear()
    receiver.answers = []
    assert deliveries.resend_undelivered(endpoint) == 2
    assert deliveries.resend_undelivered(endpoint) == 2, "also what waits"
    work_off()
    assert {each.headers["webhook-id"] for each in receiver.received} == ids
    assert deliveries.resend(endpoint, [Delivery.objects.earliest("id").pk]) == 1
    assert work_off() == 1
    assert deliveries.resend_since(endpoint, timezone.now() - timedelta(hours=1), timezone.now()) == 2
    assert work_off() == 2


def test_off_holds(endpoint: Endpoint, receiver: Receiver, ada: User) -> None:
    endpoints.switch_off(endpoint.pk)
    reach(ada, 2)
    assert work_off() == 0
    endpoints.switch_on(endpoint.pk)
    assert work_off() == 1


def test_a_closed_account_hears_nothing(endpoint: Endpoint, ada: User) -> None:
    reach(ada, 2)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert work_off() == 0


def test_old_deliveries_are_forgotten(endpoint: Endpoint, ada: User) -> None:
    reach(ada, 2)
    work_off()
    assert deliveries.prune(timezone.now() + timedelta(days=29)) == 0
    assert deliveries.prune(timezone.now() + timedelta(days=31)) == 2


@pytest.fixture
def hurried_clock(db: None) -> None:
    """Let the server's clock go on by a second at every look, until the test is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute(HURRIED_CLOCK)


def test_an_order_holds_while_time_passes(ada: User, hurried_clock: None) -> None:
    """The first of them becomes due in the middle of a claim: it goes first, or nothing goes."""
    create_endpoint("https://example.org/hook", "level_up", created_by_id=ada.pk, is_ordered=True)
    reach(ada, 2, 3, 4)
    first = Delivery.objects.earliest("id")
    for seconds in range(1, 20):
        due_at = timezone.now() + timedelta(seconds=seconds)
        Delivery.objects.update(lease=None, leased_until=None)
        Delivery.objects.filter(pk=first.pk).update(due_at=due_at)
        with connection.cursor() as cursor:
            cursor.execute("ALTER SEQUENCE hurried.looks RESTART")
        claimed = claims.claim(uuid.uuid4(), limit=100)
        assert [each.id for each in claimed[:1]] in ([], [first.pk]), seconds
