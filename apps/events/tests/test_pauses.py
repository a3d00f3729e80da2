"""A subscriber that is broken stops by itself and comes back by itself; a person's pause stays."""

from typing import Any

import pytest
from django.db.models.functions import Now

from apps.events import registry, sequencer, stored
from apps.events.delivery import pauses
from apps.events.delivery.drain import Outcome, drain
from apps.events.models import Lane, Subscription

from . import sample
from .conftest import Effects

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "tests.recorder"


@pytest.fixture
def broken(effects: Effects, subscribe: Any) -> dict[str, bool]:
    """A recorder that fails on everything while `broken["is"]`."""
    state = {"is": True}

    @subscribe(sample.pinged, name=NAME)
    def record(user_id: int, text: str, **_: Any) -> None:
        if state["is"]:
            raise RuntimeError("the table is missing")
        effects.add(user_id, text)

    return state


def turn(**options: Any) -> Outcome:
    stored.store(strict=False)
    sequencer.stamp()
    return drain(registry.subscribers[NAME], **options)


def ping_everybody(count: int) -> None:
    sample.pinged.send_many(None, [{"user_id": user_id, "text": "a"} for user_id in range(count)])


def due_to_probe() -> None:
    Subscription.objects.filter(name=NAME).update(probe_at=Now())


def test_too_many_failures_pause_and_park_nothing(broken: dict[str, bool], effects: Effects) -> None:
    ping_everybody(100)
    assert turn() is Outcome.PAUSED
    assert not Lane.objects.exists()
    row = Subscription.objects.get(name=NAME)
    assert row.paused.startswith("paused itself: ")
    assert (row.position, row.failed) == (0, 0)
    assert turn() is Outcome.PAUSED


def test_it_tries_its_oldest_failure_and_resumes_when_that_works(
    broken: dict[str, bool], effects: Effects
) -> None:
    ping_everybody(100)
    turn()
    due_to_probe()
    assert turn() is Outcome.PAUSED
    assert Subscription.objects.get(name=NAME).probe_at is not None
    broken["is"] = False
    due_to_probe()
    assert turn() is Outcome.WORKED
    assert effects.all() == []
    assert turn() is Outcome.WORKED
    assert len(effects.all()) == 100


def test_failures_add_up_over_a_minute(broken: dict[str, bool]) -> None:
    ping_everybody(60)
    outcomes = [turn(limit=20, lanes_first=False) for _ in range(3)]
    assert outcomes == [Outcome.WORKED, Outcome.WORKED, Outcome.PAUSED]
    assert Lane.objects.count() == 40


def test_a_few_bad_events_among_many_pause_nothing(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.pinged, name=NAME)
    def record(user_id: int, text: str, **_: Any) -> None:
        if user_id % 6 == 0:
            raise RuntimeError("bad")

    ping_everybody(480)
    assert turn() is Outcome.WORKED
    assert Lane.objects.count() == 80


def test_a_person_s_pause_stays_until_a_person_resumes(broken: dict[str, bool], effects: Effects) -> None:
    broken["is"] = False
    ping_everybody(1)
    stored.store(strict=False)
    pauses.pause(NAME, by="ops", reason="a migration")
    due_to_probe_before = Subscription.objects.get(name=NAME)
    assert due_to_probe_before.paused == "paused by ops: a migration"
    assert due_to_probe_before.probe_at is None
    assert turn() is Outcome.PAUSED
    pauses.resume(NAME)
    assert turn() is Outcome.WORKED
    with pytest.raises(pauses.NoSuchSubscriber):
        pauses.pause("tests.nobody", by="ops", reason="x")


def test_the_same_few_keys_failing_again_and_again_pause_nothing(effects: Effects, subscribe: Any) -> None:
    """Seven poisoned players are tried eight times each; that is seven keys that fail, not 56."""

    @subscribe(sample.pinged, name=NAME)
    def record(user_id: int, text: str, **_: Any) -> None:
        if text == "bad":
            raise RuntimeError("bad")
        effects.add(user_id, text)

    sample.pinged.send_many(None, [{"user_id": user_id, "text": "bad"} for user_id in range(7)])
    while turn(impatient=True) is Outcome.WORKED:
        pass
    assert Subscription.objects.get(name=NAME).failed > pauses.KEYS_FAILED_MAX
    sample.pinged.send_many(None, [{"user_id": 8, "text": "bad"}, {"user_id": 9, "text": "good"}])
    assert turn() is Outcome.WORKED
    assert effects.all() == [(9, "good")]
