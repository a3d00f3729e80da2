"""Declaring durable reactions."""

from typing import Any

import pytest

from apps.events import Event, registry, subscriber
from apps.events.errors import InvalidDeclaration
from apps.events.models import Subscription

from . import sample
from .conftest import Effects


def handler(**_: Any) -> None: ...


async def async_handler(**_: Any) -> None: ...


def closed(user_id: int, text: str) -> None: ...


def of_another_event(follower_id: int, **_: Any) -> None: ...


def of_the_first_alone(user_id: int, text: str, **_: Any) -> None: ...


def handler_of_one(user_id: int, event: Event, **_: Any) -> None: ...


@pytest.mark.parametrize(
    ("events", "options", "function"),
    [
        ((), {"since": "now"}, handler),
        (("pinged",), {"since": "now"}, handler),
        ((sample.pinged,), {"since": "yesterday"}, handler),
        ((sample.pinged,), {"since": "now", "on_dead": "ignore"}, handler),
        ((sample.pinged,), {"since": "now"}, async_handler),
        ((sample.pinged,), {"since": "now"}, closed),
        ((sample.pinged,), {"since": "now"}, of_another_event),
        ((sample.pinged, sample.team_pinged), {"since": "now"}, of_the_first_alone),
        ((sample.pinged,), {"since": "now", "batch": True}, handler_of_one),
    ],
)
def test_declarations_that_cannot_work_are_refused(events: Any, options: Any, function: Any) -> None:
    with pytest.raises(InvalidDeclaration, match="subscriber"):
        subscriber(*events, **options)(function)
    assert "events.handler" not in registry.subscribers


def test_where_to_start_must_be_said() -> None:
    with pytest.raises(TypeError, match="since"):
        subscriber(sample.pinged)  # type: ignore[call-arg]


@pytest.mark.django_db
class TestImmediately:
    """In a TestCase, durable subscribers run at the end of each outermost send."""

    def test_delivery_needs_no_word(self, recorder: Effects) -> None:
        sample.pinged.send(sender=None, user_id=1, text="a")
        assert recorder.all() == [(1, "a")]

    def test_what_handlers_emit_is_delivered_after_it(self, effects: Effects, subscribe: Any) -> None:
        @subscribe(sample.pinged)
        def answer(user_id: int, text: str, **_: Any) -> None:
            sample.ponged.send(sender=None, user_id=user_id, text=text)
            effects.add(user_id, "pinged")

        @subscribe(sample.ponged, batch=True)
        def record(events: Any, **_: Any) -> None:
            for event in events:
                effects.add(event.user_id, event.type)

        sample.pinged.send(sender=None, user_id=1)
        assert effects.all() == [(1, "pinged"), (1, "ponged")]

    def test_a_handler_s_exception_reaches_the_test(self, subscribe: Any) -> None:
        @subscribe(sample.pinged)
        def fail(**_: Any) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            sample.pinged.send(sender=None, user_id=1)


@pytest.mark.django_db
def test_every_declared_subscriber_has_a_row_after_migrate() -> None:
    assert set(Subscription.objects.values_list("name", flat=True)) >= set(registry.subscribers)
