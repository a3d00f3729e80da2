"""Periodic jobs: run when due, once, by whoever is first; a failing one hurts nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from apps.events import periodic, schedule
from apps.events.errors import InvalidDeclaration
from apps.events.models import EventLog, Job

from . import sample
from .test_sequencer import in_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ran() -> Iterator[list[str]]:
    """Declare jobs that live as long as the test; the list tells which ran."""
    before = dict(schedule.jobs)
    schedule.jobs.clear()
    yield []
    schedule.jobs.clear()
    schedule.jobs.update(before)


def test_a_job_runs_when_it_is_due_and_not_before(ran: list[str]) -> None:
    periodic(every=timedelta(hours=1), name="tests.hourly")(lambda: ran.append("hourly"))
    schedule.store()
    assert schedule.run_due() == 1
    assert schedule.run_due() == 0
    Job.objects.update(next_run_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert schedule.run_due() == 1
    assert ran == ["hourly", "hourly"]
    row = Job.objects.get(name="tests.hourly")
    assert row.next_run_at > datetime.now(UTC)
    assert row.last_ms is not None


def test_a_daily_job_waits_for_its_hour() -> None:
    job = schedule.Job("tests.nightly", lambda: None, timedelta(days=1), time(4, 30))
    assert job.next_run(datetime(2026, 1, 1, 4, 29, tzinfo=UTC)) == datetime(2026, 1, 1, 4, 30, tzinfo=UTC)
    assert job.next_run(datetime(2026, 1, 1, 4, 30, tzinfo=UTC)) == datetime(2026, 1, 2, 4, 30, tzinfo=UTC)


def test_a_failing_job_is_recorded_and_leaves_nothing_behind(ran: list[str]) -> None:
    @periodic(every=timedelta(hours=1), name="tests.failing")
    def fail() -> None:
        sample.pinged.send(sender=None, user_id=1)
        raise ValueError("no luck")

    schedule.store()
    assert schedule.run_due() == 1
    assert Job.objects.get(name="tests.failing").last_error.startswith("ValueError: no luck")
    assert not EventLog.objects.exists()


def test_a_job_that_found_its_rows_locked_has_not_failed_and_comes_again_soon(ran: list[str]) -> None:
    @periodic(at=time(4, 30), name="tests.nightly")
    def wait() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1ms'")
            cursor.execute("SELECT FROM event_sequencer FOR UPDATE")
        ran.append("nightly")

    schedule.store()
    now = datetime.now(UTC)
    Job.objects.update(next_run_at=now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM event_sequencer FOR UPDATE")
        in_thread(schedule.run_due)
    row = Job.objects.get(name="tests.nightly")
    assert (row.last_error, ran) == ("", [])
    assert now < row.next_run_at <= datetime.now(UTC) + schedule.BUSY_AGAIN


def test_a_job_with_a_snapshot_sees_one_moment_and_overwrites_nothing_newer(ran: list[str]) -> None:
    @periodic(every=timedelta(hours=1), name="tests.other")
    def other() -> None:
        """Have a row for the job below to read and to write."""

    @periodic(every=timedelta(hours=1), name="tests.counting", snapshot=True)
    def count() -> None:
        seen = [Job.objects.get(name="tests.other").last_error]
        in_thread(lambda: Job.objects.filter(name="tests.other").update(last_error="meanwhile"))
        seen.append(Job.objects.get(name="tests.other").last_error)
        ran.extend(seen)
        Job.objects.filter(name="tests.other").update(last_error="overwritten")

    schedule.store()
    Job.objects.filter(name="tests.other").update(next_run_at=datetime(2100, 1, 1, tzinfo=UTC))
    assert schedule.run_due() == 1
    assert ran == ["", ""]
    assert Job.objects.get(name="tests.other").last_error == "meanwhile"
    row = Job.objects.get(name="tests.counting")
    assert row.last_error == ""
    assert row.next_run_at <= datetime.now(UTC) + schedule.BUSY_AGAIN


def test_two_workers_do_not_run_one_job_at_once(ran: list[str]) -> None:
    periodic(every=timedelta(hours=1), name="tests.hourly")(lambda: ran.append("hourly"))
    schedule.store()
    counts: list[int] = []
    with transaction.atomic():
        Job.objects.select_for_update().get(name="tests.hourly")
        in_thread(lambda: counts.append(schedule.run_due()))
    assert counts == [0]


@pytest.mark.parametrize("options", [{}, {"every": timedelta(1), "at": time(1)}, {"every": timedelta(0)}])
def test_a_job_says_when(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidDeclaration):
        periodic(**options)
