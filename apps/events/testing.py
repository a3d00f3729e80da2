"""For tests of any app: what was said, and delivery on demand."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection
from django.db.models import Max

from apps.events import registry, sequencer, stored
from apps.events.definitions import DomainEvent
from apps.events.delivery import immediate
from apps.events.delivery.drain import Outcome, drain
from apps.events.models import EventLog

# For a session that has a subscriber's lease to let go of it.
BUSY_S_MAX = 30.0


class Emitted(NamedTuple):
    """One event, as a test compares it."""

    event_type: str
    payload: dict[str, Any]


@contextmanager
def emitted(*expected: DomainEvent[Any] | str, reactions: bool = False) -> Iterator[list[Emitted]]:
    """Collect the events written inside the block, in the order they were sent.

    The list is filled at the end of the block: `assert events == [("user_joined_team", {...})]`. With
    arguments, the types must be exactly these, in this order. What durable subscribers say after the commit
    is not among them, but with `reactions=True`.
    """
    last = EventLog.objects.aggregate(last=Max("id"))["last"] or 0
    events: list[Emitted] = []
    with immediate.setting_reactions_apart() as later:
        yield events
    written = EventLog.objects.filter(id__gt=last).exclude(uid__in=[] if reactions else later)
    rows = written.order_by("id").values_list("event_type", "payload")
    events.extend(Emitted(*row) for row in rows)
    if expected:
        names = [event if isinstance(event, str) else event.name for event in expected]
        told = [event.event_type for event in events]
        assert told == names, f"expected {names}, but {told} were sent"


def deliver_all() -> int:
    """Stamp and drain, as a worker would, until nothing is left; return how many turns did something.

    A failing event goes through all its attempts without waiting, to its dead letter. In a TestCase all
    has been delivered already and this does nothing.
    """
    if immediate.applies():
        return 0
    stored.store(strict=False)
    turns = 0
    while sequencer.stamp() + sum(_drain_fully(name) for name in list(registry.subscribers)):
        turns += 1
    return turns


def _drain_fully(name: str) -> int:
    turns = 0
    deadline = time.monotonic() + BUSY_S_MAX
    while (outcome := drain(registry.subscribers[name], impatient=True)) in (Outcome.WORKED, Outcome.BUSY):
        if outcome is Outcome.WORKED:
            turns += 1
            continue
        # Another process has it, or was killed a moment ago: what it does is not done before it lets go.
        assert time.monotonic() < deadline, f"{name} is held by another session for {BUSY_S_MAX} s"
        time.sleep(0.02)
    return turns


def database_url() -> str:
    """Return a DATABASE_URL with which another process reaches the test's own database."""
    parameters = connection.get_connection_params()
    options = {
        name: str(parameters[name]) for name in ("host", "port", "user", "password") if parameters.get(name)
    }
    return f"postgresql:///{quote(str(parameters['dbname']))}?{urlencode(options)}"


@contextmanager
def running_worker(
    *, settings_module: str | None = None, path: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a real `manage.py worker` on the test's database for the length of the block.

    It is stopped with SIGTERM, and has to leave by itself; with status 0 once it has begun to work.
    """
    environment = {**os.environ, "DATABASE_URL": database_url(), "TESTING": "1"}
    if settings_module:
        environment["DJANGO_SETTINGS_MODULE"] = settings_module
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [path, environment.get("PYTHONPATH", "")]))
    command = [sys.executable, str(Path(str(settings.BASE_DIR)) / "manage.py"), "worker"]
    process = subprocess.Popen(command, env=environment)
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) in (0, -signal.SIGTERM)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_until(condition: Callable[[], bool], *, timeout_s: float = 30) -> None:
    """Poll until a condition holds that another process makes true."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
