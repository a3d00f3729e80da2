"""When each job's effect was there: a file that all processes append to, by the clock that they share.

A mark is written once the effect has committed. Appending a short line is one call of the kernel
and costs the same for everybody.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

VARIABLE = "BENCH_MARKS"
BEGUN = "begun"


class Marks(NamedTuple):
    """What the processes wrote: when the first began, and when each job's effect was there."""

    begun: float
    done: dict[int, float]

    @property
    def per_s(self) -> float:
        """How many jobs a second were handled from the first one's beginning to the last one's commit."""
        return len(self.done) / (max(self.done.values()) - self.begun)


@contextmanager
def marking() -> Iterator[None]:
    """Let this process, and those that it starts, append their marks to a file of their own."""
    with tempfile.NamedTemporaryFile(prefix="deltacrown-bench-marks-") as file:
        os.environ[VARIABLE] = file.name
        opened.cache_clear()
        note_begun.cache_clear()
        try:
            yield
        finally:
            del os.environ[VARIABLE]


@cache
def note_begun() -> None:
    """Note when this process began its first job."""
    write(f"{BEGUN} {time.perf_counter()}\n")


def note(numbers: Sequence[int]) -> None:
    """Note that these effects are there."""
    now = time.perf_counter()
    write("".join(f"{number} {now}\n" for number in numbers))


def write(text: str) -> None:
    """Append to the marks."""
    os.write(opened(), text.encode())


@cache
def opened() -> int:
    """Open the marks."""
    return os.open(os.environ[VARIABLE], os.O_WRONLY | os.O_APPEND)


def read() -> Marks:
    """Read the marks."""
    text = Path(os.environ[VARIABLE]).read_text()
    lines = [line.split() for line in text[: text.rfind("\n") + 1].splitlines()]
    begun = [float(moment) for name, moment in lines if name == BEGUN]
    done = {int(name): float(moment) for name, moment in lines if name != BEGUN}
    return Marks(min(begun, default=0.0), done)


def forget() -> None:
    """Begin without marks."""
    os.truncate(os.environ[VARIABLE], 0)
