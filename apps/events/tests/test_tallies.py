"""What subscribers did, counted as they do it."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.events import tallies
from apps.events.delivery.drain import Outcome
from apps.events.delivery.failures import ATTEMPTS_MAX
from apps.events.models import StoredTally, Subscription
from apps.events.tallies import BOUNDS_MS, HOUR_S, MINUTE_S, Tallies, Tally
from apps.events.testing import deliver_all

from . import sample
from .conftest import Effects
from .turns import ping, turn

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def tallied(name: str = "tests.recorder") -> dict[str, Tally]:
    """Return what a subscriber did, by the last part of the type's name."""
    found = tallies.totals(LONG_AGO)
    return {event_type: tally for (subscriber, event_type), tally in found.items() if subscriber == name}


def counts(tally: Tally) -> tuple[int, int, int, int]:
    return tally.delivered, tally.failed, tally.retried, tally.dead


@pytest.mark.django_db(transaction=True)
def test_each_turn_adds_what_it_did_by_type(effects: Effects, subscribe: Callable[..., Any]) -> None:
    @subscribe(sample.pinged, sample.team_pinged, name="tests.recorder")
    def record(**_: Any) -> None:
        """Do nothing."""

    ping("a", "b")
    sample.team_pinged.send(sender=None, team_id=3)
    assert turn() is Outcome.WORKED
    ping("c")
    assert turn() is Outcome.WORKED
    assert turn() is Outcome.IDLE
    found = tallied()
    assert {name: counts(one) for name, one in found.items()} == {
        sample.pinged.name: (3, 0, 0, 0),
        sample.team_pinged.name: (1, 0, 0, 0),
    }
    assert sum(found[sample.pinged.name].buckets) == 3
    assert found[sample.pinged.name].busy_ms > 0


@pytest.mark.django_db(transaction=True)
def test_failures_retries_and_the_dead_are_counted_once(broken: dict[str, Any]) -> None:
    broken["on"] = {"bad"}
    ping("bad", user_id=1)
    ping("good", user_id=2)
    while turn(impatient=True) is Outcome.WORKED:
        pass
    [found] = tallied().values()
    assert counts(found) == (1, ATTEMPTS_MAX, ATTEMPTS_MAX - 1, 1)
    stored = Subscription.objects.get(name="tests.recorder")
    assert (stored.delivered, stored.failed) == (found.delivered, found.failed)


@pytest.mark.django_db(transaction=True)
def test_what_is_run_again_carefully_is_counted_once(effects: Effects, subscribe: Callable[..., Any]) -> None:
    @subscribe(sample.pinged, batch=True, name="tests.recorder")
    def record(events: list[Any], **_: Any) -> None:
        if len(events) > 1:
            raise ValueError("one at a time")

    ping("a", "b", "c", "d")
    deliver_all()
    assert counts(tallied()[sample.pinged.name]) == (4, 0, 0, 0)


def stored(began_at: datetime, width_s: int = MINUTE_S, **counts: Any) -> None:
    buckets = [0] * tallies.BUCKETS
    buckets[3] = 2
    StoredTally.objects.create(
        began_at=began_at, width_s=width_s, subscriber="a.b", event_type="c.d",
        **{"delivered": 2, "failed": 1, "retried": 1, "dead": 0, "busy_ms": 1.5, "buckets": buckets} | counts,
    )  # fmt: skip


@pytest.mark.django_db
def test_old_minutes_become_hours_and_old_hours_are_forgotten() -> None:
    now = datetime(2026, 5, 5, 12, 40, tzinfo=UTC)
    hour = now.replace(minute=0)
    for minute in (1, 2, 59):
        stored(hour - timedelta(hours=3, minutes=-minute))
    stored(hour - timedelta(hours=2))
    stored(hour - timedelta(days=91), HOUR_S)
    before = tallies.totals(hour - timedelta(days=1))
    tallies.compact(now)
    rows = list(StoredTally.objects.order_by("began_at").values_list("began_at", "width_s", "delivered"))
    assert rows == [(hour - timedelta(hours=3), HOUR_S, 6), (hour - timedelta(hours=2), MINUTE_S, 2)]
    assert tallies.totals(hour - timedelta(days=1)) == before
    # A minute that was written late joins its hour.
    stored(hour - timedelta(hours=3, minutes=-5))
    tallies.compact(now)
    assert StoredTally.objects.get(width_s=HOUR_S).delivered == 8


@pytest.mark.django_db
def test_series_are_sums_of_steps() -> None:
    now = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)
    for minute in (0, 1, 7):
        stored(now + timedelta(minutes=minute))
    found = tallies.series(now, 300)
    assert {moment: one.delivered for moment, one in found.items()} == {
        now: 4,
        now + timedelta(minutes=5): 2,
    }


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.001, 10_000), min_size=1, max_size=200), st.sampled_from([0.5, 0.95]))
def test_a_quantile_lies_in_the_bucket_of_the_true_one(times: list[float], share: float) -> None:
    one = Tallies()
    one.handled(["x"] * len(times), times)
    true = sorted(times)[math.ceil(share * len(times)) - 1]
    found = one["x"].quantile_ms(share)
    assert found is not None
    above = next((bound for bound in BOUNDS_MS if bound >= true), 2 * BOUNDS_MS[-1])
    below = max((bound for bound in BOUNDS_MS if bound < above), default=0.0)
    assert below <= found <= above


def test_nothing_has_no_rate() -> None:
    nothing = Tally()
    assert (nothing.success_rate, nothing.mean_ms, nothing.quantile_ms(0.5)) == (None, None, None)
