"""An event that kills its process is found, set aside, and named.

A handler that raises BaseException leaves its marker behind, as a process that dies does; every turn here has
the witness of another process.
"""

import select
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import InterfaceError, connection

from apps.events import registry, sequencer, stored
from apps.events.delivery import lanes
from apps.events.delivery.deaths import Witness
from apps.events.delivery.drain import Outcome, drain
from apps.events.models import Attempt, DeadLetter, Lane
from apps.events.worker import Worker

from . import sample
from .conftest import Effects

pytestmark = pytest.mark.django_db(transaction=True)


class Death(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def deadly(effects: Effects, subscribe: Any) -> set[str]:
    """A recorder that dies of the texts in the set."""
    deadly: set[str] = {"deadly"}

    @subscribe(sample.pinged, name="tests.recorder")
    def record(user_id: int, text: str, **_: Any) -> None:
        effects.add(user_id, text)
        if text in deadly:
            raise Death

    return deadly


def processes(count: int) -> tuple[int, list[Outcome]]:
    """Let processes take a turn each, one after the other; return how many died, and what the rest did."""
    stored.store(strict=False)
    sequencer.stamp()
    deaths, outcomes = 0, []
    for _ in range(count):
        witness = Witness()
        try:
            outcomes.append(
                drain(
                    registry.subscribers["tests.recorder"], impatient=True, lanes_first=False, witness=witness
                )
            )
        except Death:
            deaths += 1
        finally:
            witness.close()
    return deaths, outcomes


def test_the_event_is_found_and_everybody_else_goes_on(deadly: set[str], effects: Effects) -> None:
    for user_id in range(6):
        sample.pinged.send(sender=None, user_id=user_id, text="deadly" if user_id == 3 else "harmless")
    deaths, _ = processes(40)
    letter = DeadLetter.objects.get()
    assert letter.key == "user:3"
    assert "died" in letter.error
    assert sorted(user_id for user_id, _ in effects.all()) == [0, 1, 2, 4, 5]
    # Once in the batch, then alone.
    assert deaths == 1 + lanes.DEATHS_MAX


def test_a_death_of_old_is_not_blamed_on_what_comes_next(deadly: set[str], effects: Effects) -> None:
    sample.pinged.send(sender=None, user_id=1, text="deadly")
    assert processes(1)[0] == 1
    deadly.clear()
    sample.pinged.send(sender=None, user_id=2, text="harmless")
    processes(5)
    assert not DeadLetter.objects.exists()
    assert sorted(effects.all()) == [(1, "deadly"), (2, "harmless")]
    assert not Lane.objects.exists()


def test_who_survives_takes_the_marker_back(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.pinged, name="tests.recorder")
    def fail(**_: Any) -> None:
        raise ValueError("an ordinary failure")

    sample.pinged.send(sender=None, user_id=1)
    processes(1)
    assert not Attempt.objects.get().running


def test_a_process_knows_its_own_marker(deadly: set[str]) -> None:
    """The same process comes back to where it was interrupted: nobody died."""
    sample.pinged.send(sender=None, user_id=1, text="deadly")
    stored.store(strict=False)
    sequencer.stamp()
    witness = Witness()
    for _ in range(5):
        with pytest.raises(Death):
            drain(registry.subscribers["tests.recorder"], witness=witness)
    witness.close()
    assert not Lane.objects.exists()


def test_one_marker_a_turn(deadly: set[str]) -> None:
    for number in range(10):
        sample.pinged.send(sender=None, user_id=number, text="harmless")
    processes(1)
    marker = Attempt.objects.get()
    assert (marker.position, marker.upto, marker.key) == (0, 10, "")


def test_a_handler_that_hangs_counts_as_a_death(effects: Effects, subscribe: Any) -> None:
    """It idles in its transaction until the server ends the session."""

    @subscribe(sample.pinged, name="tests.recorder")
    def hang(user_id: int, text: str, **_: Any) -> None:
        effects.add(user_id, text)
        if text == "hang":
            select.select([], [], [], 1.2)
            effects.add(user_id, text)

    for user_id, text in enumerate(["a", "hang", "b"]):
        sample.pinged.send(sender=None, user_id=user_id, text=text)
    stored.store(strict=False)
    sequencer.stamp()
    worker = Worker()
    hangs = 0
    for _ in range(60):
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = '500ms'")
        try:
            worker.turn("tests.recorder")
        except InterfaceError:
            hangs += 1
            connection.close()
        Lane.objects.update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
    worker.disconnect()
    assert DeadLetter.objects.get().key == "user:1"
    assert sorted(effects.all()) == [(0, "a"), (2, "b")]
    # Once in the batch, then alone; a turn of the stream in between may take a lane's marker away uncounted.
    assert 1 + lanes.DEATHS_MAX <= hangs <= 3 * lanes.DEATHS_MAX
