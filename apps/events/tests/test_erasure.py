"""Erasing a person: nothing of his is left in the log, and the log still works."""

from typing import Any

import pytest

from apps.events.erasure import erase
from apps.events.models import Erasure, EventLog
from apps.events.testing import emitted

from . import sample
from .test_emit import TYPED

pytestmark = pytest.mark.django_db


def test_the_marked_values_of_one_user_become_null() -> None:
    sample.typed.send(sender=None, **TYPED)
    sample.typed.send(sender=None, **{**TYPED, "user_id": 8, "name": "Somebody else"})
    with emitted("user_erased"):
        assert erase(7, by="ops") == 1
    mine, other = EventLog.objects.filter(event_type="typed").order_by("id")
    assert mine.payload["name"] is None
    assert mine.payload["colour"] == "red"
    assert other.payload["name"] == "Somebody else"
    assert "Zoé" not in str(list(EventLog.objects.values()))
    record = Erasure.objects.get()
    assert (record.user_id, record.erased_by, record.events) == (7, "ops", 1)


def test_a_second_time_changes_nothing() -> None:
    sample.typed.send(sender=None, **TYPED)
    assert erase(7, by="ops") == 1
    assert erase(7, by="ops") == 0


def test_handlers_get_none(subscribe: Any) -> None:
    sample.typed.send(sender=None, **TYPED)
    erase(7, by="ops")
    assert sample.typed.decode(EventLog.objects.get(event_type="typed").payload)["name"] is None
