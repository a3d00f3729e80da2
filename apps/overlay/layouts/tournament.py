"""How far a tournament is: matches played, those of now, the last results, and in the end the places."""

from collections.abc import Mapping
from typing import Any

from apps.live.channels import State
from apps.overlay.layouts import match
from apps.overlay.layouts.subject import NAMES, Layout, Subject, idle
from apps.tournaments.selectors import broadcast, names_of
from apps.tournaments.selectors.broadcast import EntryName, Progress

FIELDS = ("progress", "live", "results", "places")


def hears(subject: Subject) -> frozenset[str]:
    """Return whose events change it."""
    return frozenset({subject.heard, *NAMES})


def facts(subject: Subject) -> Progress | None:
    """Return how far it is; None when it is gone."""
    return broadcast.progress_of(subject.id)


def show(subject: Subject, facts: Progress, fields: tuple[str, ...]) -> State:
    """Return it under the names of now."""
    if not facts.entrants:
        return idle("tournament")
    found = names_of(tournaments=[subject.id], matches=()).tournaments
    wanted = {each for duel in (*facts.live, *facts.results) for each in duel.entries if each}
    entries = broadcast.entry_names(wanted | {each[0] for each in facts.places})
    return told(facts, entries, found.get(subject.id, ("", ""))[0], fields)


def told(facts: Progress, entries: Mapping[int, EntryName], name: str, fields: tuple[str, ...]) -> State:
    """Return the fields that are wanted."""
    places = [
        {"name": entries[entry_id].name, "from": first, "to": last}
        for entry_id, first, last in facts.places
        if entry_id in entries
    ]
    more: dict[str, Any] = {
        "progress": {"matches": facts.matches, "decided": facts.decided, "entrants": facts.entrants},
        "live": [match.duel_told(each, entries) for each in facts.live],
        "results": [match.duel_told(each, entries) for each in facts.results],
        "places": places,
    }
    shown = {field: value for field, value in more.items() if field in fields}
    return {"layout": "tournament", "idle": False, "name": name, "status": facts.status, **shown}


EXAMPLE = Progress("LIVE", 8, 14, 9, (match.EXAMPLE,), (), ((1, 1, 1), (2, 2, 2)))


def example(fields: tuple[str, ...]) -> State:
    """Return a tournament that nobody plays."""
    return told(EXAMPLE, match.EXAMPLE_NAMES, "Example tournament", fields)


LAYOUT = Layout(FIELDS, hears, facts, show, example)
