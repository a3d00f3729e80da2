"""`./dev chaos`: the platform at work while everything under it breaks, and what the auditor found."""

import argparse
import json
import os
import signal
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["TESTING"] = "1"
os.environ.setdefault("LOG_LEVEL", "ERROR")  # that the database is away is no news here

from . import drill, reliability

CHECKOUT = Path(__file__).resolve().parents[2]


def main(words: list[str]) -> int:
    """Run the drill; return 1 when anything was lost, doubled or disordered."""
    parser = argparse.ArgumentParser(prog="./dev chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="what is drawn by lot follows from it")
    parser.add_argument("--events", type=positive, default=20_000, help="how many events are emitted")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="the history that a failed run left")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write docs/reliability.md from this run")
    asked = parser.parse_args(words)
    planned = None
    if asked.replay:
        kept = json.loads(asked.replay.read_text())
        asked.seed, asked.events = kept["seed"], kept["events"]
        planned = [(int(at), str(name)) for at, name in kept["plan"]]
    # Whoever ends the drill ends its server and its processes with it.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    history = CHECKOUT / ".data" / "chaos" / f"seed-{asked.seed}-events-{asked.events}.json"
    print(f"seed {asked.seed}", file=sys.stderr)  # noqa: T201
    try:
        report = drill.run(asked.seed, asked.events, history, planned)
    except drill.Stuck as stuck:
        print(f"\n{stuck}; again with: ./dev chaos --replay {history}", file=sys.stderr)  # noqa: T201
        return 1
    print(reliability.told(report))  # noqa: T201
    if asked.report:
        asked.report.write_text(reliability.page(report))
    if not report.findings.is_clean:
        print(f"again with: ./dev chaos --replay {history}", file=sys.stderr)  # noqa: T201
    print(report.line())  # noqa: T201
    return int(not report.findings.is_clean)


def positive(text: str) -> int:
    """Read a number above zero."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give a number above zero")
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
