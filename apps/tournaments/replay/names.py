"""One team under several names within an event: recognised by its players.

Two names are one team when the players seen under one are among those seen under the other, at least two of
them and more than half, and the two never met. When the old name is never used again after the first use of
the new one, the team was renamed; otherwise it is only written in several ways.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from apps.tournaments.replay.rows import PlayerRow

SHARED_MIN = 2


@dataclass(slots=True)
class Name:
    """A team name as one event uses it."""

    text: str
    first: tuple[datetime, int]
    last: tuple[datetime, int]
    players: set[str] = field(default_factory=set)
    maps: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Rename:
    """From `at` on, the end of the first map under it, the team is called `new`."""

    team: str
    old: str
    new: str
    at: datetime
    line: int


@dataclass(frozen=True, slots=True)
class Names:
    """`team_of` names each team by the first name the event uses for it."""

    team_of: dict[str, str]
    renames: list[Rename]


def names_of(rows: Iterable[PlayerRow]) -> Names:
    """Return which names of an event are one team, and when it was renamed."""
    names = sorted(collected(rows), key=lambda name: name.first)
    team_of: dict[str, str] = {}
    latest: dict[str, Name] = {}
    renames: list[Rename] = []
    for name in names:
        earlier = next((old for old in latest.values() if same_team(old, name)), None)
        if earlier is None:
            team_of[name.text] = name.text
            latest[name.text] = name
            continue
        team = team_of[name.text] = team_of[earlier.text]
        if earlier.last < name.first:
            renames.append(Rename(team, earlier.text, name.text, name.first[0], name.first[1]))
            latest[team] = name
    return Names(team_of, renames)


def collected(rows: Iterable[PlayerRow]) -> Sequence[Name]:
    """Gather what is known of each name."""
    names: dict[str, Name] = {}
    for row in rows:
        at = (row.ended_at, row.line)
        name = names.setdefault(row.team, Name(row.team, at, at))
        name.first, name.last = min(name.first, at), max(name.last, at)
        name.players.add(row.player)
        name.maps.add((row.series_id, row.map_id))
    return list(names.values())


def same_team(one: Name, other: Name) -> bool:
    """Tell whether two names have the same players and never met."""
    shared = one.players & other.players
    return (
        len(shared) >= SHARED_MIN
        and shared in (one.players, other.players)
        and 2 * len(shared) > max(len(one.players), len(other.players))
        and not one.maps & other.maps
    )
