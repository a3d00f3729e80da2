"""Again from the log: replay, rebuild, prune; and what may not be replayed."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from apps.events import again, deadletters, registry, sequencer, stored
from apps.events.again import CannotReplay, Selection
from apps.events.delivery.drain import Outcome, drain
from apps.events.errors import EventError
from apps.events.models import Act, DeadLetter, EventLog, EventStream, Lane, Subscription
from apps.events.protection import log_unlocked
from apps.events.testing import deliver_all
from apps.events.worker import Worker

from . import sample
from .conftest import Effects
from .test_emit import TYPED
from .turns import ping, texts

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "tests.recorder"


@pytest.fixture
def both(effects: Effects, subscribe: Any) -> Effects:
    """Record pings and pongs, and whether they were heard again."""

    @subscribe(sample.pinged, sample.ponged, name=NAME)
    def record(user_id: int, text: str, event: Any, **_: Any) -> None:
        effects.add(user_id, text + ("'" if event.replay else ""))

    return effects


def test_a_replay_comes_before_what_is_new(both: Effects) -> None:
    ping("a", "b")
    deliver_all()
    made = again.replay(NAME, Selection())
    assert made.counts == {"pinged": 2}
    ping("c")
    deliver_all()
    assert texts(both) == ["a", "b", "a'", "b'", "c"]


def test_a_selection_by_type_user_and_position(both: Effects) -> None:
    ping("a")
    ping("b", user_id=2)
    sample.ponged.send(sender=None, user_id=1, text="c")
    ping("d")
    deliver_all()
    again.replay(NAME, Selection(since=2, types=["pinged"]))
    deliver_all()
    assert texts(both)[4:] == ["b'", "d'"]
    again.replay(NAME, Selection(users=[1], to=3))
    deliver_all()
    assert texts(both)[6:] == ["a'", "c'"]
    assert Subscription.objects.get(name=NAME).position == 4


def test_a_plan_only_counts(both: Effects) -> None:
    ping("a", "b")
    deliver_all()
    assert again.plan(NAME, Selection(since=2)).total == 1
    deliver_all()
    assert texts(both) == ["a", "b"]


def test_one_replay_at_a_time(both: Effects) -> None:
    ping("a")
    deliver_all()
    again.replay(NAME, Selection())
    with pytest.raises(CannotReplay, match="being replayed"):
        again.replay(NAME, Selection())


def test_a_key_that_fails_in_a_replay_keeps_its_order(effects: Effects, subscribe: Any) -> None:
    bad: set[str] = set()

    @subscribe(sample.pinged, name=NAME)
    def record(user_id: int, text: str, **_: Any) -> None:
        if text in bad:
            raise ValueError(text)
        effects.add(user_id, text)

    ping("a", "b", "c")
    ping("x", user_id=2)
    deliver_all()
    again.replay(NAME, Selection(types=["pinged"]))
    bad.add("b")
    drain(registry.subscribers[NAME])
    assert Lane.objects.get().key == "user:1"
    bad.clear()
    deliver_all()
    mine = [text for user_id, text in effects.all() if user_id == 1]
    assert mine == ["a", "b", "c"] * 2


def test_what_reaches_people_is_never_replayed(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.pinged, name=NAME, replay="refuse")
    def notify(**_: Any) -> None: ...

    stored.store(strict=False)
    with pytest.raises(CannotReplay, match="people"):
        again.replay(NAME, Selection())


def test_a_subscriber_without_reset_is_not_rebuilt(both: Effects) -> None:
    stored.store(strict=False)
    with pytest.raises(CannotReplay, match="reset="):
        again.rebuild(NAME)
    with pytest.raises(CannotReplay, match="no code declares"):
        again.replay("tests.nobody", Selection())
    with pytest.raises(CannotReplay, match="does not hear"):
        again.replay(NAME, Selection(types=["typed"]))


def test_the_log_is_append_only() -> None:
    ping("a")
    with pytest.raises(DatabaseError, match="append-only"):
        EventLog.objects.update(version=7)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM event_log")
    with transaction.atomic(), log_unlocked():
        EventLog.objects.update(version=7)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        EventLog.objects.update(version=8)


def test_prune_keeps_what_somebody_has_not_handled(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.pinged, name=NAME)
    def record(user_id: int, text: str, **_: Any) -> None:
        if text == "c":
            raise ValueError(text)

    ping("a", "b", "c", "d", "e")
    deliver_all()
    Subscription.objects.exclude(name=NAME).delete()
    assert again.prune(timezone.now() + timedelta(days=1)) == (2, 3)
    assert list(EventStream.objects.order_by("position").values_list("position", flat=True)) == [3, 4, 5]
    assert EventLog.objects.count() == 3
    with pytest.raises(CannotReplay, match="pruned"):
        again.replay(NAME, Selection())
    assert again.replay(NAME, Selection(since=4)).total == 2
    assert again.prune(timezone.now() - timedelta(days=1))[0] == 0


def test_the_commands(both: Effects) -> None:
    def events(*words: str) -> str:
        out = io.StringIO()
        call_command("events", *words, stdout=out)
        return out.getvalue()

    ping("a", "b")
    deliver_all()
    told = json.loads(events("replay", NAME, "--from", "2", "--dry-run", "--json"))
    assert told["events"] == {"pinged": 1}
    assert told["dry_run"]
    since = EventLog.objects.order_by("id").last().created_at.isoformat()  # type: ignore[union-attr]
    assert "hears again: 1 pinged" in events("replay", NAME, "--from-time", since)
    deliver_all()
    assert texts(both) == ["a", "b", "b'"]
    with pytest.raises(CommandError, match="no reset="):
        events("rebuild", NAME)
    events("pause", NAME, "--reason", "a drill")
    status = {row["subscriber"]: row for row in json.loads(events("status", "--json"))}
    assert status[NAME]["paused"].endswith("a drill")
    events("resume", NAME)
    with pytest.raises(CommandError, match="--yes"):
        events("prune", "--older-than-days", "30")
    assert "0 events deleted" in events("prune", "--older-than-days", "30", "--yes")
    with pytest.raises(CommandError, match="no subscriber"):
        events("pause", "tests.nobody", "--reason", "x")
    with pytest.raises(CommandError, match="not a time"):
        events("replay", NAME, "--from-time", "yesterday")


def test_a_log_from_another_cluster_is_refused_and_taken_over(both: Effects) -> None:
    """As a dump that was restored into a younger cluster: its transaction ids lie in the future there."""
    ping("a")
    deliver_all()
    ping("b")
    with transaction.atomic(), log_unlocked(), connection.cursor() as cursor:
        cursor.execute("UPDATE event_log SET xid = '4564383641'")
        cursor.execute("UPDATE event_sequencer SET system_identifier = '1', since = '4564383641:4564383641:'")
    with pytest.raises(CommandError, match="another PostgreSQL cluster"):
        call_command("worker")
    ping("c")
    with pytest.raises(CommandError, match="--yes"):
        call_command("events", "rebase")
    call_command("events", "rebase", "--yes", stdout=io.StringIO())
    sequencer.check_cluster()
    ping("d")
    deliver_all()
    assert texts(both) == ["a", "b", "c", "d"]
    assert sequencer.head() == 4


def test_a_replay_for_others_leaves_a_parked_key_what_it_is_owed(effects: Effects, subscribe: Any) -> None:
    bad = {"b"}

    @subscribe(sample.pinged, name=NAME)
    def record(user_id: int, text: str, **_: Any) -> None:
        if text in bad:
            raise ValueError(text)
        effects.add(user_id, text)

    ping("a", "b", "c")
    ping("x", "y", user_id=2)
    stored.store(strict=False)
    sequencer.stamp()
    drain(registry.subscribers[NAME])
    again.replay(NAME, Selection(users=[2]))
    bad.clear()
    drain(registry.subscribers[NAME], impatient=True)
    assert not Lane.objects.exists()
    deliver_all()
    assert [text for user_id, text in effects.all() if user_id == 1] == ["a", "b", "c"]
    assert [text for user_id, text in effects.all() if user_id == 2] == ["x", "y"] * 2


def test_a_replay_never_goes_forward(both: Effects) -> None:
    ping("a")
    deliver_all()
    with pytest.raises(CannotReplay, match="not come further than position 1"):
        again.replay(NAME, Selection(since=100))
    with pytest.raises(CannotReplay, match="not come further"):
        again.plan(NAME, Selection(since=again.position_at(timezone.now() + timedelta(days=1))))


def test_an_idle_worker_notices_a_replay(both: Effects) -> None:
    stored.store(strict=False)
    ping("a")
    sample.typed.send(sender=None, **TYPED)
    worker = Worker()
    for _ in range(3):
        worker.cycle()
    sample.typed.send(sender=None, **TYPED)
    for _ in range(3):
        worker.cycle()
    again.replay(NAME, Selection())
    for _ in range(3):
        worker.cycle()
    worker.disconnect()
    assert texts(both) == ["a", "a'"]


def test_the_event_of_a_skipped_letter_may_be_gone(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.pinged, name=NAME, on_dead="skip")
    def fail(**_: Any) -> None:
        raise ValueError

    ping("a")
    ping("b", user_id=2)
    deliver_all()
    Subscription.objects.exclude(name=NAME).delete()
    again.prune(timezone.now() + timedelta(days=1))
    letter = DeadLetter.objects.order_by("position").first()
    assert letter is not None
    with pytest.raises(EventError, match="was pruned"):
        deadletters.retry(letter.pk, by="ops")
    deadletters.discard(letter.pk, by="ops", reason="pruned")


def test_a_replay_that_is_stopped_goes_on_behind_what_was_heard(effects: Effects, recorder: Effects) -> None:
    ping("a", "b", "c")
    deliver_all()
    with pytest.raises(CannotReplay, match="not being replayed"):
        again.stop(NAME)
    again.replay(NAME, Selection(), by="ops", reason="a drill")
    assert drain(registry.subscribers[NAME], limit=1) is Outcome.WORKED
    ping("d")
    assert again.stop(NAME, by="ops", reason="enough") == 1
    deliver_all()
    assert [text for _, text in effects.all()] == ["a", "b", "c", "a", "d"]
    assert [act.verb for act in Act.objects.order_by("id")] == ["replay", "stop replay"]
