"""The fault drill: each alert's cause is brought about for real, told exactly once, and its end once."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.events import deadletters, sequencer, stored, wakeup
from apps.events.delivery import pauses
from apps.events.models import EventLog, Subscription
from apps.events.tests.turns import ping, turn
from apps.monitoring.models import Incident
from apps.monitoring.rules import RULES, WATCHMAN_DEAD
from apps.monitoring.services import sensitivities, watch
from apps.user_profile.models import UserProfileStats
from apps.user_profile.services import accounts
from apps.webhooks.sending import turn as sending
from apps.webhooks.sending.exchange import Reply
from apps.webhooks.services import deliveries, endpoints, results
from apps.webhooks.testing import create_endpoint

NAME = "tests.recorder"
SMALL = {"queue_depth": 5, "oldest_waiting": 0.0001, "sequencer_stalled": 0.0001, "old_transaction": 0.0001}
"""Thresholds that a test can pass without waiting, set as an operator would."""

type Cause = Callable[["Drill"], Any]
CAUSES: dict[str, Cause] = {}


@dataclass
class Drill:
    """What the causes share."""

    broken: dict[str, Any]
    user_id: int
    now: datetime = field(default_factory=timezone.now)

    def later(self, minutes: float) -> datetime:
        """Let time pass for the watchman."""
        self.now += timedelta(minutes=minutes)
        return self.now

    def drain(self) -> None:
        """Deliver all there is."""
        sequencer.stamp()
        while turn(NAME, impatient=True).name == "WORKED":
            pass


def cause(code: str) -> Callable[[Cause], Cause]:
    """Declare how an alert is brought about; the block ends with the cause mended."""

    def declare(function: Cause) -> Cause:
        CAUSES[code] = contextmanager(function)
        return function

    return declare


@cause("failure_rate")
def failures(drill: Drill) -> Iterator[None]:
    drill.broken["on"] = {"bad"}
    for user_id in range(20):
        ping("good", user_id=user_id)
    for user_id in range(20, 25):
        ping("bad", user_id=user_id)
    turn(NAME)
    drill.broken["on"] = set()
    drill.drain()
    yield
    drill.later(6)  # it is a rate of five minutes


@cause("queue_depth")
def depth(drill: Drill) -> Iterator[None]:
    ping(*["wait"] * 6)
    sequencer.stamp()
    yield
    drill.drain()


@cause("oldest_waiting")
def age(drill: Drill) -> Iterator[None]:
    ping("wait")
    sequencer.stamp()
    yield
    drill.drain()


@cause("dead_letter")
def letter(drill: Drill) -> Iterator[None]:
    drill.broken["on"] = {"never"}
    ping("never")
    drill.drain()
    yield
    [dead] = deadletters.waiting()
    deadletters.discard(dead.pk, by="ada", reason="a drill")
    drill.drain()


@cause("subscriber_paused")
def pause(drill: Drill) -> Iterator[None]:
    pauses.pause(NAME, by="ada", reason="a drill")
    yield
    pauses.resume(NAME)


@cause("sequencer_stalled")
def stall(drill: Drill) -> Iterator[None]:
    ping("unstamped")
    yield
    drill.drain()


@cause("old_transaction")
def transaction(drill: Drill) -> Iterator[None]:
    session = wakeup.connect()
    session.autocommit = False
    session.execute("SELECT 1")
    yield
    session.close()


@cause("endpoint_disabled")
def disabled(drill: Drill) -> Iterator[None]:
    endpoint, _secret = create_endpoint("https://example.org/hook", "level_up", created_by_id=drill.user_id)
    deliveries.send_test(endpoint, "level_up")
    lease = uuid.uuid4()
    [ready] = sending.take(lease, limit=1).ready
    results.record([sending.result_of(ready, Reply(timezone.now(), 12, 410))], lease=lease)
    yield
    endpoints.switch_on(endpoint.pk)


@cause("drift")
def drift(drill: Drill) -> Iterator[None]:
    row = UserProfileStats.objects.filter(user_id=drill.user_id)
    row.update(matches_won=3)
    watch.verify_figures(drill.now)
    watch.verify_figures(drill.later(1))
    yield
    row.update(matches_won=0)
    watch.verify_figures(drill.later(1))


@pytest.mark.django_db(transaction=True)
def test_every_cause_is_told_once_and_its_end_once(
    broken: dict[str, Any], settings: Settings, subtests: pytest.Subtests
) -> None:
    assert CAUSES.keys() == RULES.keys() - {WATCHMAN_DEAD}, "a new rule has its cause here"
    settings.ALERT_EMAILS = ["ops@example.org"]
    stored.store(strict=False)
    # Nobody works for the others, so much would wait for them.
    Subscription.objects.exclude(name=NAME).delete()
    drill = Drill(broken, accounts.sign_up(username="ada").pk)
    for code, inject in CAUSES.items():
        with subtests.test(code):
            mail.outbox.clear()
            if code in SMALL:
                sensitivities.change(
                    code, threshold=SMALL[code], minutes=0.5, is_on=True, by_id=drill.user_id
                )
            with inject(drill):
                for _ in range(4):
                    watch.round_(drill.later(0.6))
                assert told(code) == ["opened"]
                if code in SMALL:
                    sensitivities.reset(code)
            for _ in range(4):
                watch.round_(drill.later(1))
            assert told(code) == ["opened", "resolved"]
            assert announced(code) == ["alert_opened", "alert_resolved"]
    assert not Incident.objects.filter(resolved_at=None).exists()


@pytest.mark.django_db
def test_that_nobody_watches_is_told_by_the_workers(settings: Settings) -> None:
    settings.ALERT_EMAILS = ["ops@example.org"]
    now = timezone.now()
    for minutes in range(3):
        watch.look_after_watchman(now + timedelta(minutes=minutes))
    assert told(WATCHMAN_DEAD) == [], "he got some time to begin"
    for minutes in range(4, 9):
        watch.look_after_watchman(now + timedelta(minutes=minutes))
    assert told(WATCHMAN_DEAD) == ["opened"]
    for minutes in range(10, 14):
        watch.round_(now + timedelta(minutes=minutes))
        watch.look_after_watchman(now + timedelta(minutes=minutes))
    assert told(WATCHMAN_DEAD) == ["opened", "resolved"]


def told(code: str) -> list[str]:
    """Return what the e-mails about an alert say, in their order."""
    mine = [message.subject for message in mail.outbox if f"] {code}" in message.subject]
    return ["resolved" if "resolved]" in subject else "opened" for subject in mine]


def announced(code: str) -> list[str]:
    """Return the events about an alert, in their order."""
    rows = EventLog.objects.filter(event_type__startswith="alert_", payload__rule=code).order_by("id")
    return list(rows.values_list("event_type", flat=True))
