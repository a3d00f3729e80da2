"""`./dev bench`: measure, print a table, and with --json FILE write the rows."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import (  # noqa: F401  they register what they measure
    api,
    backbone,
    beside,
    drains,
    economy,
    feed,
    growth,
    latency,
    loaded,
    names,
    overlays,
    readme,
    webhooks,
)
from benchmarks.rows import MEASUREMENTS, QUICK, TINY, WHOLE, Row


def main(arguments: list[str]) -> int:
    """Run the measurements; return 0 whether goals are met or not."""
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, every row, in minutes")
    parser.add_argument("--tiny", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the rows as JSON")
    parser.add_argument(
        "--only",
        metavar="NAME",
        choices=sorted(MEASUREMENTS),
        action="append",
        help="one measurement, or several",
    )
    parser.add_argument("--readme", action="store_true", help="put the table of this run into README.md")
    options = parser.parse_args(arguments)
    sizes = TINY if options.tiny else QUICK if options.quick else WHOLE
    rows: list[Row] = []
    for name in options.only or list(MEASUREMENTS):
        for row in MEASUREMENTS[name](sizes):
            rows.append(row)
            tell(row)
        if options.readme:
            readme.write(rows)
    if options.json:
        options.json.write_text(json.dumps([row.as_json() for row in rows], indent=2) + "\n")
    return 0


def tell(row: Row) -> None:
    """Print a row as soon as it is there."""
    met = {True: "met", False: "MISSED", None: ""}[row.as_json()["met"]]
    goal = "" if row.goal is None else f"goal {row.goal:g}"
    sys.stdout.write(
        f"{row.measure}: {row.ours:,} {row.limit}; {row.peer}: {row.peer_value:,}; "
        f"ratio {row.ratio:g} {goal} {met}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
