"""`./dev bench`: the measurements of `benchmarks/`, on databases of their own."""

from __future__ import annotations

import os
import sys

from config.launcher import services
from config.launcher.talk import CHECKOUT, say


def main(arguments: list[str]) -> int:
    """Become the benchmark."""
    say(f"Measuring on {services.database()}.")
    os.chdir(CHECKOUT)
    os.execv(sys.executable, [sys.executable, "-m", "benchmarks", *arguments])
