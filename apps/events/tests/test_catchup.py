"""Catching up: all is delivered, what is due is done, and what was said about that is delivered, too."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from apps.events import periodic, schedule, stored
from apps.events.catchup import catch_up
from apps.events.models import Subscription
from tests.threads import other_threads

from .conftest import Effects
from .turns import ping, turn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_jobs() -> Iterator[None]:
    """Let only the test's jobs be there."""
    before = dict(schedule.jobs)
    schedule.jobs.clear()
    yield
    schedule.jobs.clear()
    schedule.jobs.update(before)


def test_what_is_due_is_done_between_two_deliveries(recorder: Effects) -> None:
    @periodic(every=timedelta(days=1), name="tests.due", works_off=True)
    def work() -> None:
        assert recorder.all() == [(1, "first")]
        ping("about that")

    @periodic(every=timedelta(days=1), name="tests.nightly")
    def never() -> None:
        raise AssertionError("its time has not come")

    schedule.store()
    stored.store(strict=False)
    ping("first")
    catch_up()
    assert recorder.all() == [(1, "first"), (1, "about that")]
    assert turn().name == "IDLE"


def test_it_waits_for_a_subscriber_that_another_worker_serves(recorder: Effects) -> None:
    stored.store(strict=False)
    ping("late")
    with other_threads() as run:
        with transaction.atomic():
            Subscription.objects.select_for_update().get(name="tests.recorder")
            catching_up = run(catch_up)
            # It has stamped when it finds the subscriber busy; it cannot be done while we hold the lease.
            assert recorder.all() == []
            assert not catching_up.done()
        catching_up.result(20)
    assert recorder.all() == [(1, "late")]
