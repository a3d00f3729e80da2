"""Sums are never heard again in part: they are emptied, and counted from the beginning."""

from typing import Any

import pytest
from django.db import connection

from apps.events import again, registry
from apps.events.again import CannotReplay, Selection
from apps.events.delivery.drain import drain
from apps.events.models import DeadLetter, Lane
from apps.events.testing import deliver_all

from . import sample
from .conftest import Effects
from .turns import ping, texts

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "tests.recorder"


def test_sums_are_rebuilt_and_not_replayed(effects: Effects, subscribe: Any) -> None:
    sums: dict[int, int] = {}

    @subscribe(sample.pinged, name=NAME, reset=sums.clear)
    def add(user_id: int, **_: Any) -> None:
        sums[user_id] = sums.get(user_id, 0) + 1

    ping("a", "b")
    ping("c", user_id=2)
    deliver_all()
    sums[1] = 99
    with pytest.raises(CannotReplay, match="rebuild"):
        again.replay(NAME, Selection())
    again.rebuild(NAME)
    deliver_all()
    assert sums == {1: 2, 2: 1}


def test_a_rebuild_hears_dead_letters_again(effects: Effects, subscribe: Any) -> None:
    bad = {"a"}

    def reset() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM test_effect")

    @subscribe(sample.pinged, name=NAME, reset=reset)
    def record(user_id: int, text: str, **_: Any) -> None:
        if text in bad:
            raise ValueError(text)
        effects.add(user_id, text)

    ping("a", "b")
    deliver_all()
    bad.clear()
    again.rebuild(NAME)
    deliver_all()
    assert texts(effects) == ["a", "b"]
    assert DeadLetter.objects.get().resolution == "retried"
    assert not Lane.objects.exists()


def test_a_key_that_fails_in_a_rebuild_is_not_counted_twice(effects: Effects, subscribe: Any) -> None:
    """Its lane ends where the stream is, not where the rebuild ends: the rest is heard from the stream."""
    bad: set[str] = set()

    def reset() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM test_effect")

    @subscribe(sample.pinged, name=NAME, reset=reset)
    def record(user_id: int, text: str, **_: Any) -> None:
        if text in bad:
            raise ValueError(text)
        effects.add(user_id, text)

    ping("a", "b", "c", "d")
    deliver_all()
    again.rebuild(NAME)
    bad.add("b")
    drain(registry.subscribers[NAME], limit=2)
    bad.clear()
    deliver_all()
    assert texts(effects) == ["a", "b", "c", "d"]
