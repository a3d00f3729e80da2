"""Tables, lines and progress bars of the `events` command."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.progress import track
from rich.table import Table

from apps.events import registry
from apps.events.stream import Entry

MASK = "•••"


def table(out: Any, title: str, rows: Sequence[dict[str, Any]], *, empty: str) -> None:
    """Write rows as a table, or what to do when there are none."""
    if not rows:
        out.write(empty)
        return
    drawn = Table(title=title, title_justify="left")
    for name in rows[0]:
        drawn.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        drawn.add_row(*("" if value is None else str(value) for value in row.values()))
    stream: TextIO = getattr(out, "_out", out)
    Console(file=stream, width=None if stream.isatty() else 160).print(drawn)


def progress[T](items: Sequence[T], what: str) -> Iterable[T]:
    """Iterate with a progress bar on stderr, when somebody is looking."""
    return track(items, what, console=Console(file=sys.stderr), disable=not sys.stderr.isatty())


def line(entry: Entry, *, as_json: bool) -> str:
    """Return one event as a line; personal values are masked."""
    definition = registry.events.get(entry.type)
    personal = definition.personal if definition else frozenset(entry.payload)
    payload = {name: MASK if name in personal else value for name, value in entry.payload.items()}
    if as_json:
        facts = {
            "position": entry.position,
            "id": str(entry.uid),
            "type": entry.type,
            "version": entry.version,
            "key": entry.key,
            "occurred_at": entry.occurred_at.isoformat(),
            "correlation_id": str(entry.correlation_id),
            "payload": payload,
        }
        return json.dumps(facts, ensure_ascii=False)
    told = " ".join(f"{name}={value}" for name, value in payload.items())
    return f"{entry.position:>8}  {entry.occurred_at:%Y-%m-%d %H:%M:%S}  {entry.type:<32} {told}"
