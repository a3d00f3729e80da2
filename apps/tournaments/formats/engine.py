"""One way into every format: a phase as it is, from its settings, its seeds and what has happened."""

from collections.abc import Sequence

from apps.tournaments.formats.elimination import double, single
from apps.tournaments.formats.fixtures import Picture, State
from apps.tournaments.formats.placements import Place
from apps.tournaments.formats.results import TeamKey
from apps.tournaments.formats.round_robin import round_robin
from apps.tournaments.formats.settings import (
    DoubleElimination,
    RoundRobin,
    Settings,
    SingleElimination,
    Swiss,
)
from apps.tournaments.formats.swiss import swiss


def picture(settings: Settings, state: State) -> Picture:
    """Return a phase as it is. The same arguments make the same picture, always."""
    match settings:
        case SingleElimination():
            return single(settings, state)
        case DoubleElimination():
            return double(settings, state)
        case RoundRobin():
            return round_robin(settings, state)
        case Swiss():
            return swiss(settings, state)
    raise TypeError(f"no format has {type(settings).__name__}")


def places_of(tiers: Sequence[Sequence[TeamKey]]) -> dict[TeamKey, Place]:
    """Return the place of everybody in a finished phase; equals share theirs."""
    found: dict[TeamKey, Place] = {}
    first = 1
    for tier in tiers:
        found |= dict.fromkeys(tier, Place(first, first + len(tier) - 1))
        first += len(tier)
    return found
