"""How a word of the command is declared."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from apps.events.cli import console

type Act = Callable[[Any, dict[str, Any]], None]


def add(words: Any, name: str, text: str, act: Act) -> ArgumentParser:
    """Add a word with its --json option; `act` gets the output stream and the options."""
    word: ArgumentParser = words.add_parser(name, help=text, description=text)
    word.add_argument("--json", action="store_true", help="print JSON")
    word.set_defaults(act=act)
    return word


def show(out: Any, options: dict[str, Any], title: str, rows: list[dict[str, Any]], *, empty: str) -> None:
    """Write rows as JSON or as a table."""
    if options["json"]:
        dump(out, rows)
    else:
        console.table(out, title, rows, empty=empty)


def tell(out: Any, options: dict[str, Any], facts: dict[str, Any], sentence: str) -> None:
    """Write what was done, as JSON or in a sentence."""
    if options["json"]:
        dump(out, facts)
    else:
        out.write(sentence)


def dump(out: Any, value: Any) -> None:
    """Write JSON."""
    out.write(json.dumps(value, indent=2, default=str))
