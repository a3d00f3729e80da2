"""Webhooks to a receiver on loopback: how many a second, how soon, and beside others that hang."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any

from benchmarks import databases
from benchmarks.receiver import Receiver, receiving
from benchmarks.rows import Row, Sizes, by_turns, measurement, ratio

DATABASE = "deltacrown_bench_webhooks"
USERS = 100
PLAYER = 7
# So many endpoints take so many events each.
ENDPOINTS, EVENTS = 50, 24
# How many of the peer's requests are under way: with more or fewer it is slower.
PEERS = 20
CROWD, HANGING, CROWD_EVENTS = 1_000, 100, 4
BOUND_MS = 20.0
PAUSE_S = 0.06
START_S = 60.0

TABLE = """
CREATE TABLE bench_answer (id bigserial PRIMARY KEY, message_id uuid, status int, body text, at timestamptz)
"""
INSERT = "INSERT INTO bench_answer (message_id, status, body, at) VALUES (%s, %s, %s, now())"
FORGET = "TRUNCATE webhooks_endpoint, webhooks_delivery, webhooks_attempt"


@measurement("webhooks")
def webhooks(sizes: Sizes) -> Iterator[Row]:
    """Send to a receiver that answers at once."""
    databases.fill(DATABASE, USERS)
    databases.use(DATABASE)
    from django.db import connection

    from apps.events import wakeup

    try:
        with receiving() as receiver:
            bench = Bench(receiver)
            yield bench.per_worker(sizes)
            yield bench.beside_hanging(sizes)
            yield bench.after_commit(sizes)
    finally:
        wakeup.close()
        connection.close()
        databases.drop(DATABASE)


class Bench:
    """A receiver, and the site that tells it."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        execute(TABLE)
        # As in production: a commit is there when the client hears of it.
        execute(f"ALTER DATABASE {DATABASE} SET synchronous_commit = on")

    def per_worker(self, sizes: Sizes) -> Row:
        """Send as one worker process does, beside a loop of httpx."""
        count = ENDPOINTS * EVENTS

        def ours() -> float:
            self.prepare([f"/{n}" for n in range(ENDPOINTS)], EVENTS)
            return count / self.sent(count)

        def theirs() -> float:
            return count / asyncio.run(bare_loop(self.receiver.url, count))

        mine, peers = by_turns(sizes.rounds, ours, theirs)
        return Row(
            "webhooks a worker process brings, signed and logged", round(median(mine)),
            "a bare httpx loop and a row for each answer", round(median(peers)), "deliveries/s",
            ratio(mine, peers), 0.5,
        )  # fmt: skip

    def beside_hanging(self, sizes: Sizes) -> Row:
        """Send to many endpoints of which some never answer, beside the same when all do."""
        healthy = CROWD - HANGING

        def p95(word: str) -> float:
            others = [f"/{word}/{n}" for n in range(HANGING)]
            self.prepare([f"/{n}" for n in range(healthy)] + others, CROWD_EVENTS)
            began = time.perf_counter()
            self.sent(CROWD_EVENTS * (healthy if word == "hang" else CROWD))
            mine = [each.at - began for each in self.receiver.arrivals() if each.path.count("/") == 1]
            assert len(mine) == CROWD_EVENTS * healthy, len(mine)
            return 1000 * sorted(mine)[int(0.95 * len(mine))]

        some, none = by_turns(max(1, sizes.rounds // 3), lambda: p95("hang"), lambda: p95("well"))
        return Row(
            f"{CROWD:,} endpoints, {HANGING} of them hang: p95 of the others (bound: 1.5 times)",
            round(median(some), 1), "none hangs", round(median(none), 1), "ms", ratio(none, some),
            round(1 / 1.5, 3),
        )  # fmt: skip

    def after_commit(self, sizes: Sizes) -> Row:
        """Commit now and then, and see when the receiver has it."""
        from apps.events.models import EventLog

        self.prepare(["/one"], 0)
        count = round(60 * sizes.seconds)
        with working(DATABASE, "worker", "deliver_webhooks"):
            self.wait_for_the_first()
            committed = [committed_at() for _ in range(count)]
            time.sleep(1)
            at = {each.id: each.at for each in self.receiver.arrivals()}
        logged = EventLog.objects.filter(event_type="level_up").order_by("-id")[:count]
        ids = [str(each.uid) for each in reversed(logged)]
        taken = [1000 * (at[uid] - began) for uid, began in zip(ids, committed, strict=True)]
        found = round(median(taken), 1)
        return Row(
            "from the commit to the receiver of a webhook, p50 (bound: 20 ms)", found, "the bound", BOUND_MS,
            "ms", round(BOUND_MS / found, 3), 1.0,
        )  # fmt: skip

    def wait_for_the_first(self) -> None:
        """Return once the processes are at work. Raises TimeoutError."""
        committed_at()
        deadline = time.monotonic() + START_S
        while not self.receiver.arrivals():
            time.sleep(0.1)
            if time.monotonic() > deadline:
                raise TimeoutError(f"no message came within {START_S} s")

    def prepare(self, paths: Sequence[str], events: int) -> None:
        """Make endpoints, and let all of them wait for so many events."""
        from apps.events import registry, sequencer
        from apps.events.delivery.drain import Outcome, drain
        from apps.gamification.signals import level_up
        from apps.webhooks.models import Delivery

        execute(FORGET)
        create_endpoints(f"{self.receiver.url}{path}" for path in paths)
        level_up.send_many(None, [{"user_id": PLAYER, "level": 2 + n} for n in range(events)])
        sequencer.stamp()
        while drain(registry.subscribers["webhooks.enqueue_deliveries"]) is Outcome.WORKED:
            pass
        assert Delivery.objects.count() == events * len(paths)
        execute("ANALYZE webhooks_endpoint, webhooks_delivery, event_log")
        self.receiver.arrivals()

    def sent(self, count: int) -> float:
        """Let a sender work until so many messages came back; return how long it took, in seconds."""
        from apps.webhooks.models import Delivery, Outcome

        began = time.perf_counter()
        asyncio.run(send(count))
        took = time.perf_counter() - began
        outcomes = Counter(Delivery.objects.values_list("outcome", "note"))
        assert outcomes[Outcome.DELIVERED, ""] == count, outcomes
        return took


async def send(count: int) -> None:
    """Run a sender until so many answers are written down."""
    from apps.webhooks.sending.sender import Sender

    class Leaving(Sender):
        left = count

        async def note(self) -> bool:
            self.left -= len(self.done)
            noted = await super().note()
            if self.left <= 0 and not self.stopping:
                self.stop()
                for task in self.tasks:
                    task.cancel()
            return noted

    await Leaving().run()


async def bare_loop(url: str, count: int) -> float:
    """Post as often with httpx, some at once, and insert a row after each; return how long it took."""
    import httpx
    import psycopg

    from apps.events import wakeup

    async with (
        httpx.AsyncClient() as client,
        await psycopg.AsyncConnection.connect(**wakeup.parameters()) as rows,
    ):
        messages = iter(range(count))
        body, headers = secrets.token_hex(100), {"content-type": "application/json"}

        async def one_after_the_other() -> None:
            for _ in messages:
                answer = await client.post(f"{url}/bare", content=body, headers=headers)
                await rows.execute(INSERT, [None, answer.status_code, answer.text])

        began = time.perf_counter()
        await asyncio.gather(*(one_after_the_other() for _ in range(PEERS)))
        return time.perf_counter() - began


def create_endpoints(urls: Any) -> None:
    """Make endpoints of the platform that hear of levels, past the limit that somebody has."""
    from apps.user_profile.services import sealing
    from apps.webhooks.models import PURPOSE, Endpoint, Owner
    from apps.webhooks.services.endpoints import new_secret

    Endpoint.objects.bulk_create(
        Endpoint(
            owner=Owner.PLATFORM,
            created_by_id=PLAYER,
            name="Bench",
            sealed_url=sealing.seal(url, purpose=PURPOSE),
            sealed_secret=sealing.seal(new_secret(), purpose=PURPOSE),
            types=["level_up"],
        )
        for url in urls
    )


def committed_at() -> float:
    """Commit an event, then wait a little; return when it was committed."""
    from apps.gamification.signals import level_up

    level_up.send(None, user_id=PLAYER, level=2)
    at = time.perf_counter()
    time.sleep(PAUSE_S)
    return at


def execute(sql: str) -> None:
    """Run a statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)


@contextmanager
def working(name: str, *words: str) -> Iterator[None]:
    """Run commands of `manage.py` on a database for the length of the block."""
    with ExitStack() as stack:
        for word in words:
            process = subprocess.Popen([sys.executable, "manage.py", word], env=databases.environment(name))
            stack.callback(process.wait, 30)
            stack.callback(process.terminate)
        yield
