"""`./dev test`: the whole suite in parallel, or one plain pytest run with the arguments given."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from config.embedded.locks import FileLock
from config.launcher import services
from config.launcher.talk import CHECKOUT, say

WORKERS_MAX = 8  # each has a database of its own


def main(arguments: list[str]) -> int:
    """Become pytest, holding the checkout's test lock: two runs would share their test databases."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--shots", type=Path)
    own, rest = parser.parse_known_args(arguments)
    os.environ["TESTING"] = "1"
    lock = FileLock(CHECKOUT / ".data" / "test.lock")
    if not lock.attempt():
        say("Another ./dev test runs in this checkout; waiting for it.")
        lock.take()
    os.set_inheritable(lock.fd, True)  # pytest holds it from here on
    say(f"Testing on {services.database()}.")
    command = [sys.executable, "-m", "pytest"]
    if own.slow:
        command.append("--slow")
    if own.shots:
        command += ["--shots", str(own.shots.absolute())]
        rest = rest or ["-m", "browser"]
    if not rest:
        os.chdir(CHECKOUT)
        rest = parallel()
    os.execv(sys.executable, [*command, *rest])


def parallel() -> list[str]:
    """Return the arguments that use every core."""
    workers = min(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, WORKERS_MAX
    )
    return ["-n", str(workers)] if workers > 1 else ["-p", "no:xdist"]
