"""The match of the moment, with its score: of a tournament, or of a player."""

from collections.abc import Mapping
from typing import Any

from apps.live.channels import State
from apps.overlay.layouts.subject import NAMES, Layout, Subject, idle
from apps.tournaments.selectors import broadcast, names_of
from apps.tournaments.selectors.broadcast import Duel, EntryName

FIELDS = ("tournament", "round", "best_of")
OPEN = EntryName("?")


def hears(subject: Subject) -> frozenset[str]:
    """Return whose events change it."""
    return frozenset({subject.heard, *NAMES})


def facts(subject: Subject) -> tuple[Duel | None]:
    """Return the match; there may be none at the moment."""
    of = broadcast.duel_of_player if subject.is_player else broadcast.duel_of_tournament
    return (of(subject.id),)


def show(subject: Subject, facts: tuple[Duel | None], fields: tuple[str, ...]) -> State:
    """Return it under the names of now. Matches are records: who played in one stays in it."""
    [duel] = facts
    if duel is None:
        return idle("match")
    found = names_of(tournaments=[duel.tournament_id], matches=()).tournaments
    entries = broadcast.entry_names(each for each in duel.entries if each)
    tournament = found.get(duel.tournament_id, ("", ""))[0]
    return told(duel, entries, tournament, fields)


def told(duel: Duel, entries: Mapping[int, EntryName], tournament: str, fields: tuple[str, ...]) -> State:
    """Return the fields that are wanted."""
    more = {"tournament": tournament, "round": duel.label, "best_of": duel.best_of}
    shown = {name: value for name, value in more.items() if name in fields and value}
    return {"layout": "match", "idle": False, **duel_told(duel, entries), **shown}


def duel_told(duel: Duel, entries: Mapping[int, EntryName]) -> dict[str, Any]:
    """Return the two sides and where the match is."""
    sides = []
    for place, entry_id in enumerate(duel.entries):
        entry = entries.get(entry_id or 0, OPEN)
        won = duel.winner == place
        sides.append({"name": entry.name, "tag": entry.tag, "score": duel.scores[place], "won": won})
    return {"id": duel.match_id, "state": duel.state or "PLAYED", "sides": sides}


EXAMPLE = Duel(0, 0, (1, 2), (2, 1), None, "LIVE", "Grand final", 5)
EXAMPLE_NAMES = {1: EntryName("Example Reds", "RED"), 2: EntryName("Example Blues", "BLU")}


def example(fields: tuple[str, ...]) -> State:
    """Return a match that nobody plays."""
    return told(EXAMPLE, EXAMPLE_NAMES, "Example tournament", fields)


LAYOUT = Layout(FIELDS, hears, facts, show, example)
