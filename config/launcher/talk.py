"""How the launcher speaks: lines of its own on stderr, so stdout belongs to the command it runs."""

from __future__ import annotations

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


class Problem(Exception):
    """What stops us, as one line that names the repair."""


def say(message: str) -> None:
    """Print a line of ours."""
    print(f"dev: {message}", file=sys.stderr, flush=True)  # noqa: T201
