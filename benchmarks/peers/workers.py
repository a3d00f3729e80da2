"""Worker processes of a peer, started and ended by the measurements."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks import databases
from benchmarks.peers import marks
from benchmarks.peers.peer import Peer

STOP_S = 15.0
# How long the slowest may take for what it was given.
WAIT_S = 180.0
LOOK_S = 0.05
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Stuck(Exception):
    """A peer's workers do not finish what they were given."""


class Workers:
    """The processes of one peer."""

    def __init__(self, peer: Peer, log: Path) -> None:
        self.peer, self.log = peer, log
        env = databases.environment(databases.current())
        with log.open("wb") as out:
            self.processes = [
                subprocess.Popen(
                    peer.command(), env=env, cwd=databases.CHECKOUT, stdin=subprocess.DEVNULL,
                    stdout=out, stderr=out, start_new_session=True,
                )
                for _ in range(peer.processes)
            ]  # fmt: skip

    def wait_for(self, count: int) -> marks.Marks:
        """Return the marks once so many jobs are done. Raises Stuck."""
        deadline = time.monotonic() + WAIT_S
        while len((found := marks.read()).done) < count:
            died = any(process.poll() is not None for process in self.processes)
            if died or time.monotonic() > deadline:
                told = self.log.read_text(errors="replace")[-2_000:]
                raise Stuck(f"{self.peer.name}: {len(found.done)} of {count} jobs are done.\n{told}")
            time.sleep(LOOK_S)
        return found

    def cpu_s(self) -> float:
        """Return the processor time of the processes and of all that they started."""
        sessions = {process.pid for process in self.processes}
        return sum(ticks for session, ticks in each_process() if session in sessions) / TICKS_PER_S

    def memory_mb(self) -> float:
        """Return the resident memory of the processes."""
        pages = [int(Path(f"/proc/{each.pid}/statm").read_text().split()[1]) for each in self.processes]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def stop(self) -> None:
        """End them; whoever does not listen is killed, with what it started."""
        for process in self.processes:
            process.terminate()
        deadline = time.monotonic() + STOP_S
        for process in self.processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def each_process() -> Iterator[tuple[int, int]]:
    """Yield the session and the processor ticks of each process of the machine."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        yield int(fields[3]), int(fields[11]) + int(fields[12])


@contextmanager
def working(peer: Peer) -> Iterator[Workers]:
    """Run a peer's workers for the length of the block."""
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        workers = Workers(peer, Path(log.name))
        try:
            yield workers
        finally:
            workers.stop()
