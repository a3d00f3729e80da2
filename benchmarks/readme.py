"""The table of the README, from the rows of a run: `./dev bench --readme`."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.rows import Row

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- ./dev bench --readme -->\n", "<!-- end of the benchmark -->\n"
HEAD = """
| what | ours | beside | theirs | unit | ratio | goal |
| --- | ---: | --- | ---: | --- | ---: | --- |
"""


def write(rows: Sequence[Row]) -> None:
    """Put the rows between the README's marks."""
    text = README.read_text()
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md has no lines {BEGIN!r} and {END!r}")
    README.write_text(before + begin + table(rows) + end + after)


def table(rows: Sequence[Row]) -> str:
    """Return the rows, those that miss their goal too, with date and machine."""
    load = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    python = f"Python {platform.python_version()}"
    lines = "".join(line(row) for row in rows)
    return f"{HEAD}{lines}\n{datetime.now(UTC):%Y-%m-%d}, {machine}, {python}{load}.\n\n"


def line(row: Row) -> str:
    """Return one row."""
    met = {True: "met", False: "**missed**", None: ""}[row.as_json()["met"]]
    goal = "" if row.goal is None else f"{row.goal:g}, {met}"
    return (
        f"| {row.measure} | {row.ours:,} | {row.peer} | {row.peer_value:,} | {row.limit} "
        f"| {row.ratio:g} | {goal} |\n"
    )
