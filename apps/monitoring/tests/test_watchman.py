"""`manage.py watch` goes on when the database was away, and stops when it is told to."""

import os
import signal
from collections.abc import Iterator
from datetime import datetime
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import OperationalError

from apps.monitoring.management.commands import watch as command


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Leave the signals as they were."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_it_outlives_the_database_and_stops_at_a_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[datetime] = []

    def once(now: datetime) -> None:
        rounds.append(now)
        if len(rounds) == 1:
            raise OperationalError("the database is away")
        os.kill(os.getpid(), signal.SIGTERM)

    connection = mock.Mock()
    monkeypatch.setattr(command.watch, "round_", once)
    monkeypatch.setattr(command, "connection", connection)
    monkeypatch.setattr(command, "EVERY_S", 0.01)
    call_command("watch")
    assert len(rounds) == 2
    connection.close.assert_called_once_with()
