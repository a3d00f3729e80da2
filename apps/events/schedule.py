"""Periodic jobs: declared once, run by whichever worker finds them due first."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

from django.db import connection, transaction

from apps.events.delivery.failures import SERIALIZATION_FAILURE, describe, is_nobodys_fault, sqlstate
from apps.events.errors import EventError, InvalidDeclaration

type Work = Callable[[], None]

# Taken by whoever is first; a job that runs elsewhere is passed over.
DUE = """
SELECT name FROM event_job WHERE next_run_at <= clock_timestamp() AND name = ANY(%s)
 ORDER BY next_run_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
DONE = """
UPDATE event_job SET next_run_at = %(next)s, last_run_at = clock_timestamp(), last_ms = %(ms)s,
       last_error = %(error)s WHERE name = %(name)s
"""
LATE = """
SELECT EXISTS (SELECT FROM event_job
                WHERE name = ANY(%s) AND next_run_at < clock_timestamp() - make_interval(secs => %s))
"""
STORE = "INSERT INTO event_job (name, next_run_at, last_error) VALUES (%s, %s, '') ON CONFLICT DO NOTHING"

# When a job is tried again that found locked what it needed.
BUSY_AGAIN = timedelta(seconds=5)

# Above what a worker's turn may take: a job may walk through a whole table.
STATEMENT_LIMIT = "15min"

logger = logging.getLogger(__name__)


class JobFailed(EventError):
    """A periodic job raised; the cause says what."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job: every so often, or daily at an hour (UTC).

    One that `works_off` does what waits for its time in rows of its own: it may run at any other moment, too.
    One with a `snapshot` sees in all its statements the same moment.
    """

    name: str
    work: Work
    every: timedelta
    at: time_of_day | None
    works_off: bool = False
    snapshot: bool = False

    def next_run(self, now: datetime) -> datetime:
        """Return the first time after `now` (aware) at which the job is due."""
        if self.at is None:
            return now + self.every
        today = datetime.combine(now.astimezone(UTC).date(), self.at, UTC)
        return today if today > now else today + timedelta(days=1)


jobs: dict[str, Job] = {}


def periodic(
    *,
    every: timedelta | None = None,
    at: time_of_day | None = None,
    name: str | None = None,
    works_off: bool = False,
    snapshot: bool = False,
) -> Callable[[Work], Work]:
    """Run a function `every` so often, or daily `at` an hour (UTC). It runs in a transaction of its own.

    It may be late and, when its worker is killed in the middle, it runs again: it has to be idempotent.
    With `snapshot=True` its transaction is REPEATABLE READ; when a row that it writes was changed meanwhile,
    it is rolled back and comes again soon.
    """
    if (every is None) == (at is None):
        raise InvalidDeclaration("@periodic takes either every= (a timedelta) or at= (a time of day, UTC)")
    if every is not None and every <= timedelta(0):
        raise InvalidDeclaration(f"@periodic every={every} never comes")

    def declare(work: Work) -> Work:
        app = work.__module__.removeprefix("apps.").split(".")[0]
        job = Job(name or f"{app}.{work.__name__}", work, every or timedelta(days=1), at, works_off, snapshot)
        jobs[job.name] = job
        return work

    return declare


def store() -> None:
    """Write a row for every declared job that has none; each is due at once, a daily one at its hour."""
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        for job in jobs.values():
            cursor.execute(STORE, [job.name, now if job.at is None else job.next_run(now)])


def run_due() -> int:
    """Run the jobs that are due; return how many ran. One that fails is recorded and tried again in time."""
    return sum(_run_due(snapshot=snapshot) for snapshot in (False, True))


def _run_due(*, snapshot: bool) -> int:
    names = [job.name for job in jobs.values() if job.snapshot == snapshot]
    count = 0
    while names:
        try:
            if not run_one(names, snapshot=snapshot):
                break
        except JobFailed as failure:
            logger.exception("%s", failure)
        count += 1
    return count


def is_late(seconds: float) -> bool:
    """Tell whether some job waits longer than that beyond its time."""
    with connection.cursor() as cursor:
        cursor.execute(LATE, [list(jobs), seconds])
        found: tuple[bool] = cursor.fetchone()
    return found[0]


def work_off() -> None:
    """Do at once what is due in the rows of the jobs that work such rows off, waiting for whoever is at it.

    For commands that bring history: what became due in it is done before they end.
    """
    for job in jobs.values():
        if job.works_off:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT FROM event_job WHERE name = %s FOR UPDATE", [job.name])
                job.work()


def run_one(names: Sequence[str], *, snapshot: bool = False) -> bool:
    """Run of these jobs the one that is due the longest, under its row's lock; tell whether there was one.

    Raises JobFailed, once the failure is written down and the next run is set.
    """
    job = None
    began = time.perf_counter()
    try:
        with transaction.atomic(durable=True):
            if snapshot:
                _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            job = _take(names)
            if job is None:
                return False
            _execute(f"SET LOCAL statement_timeout = '{STATEMENT_LIMIT}'")
            job.work()
            _record(job, began, "")
    except Exception as error:
        if job is None:
            if snapshot and sqlstate(error) == SERIALIZATION_FAILURE:
                return False  # another worker has just run it
            raise
        if is_nobodys_fault(error):
            logger.info("%s: %s", job.name, error)
            _record(job, began, "", after=BUSY_AGAIN)
            return True
        _record(job, began, describe(error))
        raise JobFailed(f"the periodic job {job.name} failed") from error
    return True


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _take(names: Sequence[str]) -> Job | None:
    with connection.cursor() as cursor:
        cursor.execute(DUE, [list(names)])
        found = cursor.fetchone()
    return jobs[found[0]] if found else None


def _record(job: Job, began: float, error: str, *, after: timedelta | None = None) -> None:
    ms = (time.perf_counter() - began) * 1000
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {"name": job.name, "ms": ms, "error": error}
        cursor.execute(DONE, {**facts, "next": now + after if after else job.next_run(now)})
