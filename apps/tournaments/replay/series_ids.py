"""Where in its event a series belongs, read from its id."""

import re
from dataclasses import dataclass

from apps.tournaments.formats.results import Stage


@dataclass(frozen=True, slots=True)
class Where:
    """A place in an event; `round` is the week of a league or the round of a bracket, from 1."""

    stage: Stage
    group: str = ""
    round: int = 0
    number: int = 0


# Published prefixes differ from event to event (`champ-`, `champs-bracket-`, `rel-`), so only the end counts.
FORMS = [
    (Stage.TIE_BREAK, r"pool-(?P<group>[a-z0-9]+)-tie-(?P<number>\d+)"),
    (Stage.TIE_BREAK, r"[a-z]+\d*-(?P<group>[a-z])(?P<round>\d*)-tie-(?P<number>\d+)"),
    (Stage.POOL, r"pool-(?P<group>[a-z0-9]+)-(?P<number>\d+)"),
    (Stage.UPPER, r"winners-(?P<round>\d+)-(?P<number>\d+)"),
    (Stage.LOWER, r"losers-(?P<round>\d+)-(?P<number>\d+)"),
    (Stage.GRAND_FINAL, r"grand-finals?(?:-(?P<number>\d+))?"),
    (Stage.LEAGUE, r"[a-z]+\d+-(?P<group>[a-z])(?P<round>\d+)-(?P<number>\d+)"),
]
PATTERNS = [(stage, re.compile(rf"(?:^|.*-){form}$", re.IGNORECASE)) for stage, form in FORMS]

# Numbers that fit the column; an id with a longer one is of no known form.
NUMBER_MAX = 32_767


def where(series_id: str) -> Where:
    """Return where a series belongs; the stage is OTHER for an id of unknown form."""
    for stage, pattern in PATTERNS:
        if found := pattern.match(series_id):
            parts = found.groupdict()
            numbers = [int(parts.get(name) or 0) for name in ("round", "number")]
            if max(numbers) <= NUMBER_MAX:
                return Where(stage, (parts.get("group") or "").upper(), *numbers)
    return Where(Stage.OTHER)
