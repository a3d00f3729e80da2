"""File locks. The kernel frees them however their holder dies, so no list of users can go stale."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


class LockTimeout(Exception):
    """Somebody else has held the lock for too long."""


class FileLock:
    """A lock on a file, held until `release` or the end of this process and its forks."""

    def __init__(self, path: Path) -> None:
        """Open the file, and make its directory; take nothing yet."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def take(self, *, shared: bool = False, timeout_s: float | None = None) -> None:
        """Wait for the lock. Raises LockTimeout after `timeout_s` seconds."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        if timeout_s is None:
            fcntl.flock(self.fd, kind)
            return
        deadline = time.monotonic() + timeout_s
        while not self.attempt(shared=shared):
            if time.monotonic() > deadline:
                raise LockTimeout
            time.sleep(0.02)

    def attempt(self, *, shared: bool = False) -> bool:
        """Take the lock if that needs no waiting; return whether it was taken."""
        try:
            fcntl.flock(self.fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give up this holder's reference; forks that share it keep the lock."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def __enter__(self) -> FileLock:
        """Return the lock itself; take it first."""
        return self

    def __exit__(self, *_: object) -> None:
        """Release it."""
        self.release()


def is_held(path: Path) -> bool:
    """Return whether any process holds the lock exclusively."""
    with FileLock(path) as lock:
        return not lock.attempt(shared=True)
