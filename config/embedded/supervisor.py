"""The parent of the embedded PostgreSQL: starts it, and stops it when nobody uses it any more.

A program of its own (standard library only, started with `python -I`), because it outlives whoever starts it:
it stops the server some seconds after the last lease is gone, and if it dies itself, the kernel tells the
server to stop. It says `ready` or what went wrong on stdout, then closes it.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

GRACE_S = 3.0  # after the last lease; spares a restart between two commands
POLL_S = 0.25
START_S = 600.0  # after a crash every file is synced first: minutes on a busy disk
FAST_STOP_S = 20.0
PR_SET_PDEATHSIG = 1

hurried = False


def hurry(*_: object) -> None:
    """Do not wait for the grace period (the answer to SIGTERM and SIGINT)."""
    global hurried
    hurried = True


def stop_with_parent() -> None:
    """Ask the kernel to stop this process (fast shutdown) when its parent dies; Linux only."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def attempt(fd: int) -> bool:
    """Return whether the exclusive lock could be had without waiting."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def tell(word: str) -> None:
    """Say the one thing the starter waits for, and let go of its pipe."""
    os.write(1, word.encode())
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)


def is_ready(data: Path, pid: int) -> bool:
    """Return whether this server, not a killed one before it, wrote that it accepts connections."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def wait_until_unused(server: subprocess.Popen[bytes], lease: int) -> None:
    """Return when nobody has held a lease for the grace period (we hold the lock then), or it is gone."""
    unused_since = None
    while server.poll() is None:
        if not attempt(lease):
            unused_since = None
        else:
            unused_since = unused_since or time.monotonic()
            if hurried or time.monotonic() - unused_since >= GRACE_S:
                return
            fcntl.flock(lease, fcntl.LOCK_UN)
        time.sleep(POLL_S / 10 if hurried else POLL_S)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Shut down fast (sessions are cut, nothing is lost); then at once; then by force."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(number)
        try:
            server.wait(FAST_STOP_S)
        except subprocess.TimeoutExpired:
            continue


def main(settings: dict[str, Any]) -> None:
    """Run one server from its start to its end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, hurry)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.chdir("/")
    alive = os.open(settings["supervisor_lock"], os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(alive, fcntl.LOCK_EX)
    os.ftruncate(alive, 0)
    os.write(alive, str(os.getpid()).encode())
    lease = os.open(settings["lease"], os.O_RDWR | os.O_CREAT, 0o600)
    data, sockets = Path(settings["data"]), Path(settings["sockets"])
    group = settings["gid"]
    with open(settings["log"], "ab") as log:
        server = subprocess.Popen(
            settings["command"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=data,
            user=settings["uid"], group=group, extra_groups=None if group is None else [group],
            env=settings["environment"], start_new_session=True, preexec_fn=stop_with_parent,
        )  # fmt: skip
    deadline = time.monotonic() + START_S
    while not is_ready(data, server.pid) and server.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    if is_ready(data, server.pid) and server.poll() is None:
        tell("ready")
        wait_until_unused(server, lease)
    else:
        stop(server)
        tell("failed")
    stop(server)
    for path in sockets.glob(".s.PGSQL.*"):
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        sockets.rmdir()


if __name__ == "__main__":
    if os.fork() == 0:  # the starter waits for its child only, never for us: no zombie stays with it
        main(json.load(sys.stdin))
