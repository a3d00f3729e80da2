"""Processes of `./dev run`: started in groups of their own, restarted when they die, none left at the end."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from config.launcher.talk import CHECKOUT, say

BACKOFF_S_BASE = 0.5
BACKOFF_S_MAX = 15.0
STEADY_S = 30.0  # a process that lived this long starts again without back-off
CRASHES_TOLD = 4  # in a row, before we say that it keeps dying
STOP_S = 8.0  # for a clean end; then by force
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def own_signals(parent: int) -> None:
    """In a new child of `parent`: undo what a shell may have made us ignore, and end when it dies (Linux)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose parent dies, so that none stays as a zombie (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def reap() -> None:
    """Collect the status of every child that has ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def members(group: int) -> Iterator[int]:
    """Yield the processes of a group that run this checkout's Python (a number may have been reused)."""
    ours = str(CHECKOUT / ".venv")
    if sys.platform == "linux":
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            with suppress(OSError, ValueError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) == group and ours in (entry / "cmdline").read_text(errors="replace"):
                    yield int(entry.name)
        return
    told = subprocess.run(["ps", "-A", "-o", "pid=,pgid=,command="], capture_output=True, text=True).stdout
    for line in told.splitlines():
        pid, pgid, command = line.split(None, 2)
        if int(pgid) == group and ours in command:
            yield int(pid)


def end_leftovers(groups: list[int]) -> None:
    """Kill what an earlier run left behind because it was killed itself."""
    for group in groups:
        left = list(members(group))
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if left:
            say(f"Ended {len(left)} processes of an earlier run.")
    deadline = time.monotonic() + 5
    while any(True for group in groups for _ in members(group)) and time.monotonic() < deadline:
        time.sleep(0.02)


class Child:
    """One process and its successors."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        again: Callable[[int], bool],
        stop_by: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Name it; `again` decides by the exit status whether it is started again."""
        self.name = name
        self.command = command
        self.again = again
        self.stop_by = stop_by
        self.process: asyncio.subprocess.Process | None = None
        self.stopping = False
        self.crashes = 0

    async def run(self, started: Callable[[], None]) -> int:
        """Keep it running until it ends for good; return its last exit status."""
        while True:
            began = time.monotonic()
            self.process = await asyncio.create_subprocess_exec(
                *self.command, cwd=CHECKOUT, stdin=subprocess.DEVNULL,
                start_new_session=True, preexec_fn=partial(own_signals, os.getpid()),
            )  # fmt: skip
            started()
            status = await self.process.wait()
            self.kill_group()  # what it started itself must not outlive it
            if self.stopping or not self.again(status):
                return status
            self.crashes = 1 if time.monotonic() - began > STEADY_S else self.crashes + 1
            if self.crashes == 1 or self.crashes % CRASHES_TOLD == 0:
                often = f" for the {self.crashes}th time in a row" if self.crashes > 1 else ""
                say(f"{self.name} ended ({describe(status)}){often}; it is started again.")
            await asyncio.sleep(min(BACKOFF_S_BASE * 2 ** (self.crashes - 1), BACKOFF_S_MAX))
            if self.stopping:
                return status

    def ask_to_stop(self) -> None:
        """Let it end cleanly, and not start again."""
        self.stopping = True
        if self.process and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(self.stop_by)

    def kill_group(self) -> None:
        """End it and everything it started, by force."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def describe(status: int) -> str:
    """Return an exit status in words."""
    if status >= 0:
        return f"exit status {status}"
    with suppress(ValueError):
        return f"killed by {signal.Signals(-status).name}"
    return f"killed by signal {-status}"


def always(status: int) -> bool:
    """Start again whatever happened."""
    return True


def when_killed(status: int) -> bool:
    """Start again only after a death that was not the program's own decision."""
    return status < 0
