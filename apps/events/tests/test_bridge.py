"""The bridge to JetStream on a real broker, and the reference service behind it."""

import asyncio
import json
import os
import re
import runpy
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import nats
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from nats.js.api import StreamConfig

from apps.events import again, sequencer, wakeup
from apps.events.asyncapi import SUBJECT
from apps.events.bridge import position
from apps.events.bridge.jetstream import STREAM, Bridge
from apps.events.bridge.position import Overtaken
from apps.events.errors import InvalidEvent
from apps.events.models import EventLog
from apps.events.testing import database_url, wait_until
from apps.user_profile.signals import display_name_changed, user_followed, user_unfollowed

from .brokers import Broker
from .sample import pinged

ROOT = Path(str(settings.BASE_DIR))
SERVICE = ROOT / "examples" / "follower_counts" / "service.py"
FOLLOWED = 9

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def broker(require_service: Callable[[str], str], tmp_path: Path) -> Iterator[Broker]:
    one = Broker(require_service("nats-server"), tmp_path / "nats")
    one.start()
    yield one
    one.kill()


def follow(count: int) -> None:
    """Let so many players follow one, and every third of them think better of it."""
    rows = [{"follower_id": number, "followed_id": FOLLOWED} for number in range(1, count + 1)]
    user_followed.send_many(None, rows)
    user_unfollowed.send_many(None, rows[::3])
    sequencer.stamp()


def publish(broker: Broker) -> None:
    """Run the bridge in this process until all is published."""

    async def main() -> None:
        bridge = Bridge(broker.url)
        running = asyncio.create_task(bridge.run())
        while await bridge.ask(position.status) != await bridge.ask(caught_up):
            await asyncio.sleep(0.02)
        bridge.stop()
        await running

    asyncio.run(main())


def caught_up() -> position.Status:
    return position.Status(sequencer.head(), sequencer.head(), position.epoch())


def kept(broker: Broker) -> list[tuple[dict[str, Any], dict[str, str]]]:
    """Return what the broker has, as (event, headers)."""

    async def main() -> list[tuple[dict[str, Any], dict[str, str]]]:
        async with await nats.connect(broker.url) as client:
            stream = client.jetstream()
            last = (await stream.stream_info(STREAM)).state.last_seq
            found = [await stream.get_msg(STREAM, seq) for seq in range(1, last + 1)]
            return [(json.loads(one.data or b""), dict(one.headers or {})) for one in found]

    return asyncio.run(main())


def test_everything_is_published_in_order_once(broker: Broker) -> None:
    follow(30)
    display_name_changed.send(None, user_id=7, old_name="Ada", new_name="Countess")
    sequencer.stamp()
    publish(broker)
    messages = kept(broker)
    assert [event["position"] for event, _headers in messages] == list(range(1, 42))
    event, headers = messages[-1]
    logged = EventLog.objects.get(event_type="display_name_changed")
    assert event["id"] == str(logged.uid)
    assert headers["DeltaCrown-Epoch"] == position.epoch() == position.status().epoch
    assert headers["Nats-Msg-Id"] == f"{position.epoch()}/{logged.uid}"
    # Nothing that says something about a person leaves.
    assert event["data"] == {"user_id": 7, "old_name": None, "new_name": None}

    position.rewind(20)  # as if it had died before it could remember
    publish(broker)
    assert len(kept(broker)) == 41


def test_the_position_moves_only_after_the_broker_has_it(broker: Broker) -> None:
    follow(3)
    publish(broker)
    before = position.status().position
    broker.kill()
    follow(3)

    async def in_vain() -> None:
        bridge = Bridge(broker.url)
        running = asyncio.create_task(bridge.run())
        await asyncio.sleep(0)
        for _try in range(3):
            await bridge.ask(position.status)
        bridge.stop()
        await running

    asyncio.run(in_vain())
    assert position.status().position == before
    broker.start()
    publish(broker)
    assert position.status().lag == 0
    with pytest.raises(Overtaken):
        position.advance(before=before, after=before + 1)


def test_what_this_code_cannot_read_is_waited_for_not_passed_over() -> None:
    pinged.send(None, user_id=1)
    pinged.send(None, user_id=2)
    sequencer.stamp()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pinged, "version", 0)
        with pytest.raises(InvalidEvent):
            position.waiting()
    assert [message.position for message in position.waiting()] == [1, 2]


def test_what_is_not_published_is_not_pruned() -> None:
    follow(6)
    position.rewind(2)
    again.prune(timezone.now() + timedelta(days=1))
    assert position.waiting()[0].position == 3


