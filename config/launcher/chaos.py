"""`./dev chaos`: the fault drill, on a PostgreSQL of its own."""

from __future__ import annotations

import os
import sys

from config.launcher.talk import CHECKOUT


def main(arguments: list[str]) -> int:
    """Become the drill."""
    os.chdir(CHECKOUT)
    os.execv(sys.executable, [sys.executable, "-m", "tests.chaos", *arguments])
