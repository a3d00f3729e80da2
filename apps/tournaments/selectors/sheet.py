"""All matches of a tournament as rows of a sheet, also of four thousand: columns are read, no models."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from apps.tournaments.formats.results import Outcome
from apps.tournaments.models import Match, MatchStatus, TournamentEntry
from apps.tournaments.selectors.matches import STATES
from apps.tournaments.selectors.names import cards_seen
from apps.user_profile.selectors.privacy import Viewer

IN_ORDER = ("phase__number", "round", "stage", "group", "number", "id")
"""The order in which matches are played."""


class Columns(NamedTuple):
    """What is read of a match."""

    pk: int
    stage: str
    group: str
    round: int
    number: int
    status: str
    outcome: str
    best_of: int | None
    entry_a_id: int | None
    name_a: str
    score_a: int
    entry_b_id: int | None
    name_b: str
    score_b: int
    winner_id: int | None
    played_at: datetime | None


def match_values(tournament_id: int, viewer: Viewer) -> Iterator[dict[str, Any]]:
    """Yield all matches that are needed, in the order in which they are played, as a viewer may see them.

    Under the names of now, with those of that day; three queries.
    """
    entries = TournamentEntry.objects.filter(tournament_id=tournament_id)
    rows = entries.values_list("pk", "user_id", "team__name", "name")
    known: dict[int, tuple[int | None, str | None, str]] = {
        pk: (user_id, team, name) for pk, user_id, team, name in rows
    }
    shown = cards_seen({user_id for user_id, _team, _name in known.values() if user_id}, viewer)

    def side(letter: str, entry_id: int | None, name: str, score: int | None) -> dict[str, Any]:
        if entry_id is None:
            called = played_as = ""
        else:
            user_id, team, registered = known[entry_id]
            recorded = team or name or registered
            played_as = name or recorded
            called = shown[user_id].display_name if user_id and user_id in shown else recorded
        return {
            f"entry_{letter}": entry_id,
            f"name_{letter}": called,
            f"played_as_{letter}": played_as,
            f"score_{letter}": score if entry_id is not None else None,
        }

    needed = Match.objects.filter(tournament_id=tournament_id).exclude(status=MatchStatus.CANCELLED)
    for row in needed.order_by(*IN_ORDER).values_list(*Columns._fields):
        match = Columns(*row)
        played = match.outcome == Outcome.PLAYED
        yield {
            "id": match.pk,
            "stage": match.stage,
            "group": match.group,
            "round": match.round,
            "number": match.number,
            "state": STATES.get(match.outcome or match.status, "OPEN") or "PLAYED",
            "best_of": match.best_of,
            **side("a", match.entry_a_id, match.name_a, match.score_a if played else None),
            **side("b", match.entry_b_id, match.name_b, match.score_b if played else None),
            "winner_entry": match.winner_id,
            "played_at": match.played_at.isoformat() if match.played_at else None,
        }
