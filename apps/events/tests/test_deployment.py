"""Old and new code beside each other: nothing skipped, doubled, or parked without need."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.events import registry, sequencer, stored
from apps.events.definitions import DomainEvent
from apps.events.delivery.drain import Outcome, drain
from apps.events.errors import EventError, InvalidDeclaration
from apps.events.models import DeadLetter, Lane, Subscription
from apps.events.testing import deliver_all

from . import sample
from .conftest import Effects

pytestmark = pytest.mark.django_db(transaction=True)


def renamed(user_id: int, name: str) -> None:
    """Somebody was renamed. Announced by the tests."""


def renamed_with_reason(user_id: int, name: str, reason: str) -> None:
    """Somebody was renamed, for a reason. Announced by the tests."""


renamed_with_reason.__name__ = "renamed"
OLD: DomainEvent[Any] = DomainEvent(renamed, version=1, key=None)
NEW: DomainEvent[Any] = DomainEvent(renamed_with_reason, version=2, key=None)


@NEW.upcaster(version=1)
def _give_a_reason(payload: dict[str, Any]) -> dict[str, Any]:
    return {**payload, "reason": "unknown"}


@contextmanager
def running(event: DomainEvent[Any], declare: Callable[[], Any]) -> Iterator[None]:
    """Be the process of a release: one version of the event, and what that release declares."""
    events, subscribers = dict(registry.events), dict(registry.subscribers)
    registry.subscribers.clear()
    registry.events[event.name] = event
    declare()
    yield
    for known, before in ((registry.events, events), (registry.subscribers, subscribers)):
        known.clear()
        known.update(before)  # type: ignore[arg-type]


def turn(name: str) -> Outcome:
    sequencer.stamp()
    return drain(registry.subscribers[name])


@pytest.fixture
def releases(effects: Effects, subscribe: Any) -> Any:
    """The old release and the new one, which knows a second version and has one more subscriber."""

    def declare_old() -> None:
        @subscribe(OLD, name="tests.recorder")
        def record(user_id: int, name: str, **_: Any) -> None:
            effects.add(user_id, name)

    def declare_new() -> None:
        @subscribe(NEW, name="tests.recorder")
        def record(user_id: int, name: str, reason: str, **_: Any) -> None:
            effects.add(user_id, f"{name} {reason}")

        @subscribe(NEW, name="tests.greeter", since="now")
        def greet(user_id: int, name: str, **_: Any) -> None:
            effects.add(user_id, f"hello {name}", handler="greeter")

    return lambda: running(OLD, declare_old), lambda: running(NEW, declare_new)


def test_a_rolling_deployment(releases: Any, effects: Effects) -> None:
    old, new = releases
    with old():
        stored.store()
        OLD.send(sender=None, user_id=1, name="a")
        assert turn("tests.recorder") is Outcome.WORKED
        OLD.send(sender=None, user_id=1, name="b")
    sequencer.stamp()
    with new():
        stored.store()
        NEW.send(sender=None, user_id=1, name="c", reason="why not")
    with old():
        OLD.send(sender=None, user_id=1, name="d")
        # It reads what it knows, and leaves the rest to the new release.
        assert turn("tests.recorder") is Outcome.WORKED
        assert turn("tests.recorder") is Outcome.ASIDE
    with new():
        deliver_all()
    assert [text for _, text in effects.all()] == ["a", "b", "c why not", "d unknown"]
    assert [text for _, text in effects.all("greeter")] == ["hello c", "hello d"]
    assert not Lane.objects.exists()


def test_other_events_than_at_the_last_migrate_stand_aside(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.pinged, name="tests.recorder")
    def record(user_id: int, **_: Any) -> None:
        effects.add(user_id, "")

    stored.store()
    Subscription.objects.filter(name="tests.recorder").update(types=["pinged", "ponged"])
    sample.pinged.send(sender=None, user_id=1)
    assert turn("tests.recorder") is Outcome.ASIDE
    stored.store()
    assert turn("tests.recorder") is Outcome.WORKED


def test_an_old_version_without_an_upcaster_is_dead_at_once(effects: Effects, subscribe: Any) -> None:
    old_only = DomainEvent(renamed_with_reason, version=2, key=None)

    def declare() -> None:
        @subscribe(old_only, name="tests.recorder")
        def record(user_id: int, **_: Any) -> None:
            effects.add(user_id, "")

    OLD.send(sender=None, user_id=1, name="a")
    with running(old_only, declare):
        deliver_all()
    letter = DeadLetter.objects.get()
    assert "needs an upcaster" in letter.error
    assert letter.attempts == 1


def test_a_renamed_subscriber_takes_everything_along(effects: Effects, subscribe: Any) -> None:
    def fail_on_b(user_id: int, text: str, **_: Any) -> None:
        if text == "b":
            raise ValueError
        effects.add(user_id, text)

    subscribe(sample.pinged, name="tests.old")(fail_on_b)
    for user_id, text in enumerate("abc"):
        sample.pinged.send(sender=None, user_id=user_id, text=text)
    deliver_all()
    registry.remove_subscriber("tests.old")
    subscribe(sample.pinged, name="tests.new", was="tests.old")(fail_on_b)
    stored.store()
    sample.pinged.send(sender=None, user_id=5, text="d")
    deliver_all()
    assert [text for _, text in effects.all()] == ["a", "c", "d"]
    assert not Subscription.objects.filter(name="tests.old").exists()
    assert Lane.objects.get().subscription_id == DeadLetter.objects.get().subscription_id == "tests.new"


def test_a_new_name_beside_an_orphan_must_say_what_it_is(effects: Effects, subscribe: Any) -> None:
    def record(**_: Any) -> None: ...

    subscribe(sample.pinged, name="tests.old")(record)
    stored.store()
    registry.remove_subscriber("tests.old")
    subscribe(sample.pinged, name="tests.new")(record)
    with pytest.raises(InvalidDeclaration, match=r'was="tests\.old"'):
        stored.store()
    assert "tests.old" in stored.orphans()
    with pytest.raises(EventError, match="declared in the code"):
        stored.forget("tests.new")
    stored.forget("tests.old")
    with pytest.raises(EventError, match="no stored subscriber"):
        stored.forget("tests.old")
    stored.store()
    assert Subscription.objects.filter(name="tests.new").exists()


def test_upcasters_are_for_older_versions_only() -> None:
    with pytest.raises(InvalidDeclaration, match="not older"):
        NEW.upcaster(version=2)
    assert NEW.upcast({"user_id": 1, "name": "a"}, 1) == {"user_id": 1, "name": "a", "reason": "unknown"}


def test_every_old_version_has_an_upcaster_and_a_golden_payload() -> None:
    """Of every event of the project: a payload of each old version, written down when it was the newest."""
    for event in registry.events.values():
        if not event.module.startswith("apps.") or ".tests." in event.module:
            continue
        folder = Path(str(sys.modules[event.module].__file__)).parent / "tests/golden"
        for version in range(1, event.version):
            golden = json.loads((folder / f"{event.name}.v{version}.json").read_text())
            event.decode(event.upcast(golden, version))


def test_a_parked_key_is_left_to_newer_code_too(effects: Effects, subscribe: Any) -> None:
    sick = [True]

    def declare_old() -> None:
        @subscribe(OLD, name="tests.recorder")
        def record(user_id: int, name: str, **_: Any) -> None:
            if sick[0]:
                raise ValueError
            effects.add(user_id, name)

    def declare_new() -> None:
        @subscribe(NEW, name="tests.recorder")
        def record(user_id: int, name: str, reason: str, **_: Any) -> None:
            effects.add(user_id, f"{name} {reason}")

    with running(OLD, declare_old):
        stored.store()
        OLD.send(sender=None, user_id=1, name="a")
        turn("tests.recorder")
    # The wait of a parked key is drawn by lot; here the stream has to come first.
    Lane.objects.update(due_at=timezone.now() + timedelta(hours=1))
    with running(NEW, declare_new):
        NEW.send(sender=None, user_id=1, name="b", reason="why")
        NEW.send(sender=None, user_id=2, name="x", reason="why")
        turn("tests.recorder")
    with running(OLD, declare_old):
        sick[0] = False
        for _ in range(3):
            drain(registry.subscribers["tests.recorder"], impatient=True)
    assert Lane.objects.get().key == "user:1"
    with running(NEW, declare_new):
        deliver_all()
    assert [text for _, text in effects.all()] == ["x why", "a", "b why"]