def test_one_process_publishes_and_another_takes_its_place() -> None:
    with closing(wakeup.connect()) as first, closing(wakeup.connect()) as second:
        assert position.lease(first)
        assert not position.lease(second)
        first.close()
        wait_until(lambda: position.lease(second))


def test_the_command_says_what_it_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="NATS_URL"):
        call_command("bridge_jetstream")
    with pytest.raises(CommandError, match="begin with 1"):
        call_command("bridge_jetstream", "--from", "0")
    call_command("bridge_jetstream", "--from", "1", "--status")
    assert capsys.readouterr().out == "position 0, 0 events wait, epoch none\n"


def test_a_service_can_tell_what_a_restore_took_back(counts: Path) -> None:
    """The log lost its last two events; one that survived is heard again, and another takes a place."""
    loaded = runpy.run_path(str(SERVICE))
    handle = loaded["handle"]
    orphans = "".join(re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "bridge.md").read_text(), re.DOTALL))
    orphans = orphans.replace("the former one", "a").replace("the new one", "b")

    def event(name: str, number: int) -> dict[str, Any]:
        return {"id": name, "position": number, "type": "user_followed", "data": {"followed_id": FOLLOWED}}

    with closing(loaded["open_database"](str(counts))) as database:
        assert [handle(database, event(f"e{n}", n), "a") for n in (1, 2, 3, 4)] == [True] * 4
        assert not handle(database, event("e2", 2), "b")
        assert handle(database, event("f3", 3), "b")
        assert database.execute(orphans).fetchall() == [("e3",), ("e4",)]
        with pytest.raises(loaded["Gap"], match="--from 4"):
            handle(database, event("f6", 6), "b")
        assert database.execute("SELECT count FROM follower_counts").fetchall() == [(5,)]


class Processes:
    """The bridge and the service as programs, on the test's database and broker."""

    def __init__(self, broker: Broker, counts: Path) -> None:
        environment = {**os.environ, "DATABASE_URL": database_url(), "NATS_URL": broker.url, "TESTING": "1"}
        self.commands = {
            "bridge": [sys.executable, str(ROOT / "manage.py"), "bridge_jetstream"],
            "service": [sys.executable, str(SERVICE), broker.url, str(counts)],
        }
        self.environment = environment
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, name: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(self.commands[name], env=self.environment)
        self.running.append(process)
        return process

    def kill(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    return tmp_path / "counts.sqlite"


@pytest.fixture
def processes(broker: Broker, counts: Path) -> Iterator[Processes]:
    ours = Processes(broker, counts)
    yield ours
    ours.kill()


def handled(counts: Path) -> int:
    """Return how many events the service has in its inbox."""
    if not counts.exists():
        return 0
    with closing(sqlite3.connect(counts)) as database:
        tables = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'inbox'").fetchone()[0]
        return int(database.execute("SELECT count(*) FROM inbox").fetchone()[0]) if tables else 0


def test_every_effect_is_there_once_whatever_dies(broker: Broker, processes: Processes, counts: Path) -> None:
    """Both programs and the broker are killed; the broker keeps repeats, too; each event counts once."""
    short = StreamConfig(name=STREAM, subjects=[f"{SUBJECT}.>"], duplicate_window=0.1)

    async def make() -> None:
        async with await nats.connect(broker.url) as client:
            await client.jetstream().add_stream(short)

    asyncio.run(make())
    bridge, service = processes.start("bridge"), processes.start("service")
    follow(150)
    wait_until(lambda: handled(counts) > 20)
    service.kill()
    bridge.kill()
    broker.kill()
    broker.start()
    position.rewind(max(0, position.status().position - 30))  # what is published twice, and kept twice
    follow(60)
    bridge, service = processes.start("bridge"), processes.start("service")
    broken = position.status().position
    wait_until(lambda: position.status().position > broken)
    broker.kill()
    broker.start()
    wait_until(lambda: position.status().lag == 0)
    wait_until(lambda: handled(counts) == sequencer.head())
    for process in (bridge, service):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0

    ids = Counter(event["id"] for event, _headers in kept(broker))
    assert max(ids.values()) > 1, "nothing was repeated: this test shows nothing"
    with closing(sqlite3.connect(counts)) as database:
        assert database.execute("SELECT * FROM follower_counts").fetchall() == [(FOLLOWED, 210 - 70)]
        heard = {row[0] for row in database.execute("SELECT event_id FROM inbox")}
        inbox = [row[0] for row in database.execute("SELECT position FROM inbox ORDER BY rowid")]
    assert heard == {str(uid) for uid in EventLog.objects.values_list("uid", flat=True)}
    assert inbox == list(range(1, sequencer.head() + 1))
