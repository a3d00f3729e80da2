"""A worker process of a peer: `python -m benchmarks.peers MODULE CLASS`."""

from __future__ import annotations

import sys
from importlib import import_module

import django


def main(arguments: list[str]) -> None:
    """Work until SIGTERM."""
    django.setup()
    from benchmarks.peers import effects

    effects.keep_session()
    module, name = arguments
    getattr(import_module(f"benchmarks.peers.{module}"), name)().work()


if __name__ == "__main__":
    main(sys.argv[1:])
