"""What happened in a season, in one order of time over all its events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from apps.tournaments.replay.folder import EventResults
from apps.tournaments.replay.names import Rename
from apps.tournaments.replay.series import Series


@dataclass(frozen=True, slots=True)
class Opening:
    """An event begins: it is announced, its teams register, it goes live."""

    at: datetime
    event: EventResults


@dataclass(frozen=True, slots=True)
class Renaming:
    """A team goes on under another name."""

    at: datetime
    event: EventResults
    rename: Rename


@dataclass(frozen=True, slots=True)
class Playing:
    """A series ends."""

    at: datetime
    event: EventResults
    series: Series


@dataclass(frozen=True, slots=True)
class Closing:
    """An event ends: everybody has his place."""

    at: datetime
    event: EventResults


Item = Opening | Renaming | Playing | Closing
ORDER = {Opening: 0, Renaming: 1, Playing: 2, Closing: 3}


def schedule(events: Iterable[EventResults]) -> list[Item]:
    """Return everything that happens; at one moment an event opens before it is played, and closes after."""
    items: list[Item] = []
    for event in events:
        items.append(Opening(event.starts_at, event))
        items += [Renaming(rename.at, event, rename) for rename in event.renames]
        items += [Playing(series.ended_at, event, series) for series in event.series]
        items.append(Closing(event.ends_at, event))
    # The sort is stable: what is equal here keeps the order of the files, and of the series in them.
    return sorted(items, key=lambda item: (item.at, ORDER[type(item)]))
