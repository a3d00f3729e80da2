"""`events verify`: is every stored copy what its source says?

The app that owns a source registers `figure(name, source=...)`, the app that stores the copy registers
`figure(name, stored=...)`. Both are callables that return pairs of (key, value); a missing key counts as 0.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from apps.events.errors import EventError, InvalidDeclaration

type Reader = Callable[[], Iterable[tuple[Any, Any]]]


@dataclass(slots=True)
class Figure:
    """One stored figure and where its truth is."""

    name: str
    source: Reader | None = None
    stored: Reader | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a comparison found: how many keys it read, and (key, source, stored) of those that differ."""

    name: str
    rows_checked: int
    differing: tuple[tuple[Any, Any, Any], ...] = ()

    @property
    def drift(self) -> int:
        """Return how many differ."""
        return len(self.differing)

    @property
    def examples(self) -> tuple[tuple[Any, Any, Any], ...]:
        """Return some of them."""
        return self.differing[:5]


figures: dict[str, Figure] = {}


def figure(name: str, *, source: Reader | None = None, stored: Reader | None = None) -> None:
    """Register one side of a figure, or both."""
    known = figures.setdefault(name, Figure(name))
    for side, reader in (("source", source), ("stored", stored)):
        if reader is None:
            continue
        if getattr(known, side) not in (None, reader):
            raise InvalidDeclaration(f"the figure {name} has two {side} readers")
        setattr(known, side, reader)


def compare(one: Figure) -> Finding:
    """Read both sides of a figure and count the keys where they differ."""
    if one.source is None or one.stored is None:
        missing = "source" if one.source is None else "stored copy"
        raise EventError(f"the figure {one.name} has no {missing}: register it in a figures.py")
    source, stored = dict(one.source()), dict(one.stored())
    keys = source.keys() | stored.keys()
    pairs = ((key, source.get(key, 0), stored.get(key, 0)) for key in sorted(keys))
    return Finding(one.name, len(keys), tuple(entry for entry in pairs if entry[1] != entry[2]))


def verify() -> list[Finding]:
    """Compare all figures in one snapshot of the database."""
    with transaction.atomic():
        if len(connection.atomic_blocks) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return [compare(figures[name]) for name in sorted(figures)]
