"""The words of `./dev`, once a Python that is new enough has been found."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parents[2]
    sys.path[0] = str(root)
    word, *arguments = sys.argv[1:]
    module = importlib.import_module(f"config.launcher.{word}")
    from config.launcher.talk import Problem, say

    try:
        sys.exit(module.main(arguments))
    except Problem as problem:
        say(str(problem))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
