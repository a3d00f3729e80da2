"""The process that forks emitters and workers, and the board where workers show what they are at."""

import contextlib
import mmap
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from . import actors

CHECKOUT = Path(__file__).resolve().parents[2]


class Zygote:
    """Starts processes by forking one that has loaded everything."""

    def __init__(self, folder: Path, *, workers: int, database: str, url: str | None = None) -> None:
        """Work on `database`, of the server at `url` if it is not that of this process."""
        self.folder = folder
        flags = folder / "flags"
        flags.write_bytes(bytes(workers))
        with flags.open("r+b") as file:
            self.board = mmap.mmap(file.fileno(), 0)
        self.process = subprocess.Popen(
            [sys.executable, "-m", actors.__name__, database, str(folder)],
            cwd=CHECKOUT,
            env={**os.environ, **({"DATABASE_URL": url} if url else {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.children: set[int] = set()

    def fork(self, role: str, slot: int, number: int, seed: int) -> int:
        """Start a process in a slot of its role; return its pid."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{role} {slot} {number} {seed}\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        self.children.add(pid)
        return pid

    def alive(self, pid: int) -> bool:
        """Tell whether a process still runs."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            self.children.discard(pid)
            return False
        return True

    def any_alive(self, pids: Iterable[int]) -> bool:
        """Tell whether any of these processes still runs."""
        return any(self.alive(pid) for pid in pids)

    def kill(self, pid: int) -> None:
        """Kill a process."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.children.discard(pid)

    def kill_inside(self, slot: int, pid: int) -> bool:
        """Kill a worker if it is inside a handler: freeze it first, so that it cannot leave meanwhile."""
        inside = self.freeze_inside(slot, pid)
        if inside:
            self.kill(pid)
            self.board[slot] = 0
        return inside

    def freeze_inside(self, slot: int, pid: int) -> bool:
        """Freeze a worker if it is inside a handler, and leave it so."""
        if not self.board[slot]:
            return False
        os.kill(pid, signal.SIGSTOP)
        if not self.board[slot]:
            os.kill(pid, signal.SIGCONT)
        return bool(self.board[slot])

    def told(self) -> dict[int, int]:
        """Return, of each key, the highest number whose commit an emitter was told."""
        highest: dict[int, int] = {}
        for file in self.folder.glob("told-*"):
            for key, seq in struct.iter_unpack("<qq", whole(file.read_bytes())):
                highest[key] = max(seq, highest.get(key, 0))
        return highest

    def told_events(self, slot: int) -> int:
        """Return how many events of an emitter are known to be committed."""
        try:
            size = (self.folder / f"told-{slot}").stat().st_size
        except FileNotFoundError:
            return 0
        return size // 16 * actors.EVENTS_PER_TRANSACTION

    def end(self) -> None:
        """Kill whatever is left."""
        for pid in list(self.children):
            self.kill(pid)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=10)
        self.board.close()


def whole(data: bytes) -> bytes:
    """Return the records without one that a killed emitter left half written."""
    return data[: len(data) // 16 * 16]
