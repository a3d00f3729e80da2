"""`./dev manage`: Django's manage.py, with its own exit status and nothing added to stdout."""

from __future__ import annotations

import os
import sys

from config.launcher.talk import CHECKOUT


def main(arguments: list[str]) -> int:
    """Become manage.py."""
    os.execv(sys.executable, [sys.executable, str(CHECKOUT / "manage.py"), *arguments])
