"""The drill: emitters and workers at work, faults at their times, and the auditor at the end."""

import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from . import cluster as clusters
from . import faults
from .audit import HEARD_BY, TABLES, Findings, audit, handled, is_quiet
from .zygote import Zygote

EMITTERS, WORKERS = 8, 3
PATIENCE_S = 120.0
SUBSCRIBERS = sum(map(len, HEARD_BY.values()))


class Stuck(Exception):
    """The platform did not come to rest by itself."""


@dataclass
class Report:
    """What happened."""

    seed: int
    wanted: int
    findings: Findings
    kills: int
    restarts: int
    seconds: float
    # From the end of the emitters until everything was handled.
    recovered_s: float
    injected: Counter[str]
    not_run: dict[str, str]

    def line(self) -> str:
        """Return the last line of the drill."""
        found = self.findings
        return (
            f"events={self.wanted} effects={found.effects} subscribers={SUBSCRIBERS} kills={self.kills}"
            f" restarts={self.restarts}"
            f" lost={found.lost} doubled={found.doubled} disordered={found.disordered}"
        )


@dataclass
class Drill:
    """One run; what it does and when follows from the seed, what that meets does not."""

    cluster: clusters.Cluster
    zygote: Zygote
    seed: int
    events: int
    plan: list[tuple[int, str]]
    chance: random.Random
    emitters: list[int] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)
    forks: int = 0
    kills: int = 0
    restarts: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    not_run: dict[str, str] = field(default_factory=dict)

    def fork(self, role: str, slot: int, count: int) -> int:
        """Start a process of ours."""
        self.forks += 1
        return self.zygote.fork(role, slot, count, self.seed * 100_000 + self.forks)

    def share(self) -> int:
        """How many events each emitter has to commit."""
        return -(-self.events // EMITTERS)

    def replace_worker(self, slot: int) -> None:
        """Start another worker in a slot."""
        self.workers[slot] = self.fork("worker", slot, 0)

    def replace_emitter(self, slot: int) -> None:
        """Let another emitter do what is left of a slot's share."""
        self.emitters[slot] = self.fork("emitter", slot, self.share() - self.zygote.told_events(slot))

    def server_is_back(self, *, stopped: bool = True) -> None:
        """Start the server if it stopped; count it."""
        if stopped:
            self.cluster.start()
        self.restarts += 1

    def run(self) -> Report:
        """Do it all; raises Stuck when the platform does not come to rest."""
        began = time.monotonic()
        self.workers = [self.fork("worker", slot, 0) for slot in range(WORKERS)]
        self.emitters = [self.fork("emitter", slot, self.share()) for slot in range(EMITTERS)]
        waiting = list(self.plan)
        while waiting or self.zygote.any_alive(self.emitters):
            known = sum(self.zygote.told_events(slot) for slot in range(EMITTERS))
            tell(f"{known:>9,} of {self.events:,} events, {self.kills} kills, {self.restarts} restarts")
            # When the emitters are done early, what is still planned comes at once.
            if waiting and (known >= waiting[0][0] or not self.zygote.any_alive(self.emitters)):
                self.inject(waiting.pop(0)[1])
            else:
                time.sleep(0.005)
            self.see_to_the_workers()
        recovered_s = self.come_to_rest()
        with self.cluster.connect() as session:
            findings = audit(session, self.zygote.told())
        return Report(
            self.seed, self.events, findings, self.kills, self.restarts, time.monotonic() - began,
            recovered_s, self.injected, self.not_run,
        )  # fmt: skip

    def inject(self, name: str) -> None:
        """Make a fault happen."""
        try:
            faults.BY_NAME[name](self)
        except faults.NotRun as reason:
            self.not_run[name] = str(reason)
        else:
            self.injected[name] += 1

    def see_to_the_workers(self) -> None:
        """Refuse that a worker ends by itself."""
        for slot, pid in enumerate(self.workers):
            if not self.zygote.alive(pid):
                raise Stuck(f"worker {slot} ended by itself")

    def come_to_rest(self) -> float:
        """Wait until everything is handled, then stop the workers; return how many seconds that took."""
        began = moved_at = time.monotonic()
        known = -1
        while not self.rests():
            if (now := self.handled()) != known:
                known, moved_at = now, time.monotonic()
            if time.monotonic() - moved_at > PATIENCE_S:
                raise Stuck(f"not everything was handled, and nothing more was for {PATIENCE_S:.0f} s")
            time.sleep(0.2)
        took = time.monotonic() - began
        stopped_at = time.monotonic()
        for pid in self.workers:
            os.kill(pid, signal.SIGTERM)
        while self.zygote.any_alive(self.workers):
            if time.monotonic() - stopped_at > PATIENCE_S:
                raise Stuck("a worker did not stop")
            time.sleep(0.02)
        return took

    def handled(self) -> int:
        """Return how much was handled so far."""
        with self.cluster.connect() as session:
            return handled(session)

    def rests(self) -> bool:
        """Tell whether everything is handled; what is suspected only because we killed it, is tried again."""
        from django.db import connection

        from apps.events import deadletters

        for letter in deadletters.waiting():
            deadletters.retry(letter.pk, by="the drill", reason="killed by the drill")
        connection.close()
        with self.cluster.connect() as session:
            return is_quiet(session)


def tell(line: str) -> None:
    """Show how far the drill is, on one line of a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{line}\x1b[K")
        sys.stderr.flush()


def run(seed: int, events: int, history: Path, planned: list[tuple[int, str]] | None = None) -> Report:
    """Make a cluster, run the drill on it and remove it; `history` stays behind only when it failed."""
    import django

    chance = random.Random(seed)
    drawn = faults.plan(chance, events)
    history.parent.mkdir(parents=True, exist_ok=True)
    history.write_text(json.dumps({"seed": seed, "events": events, "plan": planned or drawn}))
    cluster = clusters.Cluster()
    with tempfile.TemporaryDirectory(prefix="deltacrown-chaos-") as folder:
        try:
            cluster.create()
            clusters.migrate(cluster.url)
            os.environ["DATABASE_URL"] = cluster.url
            django.setup()
            with psycopg.connect(cluster.url, autocommit=True) as session:
                session.execute(TABLES)
            zygote = Zygote(Path(folder), workers=WORKERS, database="drill", url=cluster.url)
            try:
                report = Drill(cluster, zygote, seed, events, planned or drawn, chance).run()
            finally:
                zygote.end()
        finally:
            cluster.destroy()
    if report.findings.is_clean:
        history.unlink()
    return report
